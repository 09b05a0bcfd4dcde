/**
 * Lays a timeline out in rows: days, and within them messages grouped by author, with the unread divider.
 * Pure, so that what a person sees can be tested without a browser.
 */
import type { MessageId } from '../../model/ids.ts'
import type { MessageView } from '../../model/views.ts'

/** Messages of one author within five minutes are one group. */
export const GROUP_MS = 5 * 60_000

export interface MessageRow {
  readonly message: MessageView
  /** Its place among the messages that were laid out. */
  readonly index: number
  /** First and last of its group: the name stands over the first, the tail hangs from the last. */
  readonly first: boolean
  readonly last: boolean
  /** The unread divider stands above. */
  readonly divider: boolean
}

export interface Day {
  /** Local calendar day, `2026-11-20`; with a number when the day comes again. */
  readonly key: string
  readonly at: number
  readonly rows: readonly MessageRow[]
}

const two = (value: number): string => String(value).padStart(2, '0')

export const dayKey = (at: number): string => {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

const sameGroup = (a: MessageView, b: MessageView): boolean =>
  a.system === undefined &&
  b.system === undefined &&
  a.author === b.author &&
  a.mine === b.mine &&
  Math.abs(b.at - a.at) < GROUP_MS

export const layOut = (messages: readonly MessageView[], firstUnread: MessageId | undefined): readonly Day[] => {
  const days: { key: string; at: number; rows: MessageRow[] }[] = []
  const times = new Map<string, number>()
  messages.forEach((message, index) => {
    const previous = messages[index - 1]
    const next = messages[index + 1]
    // LG3 orders by cause, not by clock: a day may come back, and then it gets its heading again
    const key = dayKey(message.at)
    const newDay = previous === undefined || dayKey(previous.at) !== key
    const divider = message.id === firstUnread
    const row: MessageRow = {
      message,
      index,
      first: newDay || divider || previous === undefined || !sameGroup(previous, message),
      last: next === undefined || dayKey(next.at) !== key || next.id === firstUnread || !sameGroup(message, next),
      divider
    }
    if (newDay) {
      const before = times.get(key) ?? 0
      times.set(key, before + 1)
      days.push({ key: before === 0 ? key : `${key} ${before}`, at: message.at, rows: [row] })
    } else days.at(-1)?.rows.push(row)
  })
  return days
}
