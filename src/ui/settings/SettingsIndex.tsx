/** The list of settings, with who one is on top. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-pages.ts'
import '../i18n/load-secure.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Bug, FileKey, Globe, HardDrive, Info, Keyboard, KeyRound, Palette, ShieldCheck } from '../kit/icons.ts'
import { Icon } from '../kit/Icon.tsx'
import type { IconNode } from '../kit/icons.ts'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { Link } from '../Link.tsx'
import { navigate, route } from '../router.ts'
import type { MessageKey } from '../i18n/i18n.ts'
import type { Route, SettingsPage } from '../routes.ts'
import { useAccount } from '../state/node.tsx'
import './settings.css'

type PlainKey = Extract<MessageKey, `settings.${string}`>

interface Entry {
  readonly page: SettingsPage
  readonly icon: IconNode
  readonly title: PlainKey
  readonly detail?: PlainKey
}

const ENTRIES: readonly Entry[] = [
  { page: 'appearance', icon: Palette, title: 'settings.appearance', detail: 'settings.appearanceText' },
  { page: 'privacy', icon: ShieldCheck, title: 'settings.privacy', detail: 'settings.privacyText' },
  { page: 'network', icon: Globe, title: 'settings.network', detail: 'settings.networkText' },
  { page: 'security', icon: KeyRound, title: 'settings.security', detail: 'settings.securityText' },
  { page: 'backup', icon: FileKey, title: 'settings.backup', detail: 'settings.backupText' },
  { page: 'storage', icon: HardDrive, title: 'settings.storage', detail: 'settings.storageText' },
  { page: 'shortcuts', icon: Keyboard, title: 'settings.shortcuts' },
  { page: 'about', icon: Info, title: 'settings.about' }
]

interface EntryLinkProps {
  readonly to: Route
  readonly id: string
  readonly icon: IconNode
  readonly title: string
  readonly detail?: string
  readonly on: boolean
  /** From one page to the next there is no way back through all of them. */
  readonly replace: boolean
}

const EntryLink = ({ to, id, icon, title, detail, on, replace }: EntryLinkProps): VNode => (
  <li>
    <Link to={to} class={`row settings-link ${on ? 'on' : ''}`} current={on} replace={replace} data-id={id}>
      <Icon icon={icon} />
      <span class="row-text">
        <span class="row-title">{title}</span>
        {detail !== undefined && <span class="row-detail">{detail}</span>}
      </span>
    </Link>
  </li>
)

export const SettingsIndex = (): VNode => {
  const account = useAccount()
  const here = route.value
  const page = here.name === 'settings' ? here.page : undefined
  const replace = page !== undefined || here.name === 'debug'
  return (
    <nav class="screen settings" data-screen="settings" aria-label={t('settings.title')}>
      <ScreenBar
        title={t('settings.title')}
        onBack={() => navigate({ name: 'chats' })}
        takeFocus={page === undefined}
      />
      <div class="settings-scroll">
        {account?.state === 'ready' && (
          <Link
            to={{ name: 'settings', page: 'profile' }}
            class={`settings-link settings-me ${page === 'profile' ? 'on' : ''}`}
            current={page === 'profile'}
            replace={replace}
            data-id="settings-profile"
          >
            <Avatar name={account.name} avatar={account.avatar} size={56} />
            <span class="row-text">
              <b class="clip">
                <bdi>{account.name}</bdi>
              </b>
              <span class="row-detail">{t('settings.profileText')}</span>
            </span>
          </Link>
        )}
        <ul>
          {ENTRIES.map(({ page: name, icon, title, detail }) => (
            <EntryLink
              key={name}
              to={{ name: 'settings', page: name }}
              id={`settings-${name}`}
              icon={icon}
              title={t(title)}
              {...(detail === undefined ? {} : { detail: t(detail) })}
              on={page === name}
              replace={replace}
            />
          ))}
          <EntryLink
            to={{ name: 'debug' }}
            id="settings-debug"
            icon={Bug}
            title={t('settings.debug')}
            detail={t('settings.debugText')}
            on={here.name === 'debug'}
            replace={replace}
          />
        </ul>
      </div>
    </nav>
  )
}
