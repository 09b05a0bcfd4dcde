/**
 * Theme and language follow the settings. What was used last is remembered by the page itself, so that the first paint
 * after a reload has the right colours and words before the node has answered.
 */
import { useEffect } from 'preact/hooks'
import { LOCALES } from '../../model/views.ts'
import type { Settings } from '../../model/views.ts'
import { pickLocale, switchLocale } from '../i18n/i18n.ts'
import { useSettings } from './node.tsx'
import { recall, remember } from './remember.ts'

const KEY = 'appearance'

type Remembered = Pick<Settings, 'theme' | 'locale'>

const remembered = (): Remembered => {
  const [theme, language] = (recall(KEY) ?? '').split(' ')
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    locale: LOCALES.find((known) => known === language) ?? 'system'
  }
}

const applyTheme = (theme: Settings['theme']): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

const applyLocale = (wanted: Settings['locale']): void => {
  // a catalogue that cannot be loaded now is tried again with the next change; the language before stays
  switchLocale(wanted === 'system' ? pickLocale(navigator.languages) : wanted).catch(() => undefined)
}

/** Called once by main before the first render. */
export const applyRemembered = (): void => {
  const { theme, locale: language } = remembered()
  applyTheme(theme)
  applyLocale(language)
}

export const useAppearance = (): void => {
  const settings = useSettings()
  useEffect(() => applyRemembered(), [])
  useEffect(() => {
    if (settings === undefined) return
    applyTheme(settings.theme)
    applyLocale(settings.locale)
    remember(KEY, `${settings.theme} ${settings.locale}`)
  }, [settings?.theme, settings?.locale])
}
