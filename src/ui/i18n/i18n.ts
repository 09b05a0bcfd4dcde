/**
 * `t()`: every text a person sees. Reading it in a component subscribes that component to the language.
 * English is built in; other catalogues are loaded on demand, and until then the language does not change.
 */
import { computed, signal } from '@preact/signals'
import { LOCALES } from '../../model/views.ts'
import type { Locale } from '../../model/views.ts'
import { english } from './en.ts'
import type { English } from './en.ts'
import { formatMessage } from './message.ts'
import type { Catalogue, NamesIn, Values } from './message.ts'

export type MessageKey = keyof English
type Arguments<Key extends MessageKey> = [NamesIn<English[Key]>] extends [never]
  ? []
  : [values: { readonly [Name in NamesIn<English[Key]>]: string | number }]

const LOADERS: Readonly<Record<Exclude<Locale, 'en'>, () => Promise<{ readonly catalogue: Catalogue }>>> = {
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ar: () => import('./ar.ts'),
  'zh-Hans': () => import('./zh-Hans.ts')
}

const current = signal<{ readonly locale: Locale; readonly catalogue: Catalogue }>({ locale: 'en', catalogue: english })

export const direction = computed(() => (current.value.locale === 'ar' ? 'rtl' : 'ltr'))

/** Dates follow the person's region (24 hours, order of day and month) as far as it speaks the language in use. */
export const regional = computed(() => {
  const { language } = new Intl.Locale(current.value.locale)
  return navigator.languages.find((tag) => new Intl.Locale(tag).language === language) ?? current.value.locale
})

export const t = <Key extends MessageKey>(key: Key, ...[values]: Arguments<Key>): string => {
  const { locale: language, catalogue } = current.value
  return formatMessage(language, catalogue[key] ?? english[key] ?? key, values as Values | undefined)
}

/** The first of the person's languages that we have. */
export const pickLocale = (wanted: readonly string[]): Locale => {
  for (const tag of wanted) {
    const { language, script } = new Intl.Locale(tag).maximize()
    if (language === 'zh' && script === 'Hans') return 'zh-Hans'
    const found = LOCALES.find((known) => known === language)
    if (found !== undefined) return found
  }
  return 'en'
}

let wanted: Locale = 'en'

/** Resolves when the language is in use (or a later call has overtaken this one). */
export const switchLocale = async (next: Locale): Promise<void> => {
  wanted = next
  const catalogue = next === 'en' ? english : (await LOADERS[next]()).catalogue
  if (wanted !== next) return
  current.value = { locale: next, catalogue }
  document.documentElement.lang = next
  document.documentElement.dir = direction.peek()
}
