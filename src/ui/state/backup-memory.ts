/** When this browser last saved a backup, and whether the person wants to be reminded. Two dates, nothing else. */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import { recall, remember } from './remember.ts'

const MADE = 'backup-made'
const LATER = 'backup-later'
/** "Later" is two weeks; after a backup the next reminder comes after three months. */
const LATER_MS = 14 * 86_400_000
const STALE_MS = 90 * 86_400_000

const read = (key: string): number | undefined => {
  const at = Number(recall(key))
  return Number.isFinite(at) && at > 0 ? at : undefined
}

const made = signal(read(MADE))
const later = signal(read(LATER))
export const lastBackup: ReadonlySignal<number | undefined> = made

export const noteBackup = (at: number): void => {
  made.value = at
  remember(MADE, String(at))
}

export const remindLater = (at: number): void => {
  later.value = at
  remember(LATER, String(at))
}

export const wantsReminder = (now: number): boolean =>
  now - (made.value ?? -Infinity) > STALE_MS && now - (later.value ?? -Infinity) > LATER_MS
