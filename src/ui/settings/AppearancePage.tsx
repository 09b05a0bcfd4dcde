/** Theme, language, and what Enter does. */
import type { VNode } from 'preact'
import { LOCALES } from '../../model/views.ts'
import type { Locale, Settings } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Globe, Keyboard, Moon } from '../kit/icons.ts'
import { Section, SelectRow, SwitchRow } from '../kit/List.tsx'
import { Skeleton } from '../kit/Feedback.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands, useSettings } from '../state/node.tsx'

/** Each in its own language, so that who cannot read the present one finds theirs. */
const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  ar: 'العربية',
  'zh-Hans': '简体中文'
}

export const AppearancePage = (): VNode => {
  const settings = useSettings()
  const { setSettings } = useCommands()
  if (settings === undefined) return <Skeleton rows={3} />
  const set = (change: Partial<Settings>): void => void attempt(setSettings(change))
  return (
    <>
      <Section>
        <SelectRow
          icon={Moon}
          title={t('appearance.theme')}
          value={settings.theme}
          options={[
            { value: 'system', label: t('appearance.system') },
            { value: 'light', label: t('appearance.light') },
            { value: 'dark', label: t('appearance.dark') }
          ]}
          onChange={(theme) => set({ theme })}
          data-id="theme-select"
        />
        <SelectRow
          icon={Globe}
          title={t('appearance.language')}
          value={settings.locale}
          options={[
            { value: 'system', label: t('appearance.system') },
            ...LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))
          ]}
          onChange={(locale) => set({ locale })}
          data-id="locale-select"
        />
      </Section>
      <Section>
        <SwitchRow
          icon={Keyboard}
          title={t('appearance.enterSends')}
          detail={t('appearance.enterSendsText')}
          checked={settings.enterSends}
          onChange={(enterSends) => set({ enterSends })}
          data-id="enter-sends"
        />
      </Section>
    </>
  )
}
