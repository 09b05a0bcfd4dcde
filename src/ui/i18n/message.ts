/**
 * What a catalogue holds: texts with `{placeholders}`, or one text a plural category of `{count}`.
 * Types are read from the English catalogue, so that a call without a placeholder's value does not compile.
 */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }
export type Message = string | Plural
export type Catalogue = Readonly<Record<string, Message>>

/** What the translation of an area must be: every key; its placeholders are checked by a test. */
export type Translation<Area> = { readonly [Key in keyof Area]: Area[Key] extends string ? string : Plural }

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type TextsOf<M> = M extends string ? M : M[keyof M] & string

/** The placeholders of a message. A plural message always takes `count`. */
export type NamesIn<M> = Names<TextsOf<M>> | (M extends string ? never : 'count')

export type Values = Readonly<Record<string, string | number>>

export const placeholders = (message: Message): readonly string[] => {
  const texts = typeof message === 'string' ? [message] : Object.values(message)
  return [
    ...new Set(texts.flatMap((text) => Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? '')))
  ].toSorted()
}

const pluralRules = new Map<string, Intl.PluralRules>()
const rulesFor = (locale: string): Intl.PluralRules => {
  const known = pluralRules.get(locale)
  if (known !== undefined) return known
  const made = new Intl.PluralRules(locale)
  pluralRules.set(locale, made)
  return made
}

const numbers = new Map<string, Intl.NumberFormat>()
export const numberFormat = (locale: string): Intl.NumberFormat => {
  const known = numbers.get(locale)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(locale)
  numbers.set(locale, made)
  return made
}

/** Numbers are written in the locale's digits; everything else is inserted as it is. */
export const formatMessage = (locale: string, message: Message, values: Values = {}): string => {
  const count = values['count']
  const text =
    typeof message === 'string'
      ? message
      : (message[rulesFor(locale).select(typeof count === 'number' ? count : Number(count ?? 0))] ?? message.other)
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? numberFormat(locale).format(value) : value
  })
}
