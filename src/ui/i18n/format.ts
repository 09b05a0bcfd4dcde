/** Times and sizes in the person's language. Reading them in a component subscribes it to the language. */
import { direction, regional, t } from './i18n.ts'
import { numberFormat } from './message.ts'

const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()
const dateFormat = (name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = `${regional.value} ${name}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(regional.value, options)
  formats.set(key, made)
  return made
}

/** A number that is the same for all moments of one local day, and one more for the next. */
export const dayNumber = (at: number): number => {
  const date = new Date(at)
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS)
}

/** 14:32 */
export const formatTime = (at: number): string => dateFormat('time', { hour: '2-digit', minute: '2-digit' }).format(at)

/** 14:32:07 */
export const formatSeconds = (at: number): string =>
  dateFormat('seconds', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)

/** The long form, for tooltips and details. */
export const formatFull = (at: number): string =>
  dateFormat('full', { dateStyle: 'full', timeStyle: 'medium' }).format(at)

export const formatDate = (at: number): string => dateFormat('date', { dateStyle: 'long' }).format(at)

/** Day headings: Today, Yesterday, Wednesday, 18 November; with the year when it is not this one. */
export const formatDay = (at: number, now: number): string => {
  const ago = dayNumber(now) - dayNumber(at)
  if (ago === 0) return t('time.today')
  if (ago === 1) return t('time.yesterday')
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return sameYear
    ? dateFormat('day', { weekday: 'long', day: 'numeric', month: 'long' }).format(at)
    : dateFormat('dayYear', { day: 'numeric', month: 'long', year: 'numeric' }).format(at)
}

/** Chat list: 14:32, Yesterday, Thu, 3 May, 03/05/2025. */
export const formatShort = (at: number, now: number): string => {
  const ago = dayNumber(now) - dayNumber(at)
  if (ago <= 0) return formatTime(at)
  if (ago === 1) return t('time.yesterday')
  if (ago < 7) return dateFormat('weekday', { weekday: 'short' }).format(at)
  if (new Date(at).getFullYear() === new Date(now).getFullYear())
    return dateFormat('dayMonth', { day: 'numeric', month: 'short' }).format(at)
  return dateFormat('numeric', { day: '2-digit', month: '2-digit', year: 'numeric' }).format(at)
}

/** 3 minutes ago, in 2 hours. */
export const formatAgo = (at: number, now: number): string => {
  const seconds = Math.round((at - now) / 1000)
  const relative = new Intl.RelativeTimeFormat(regional.value, { numeric: 'auto' })
  const size = Math.abs(seconds)
  if (size < 45) return t('time.now')
  if (size < 45 * 60) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 22 * 3600) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

export const formatNumber = (value: number): string => numberFormat(regional.value).format(value)

/** 99+ */
export const formatBadge = (count: number): string => (count > 99 ? `${formatNumber(99)}+` : formatNumber(count))

export const formatBytes = (bytes: number): string => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(regional.value, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 ? 0 : 1
  }).format(bytes / 1000 ** step)
}

const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1]
] as const

/** 30 seconds, 8 hours, 4 weeks: in the largest unit that leaves no rest. `narrow`: 8h, 4w. */
export const formatDuration = (seconds: number, unitDisplay: 'long' | 'narrow' = 'long'): string => {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length && seconds % length === 0) ?? ['second', 1]
  return new Intl.NumberFormat(regional.value, { style: 'unit', unit, unitDisplay }).format(seconds / size)
}

/** A name inside of a sentence of the other direction must not turn the words around it over. */
export const isolate = (name: string): string =>
  direction.value === 'rtl' || /[\u0590-\u08FF]/u.test(name) ? `\u2068${name}\u2069` : name

/** Lena, Tomás and you */
export const formatList = (words: readonly string[]): string =>
  new Intl.ListFormat(regional.value, { style: 'long', type: 'conjunction' }).format(words)
