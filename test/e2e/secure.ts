/** Locking, backing up and restoring, as a person does it. Downloads and files need Chromium. */
import { isVisible } from './chat.ts'
import type { Actor } from './person.ts'
import { waitForNode } from './hook.ts'

const byId = (id: string): string => `[data-id="${id}"]`
const screen = (name: string): string => `[data-screen="${name}"]`

/** Argon2id takes its time, and the more of it on a busy machine. */
export const SLOW_MS = 60_000

/** A save dialog cannot be pressed in a headless browser; without one the file is downloaded. */
export const NO_SAVE_DIALOG = 'delete globalThis.showSaveFilePicker'

export const setPassphrase = async ({ tab, origin }: Actor, passphrase: string): Promise<void> => {
  await tab.goto(`${origin}/settings/security`)
  await tab.waitUntil('the form for a passphrase', isVisible, byId('passphrase-new'))
  await tab.fill(byId('passphrase-new'), passphrase)
  await tab.fill(byId('passphrase-repeat'), passphrase)
  await tab.click(byId('passphrase-set'))
  await tab.waitUntil('the passphrase to be set', isVisible, byId('lock-now'), SLOW_MS)
}

export const lock = async ({ tab, origin }: Actor): Promise<void> => {
  await tab.goto(`${origin}/settings/security`)
  await tab.click(byId('lock-now'))
  await tab.waitUntil('the lock', isVisible, screen('locked'), SLOW_MS)
}

export const tryToUnlock = async ({ tab }: Actor, passphrase: string): Promise<void> => {
  await tab.waitUntil('the lock', isVisible, byId('unlock-input'), SLOW_MS)
  await tab.fill(byId('unlock-input'), passphrase)
  await tab.click(byId('unlock'))
}

export const unlock = async (person: Actor, passphrase: string): Promise<void> => {
  await tryToUnlock(person, passphrase)
  await person.tab.waitUntil('the lock to open', isAbsent, screen('locked'), SLOW_MS)
  await waitForNode(person.tab)
}

/** Answers where the file lies. */
export const backUp = async ({ page, tab, origin }: Actor, passphrase: string): Promise<string> => {
  await tab.goto(`${origin}/settings/backup`)
  await tab.waitUntil('the form for a backup', isVisible, byId('passphrase-new'))
  await tab.fill(byId('passphrase-new'), passphrase)
  await tab.fill(byId('passphrase-repeat'), passphrase)
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: SLOW_MS }),
    tab.click(byId('backup-start'))
  ])
  await tab.waitUntil('the backup to be done', isVisible, byId('backup-done'), SLOW_MS)
  return await download.path()
}

/** On a device that has no account yet; ends at the list of chats. */
export const restore = async (person: Actor, file: string, passphrase: string): Promise<void> => {
  await startRestore(person, file, passphrase)
  const { tab } = person
  await tab.waitUntil('the account to be back', isVisible, screen('restored'), SLOW_MS)
  await tab.click(byId('restored-continue'))
  await tab.waitUntil('the list of chats', isVisible, screen('chats'))
  await waitForNode(tab)
}

export const startRestore = async ({ page, tab, origin }: Actor, file: string, passphrase: string): Promise<void> => {
  await tab.goto(`${origin}/`)
  await tab.waitUntil('the first screen', isVisible, byId('restore-backup'))
  await tab.click(byId('restore-backup'))
  await page.setInputFiles(`input${byId('restore-file')}`, file)
  await tab.fill(byId('restore-passphrase'), passphrase)
  await tab.click(byId('restore-start'))
}

// ── run in the page ───────────────────────────────────────────────────────────────────────────────────────────────

const isAbsent = (selector: string): boolean => document.querySelector(selector) === null
