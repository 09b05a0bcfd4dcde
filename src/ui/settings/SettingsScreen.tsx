/** One page of the settings, in the frame all of them share. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-pages.ts'
import '../i18n/load-secure.ts'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { ScreenBody } from '../kit/ScreenBody.tsx'
import { route } from '../router.ts'
import type { SettingsPage } from '../routes.ts'
import { AboutPage } from './AboutPage.tsx'
import { AppearancePage } from './AppearancePage.tsx'
import { BackupPage } from './BackupPage.tsx'
import { NetworkPage } from './NetworkPage.tsx'
import { PrivacyPage } from './PrivacyPage.tsx'
import { ProfilePage } from './ProfilePage.tsx'
import { SecurityPage } from './SecurityPage.tsx'
import { ShortcutsPage } from './ShortcutsPage.tsx'
import { StoragePage } from './StoragePage.tsx'
import './settings.css'

const PAGES: Readonly<Record<SettingsPage, () => VNode>> = {
  profile: ProfilePage,
  appearance: AppearancePage,
  privacy: PrivacyPage,
  network: NetworkPage,
  security: SecurityPage,
  backup: BackupPage,
  storage: StoragePage,
  shortcuts: ShortcutsPage,
  about: AboutPage
}

export const SettingsScreen = ({ page }: { readonly page: SettingsPage }): VNode => {
  const Content = PAGES[page]
  const here = route.value
  const chosen = here.name === 'settings' && here.page !== undefined
  return (
    <div class="screen" data-screen={`settings-${page}`} key={page}>
      <ScreenBar title={t(`settings.${page}`)} back="phone" takeFocus={chosen} />
      <ScreenBody>
        <Content />
      </ScreenBody>
    </div>
  )
}
