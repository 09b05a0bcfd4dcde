/** Where a test browser is: an environment variable first, then PATH, then the usual places of each system. */
import { accessSync, constants, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const canRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not there, or not ours to run: the search goes on
  }
}

const onPath = (names: readonly string[]): string | undefined =>
  names.flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))).find(canRun)

const named = (variable: string): string | undefined => {
  const path = process.env[variable]
  if (path === undefined || path === '') return undefined
  if (!canRun(path)) throw new Error(`${variable} points at ${path}, which cannot be run`)
  return path
}

const playwrightChromium = (): string | undefined => {
  const cache = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache/ms-playwright')
  let folders: string[]
  try {
    folders = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name))
  } catch {
    return undefined // Playwright never downloaded one here
  }
  const newestFirst = folders.toSorted((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
  return newestFirst
    .flatMap((folder) => ['chrome-linux64/chrome', 'chrome-linux/chrome'].map((file) => join(cache, folder, file)))
    .find(canRun)
}

export const findChromium = (): string | undefined =>
  named('CHROMIUM') ??
  onPath(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable']) ??
  ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find(canRun) ??
  playwrightChromium()

export const findFirefox = (): string | undefined =>
  named('FIREFOX') ??
  onPath(['firefox-esr', 'firefox']) ??
  ['/Applications/Firefox.app/Contents/MacOS/firefox'].find(canRun)
