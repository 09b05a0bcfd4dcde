// @vitest-environment jsdom
import { afterEach, expect, test } from 'vitest'
import { LOCALES } from '../../../src/model/views.ts'
import { enChat } from '../../../src/ui/i18n/en-chat.ts'
import { enGroups } from '../../../src/ui/i18n/en-groups.ts'
import { enPages } from '../../../src/ui/i18n/en-pages.ts'
import { enSecure } from '../../../src/ui/i18n/en-secure.ts'
import { enShell } from '../../../src/ui/i18n/en-shell.ts'
import { enSystem } from '../../../src/ui/i18n/en-system.ts'
import { enTrouble } from '../../../src/ui/i18n/en-trouble.ts'
import { enStart } from '../../../src/ui/i18n/en-start.ts'
import { formatBadge, formatDay, formatShort } from '../../../src/ui/i18n/format.ts'
import { direction, pickLocale, switchLocale, t } from '../../../src/ui/i18n/i18n.ts'
import { formatMessage, placeholders } from '../../../src/ui/i18n/message.ts'
import type { Catalogue } from '../../../src/ui/i18n/message.ts'

const english: Catalogue = {
  ...enShell,
  ...enStart,
  ...enPages,
  ...enChat,
  ...enGroups,
  ...enSystem,
  ...enSecure,
  ...enTrouble
}
const DAY = 86_400_000

afterEach(() => switchLocale('en'))

const catalogueOf = async (locale: string): Promise<Catalogue> =>
  ((await import(`../../../src/ui/i18n/${locale}.ts`)) as { readonly catalogue: Catalogue }).catalogue

for (const locale of LOCALES.filter((name) => name !== 'en')) {
  test(`${locale} translates every text, and only those`, async () => {
    expect(Object.keys(await catalogueOf(locale)).toSorted()).toEqual(Object.keys(english).toSorted())
  })

  test(`${locale} keeps the placeholders of every text`, async () => {
    const catalogue = await catalogueOf(locale)
    for (const [key, message] of Object.entries(english)) {
      const translated = catalogue[key] ?? ''
      // "one" and "two" may say the number in words
      const wanted = placeholders(message)
      expect([key, placeholders(translated)]).toEqual([key, wanted])
    }
  })

  test(`${locale} has a form for every plural category of its language`, async () => {
    const { pluralCategories } = new Intl.PluralRules(locale).resolvedOptions()
    // "many" of Spanish and French is for millions, which nothing here counts
    const needed = pluralCategories.filter((category) => category !== 'many' || locale === 'ar')
    for (const [key, message] of Object.entries(await catalogueOf(locale))) {
      if (typeof message === 'string') continue
      expect([key, Object.keys(message).toSorted()]).toEqual([key, expect.arrayContaining(needed)])
    }
  })
}

test('no text is empty or has a space at its end', async () => {
  for (const locale of LOCALES) {
    const catalogue = locale === 'en' ? english : await catalogueOf(locale)
    for (const [key, message] of Object.entries(catalogue))
      for (const text of typeof message === 'string' ? [message] : Object.values(message))
        expect([locale, key, text.trim(), text]).toEqual([locale, key, text, expect.stringMatching(/./)])
  }
})

test('a plural takes the form of its count, with digits of the language', () => {
  const message = { one: '{count} message', other: '{count} messages' }
  expect(formatMessage('en', message, { count: 1 })).toBe('1 message')
  expect(formatMessage('en', message, { count: 1200 })).toBe('1,200 messages')
  expect(formatMessage('de', message, { count: 1200 })).toBe('1.200 messages')
})

test('a value that looks like a placeholder stays as it is', () => {
  expect(formatMessage('en', 'Hello {name}', { name: '{count}' })).toBe('Hello {count}')
})

test('switching loads the language and turns the page around for Arabic', async () => {
  await switchLocale('ar')
  expect(document.documentElement.dir).toBe('rtl')
  expect(document.documentElement.lang).toBe('ar')
  expect(direction.value).toBe('rtl')
  expect(t('chats.title')).not.toBe('Chats')
  await switchLocale('en')
  expect(document.documentElement.dir).toBe('ltr')
  expect(t('chats.title')).toBe('Chats')
})

test('of two quick switches the later one wins', async () => {
  await Promise.all([switchLocale('de'), switchLocale('fr')])
  expect(document.documentElement.lang).toBe('fr')
})

test('the first language of the person that we have is taken', () => {
  expect(pickLocale(['de-AT', 'en'])).toBe('de')
  expect(pickLocale(['pt-BR', 'es-MX', 'en'])).toBe('es')
  expect(pickLocale(['zh-CN'])).toBe('zh-Hans')
  expect(pickLocale(['zh-SG'])).toBe('zh-Hans')
  expect(pickLocale(['zh-TW', 'fr'])).toBe('fr')
  expect(pickLocale(['tlh'])).toBe('en')
  expect(pickLocale([])).toBe('en')
})

test('times in the list are as short as they can be', () => {
  const now = new Date(2026, 10, 19, 14, 32).getTime()
  expect(formatShort(now - DAY, now)).toBe('Yesterday')
  expect(formatShort(now - 3 * DAY, now)).toBe('Mon')
  expect(formatShort(new Date(2026, 4, 3).getTime(), now)).toMatch(/May/)
  expect(formatShort(new Date(2025, 4, 3).getTime(), now)).toMatch(/2025/)
})

test('days have names near today, and a year when it is another', () => {
  const now = new Date(2026, 10, 19, 0, 10).getTime()
  expect(formatDay(now, now)).toBe('Today')
  expect(formatDay(now - 20 * 60_000, now)).toBe('Yesterday')
  expect(formatDay(now - 9 * DAY, now)).toMatch(/Tuesday/)
  expect(formatDay(new Date(2024, 0, 2).getTime(), now)).toMatch(/2024/)
})

test('a badge ends at 99+', () => {
  expect(formatBadge(99)).toBe('99')
  expect(formatBadge(100)).toBe('99+')
})
