/** The built app that a relay serves: whether it is there, and what it is called. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from './config.ts'

/**
 * Names what is served: the app by the hash of its page, which names every other file by its hash; else the package.
 * @throws ConfigError when there is no app where one should be.
 */
export const readBuild = (appDir: string | undefined): string => {
  if (appDir !== undefined) return createHash('sha256').update(readPage(appDir)).digest('hex').slice(0, 12)
  const about: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof about === 'object' && about !== null && 'version' in about ? String(about.version) : 'unknown'
}

const readPage = (appDir: string): Buffer => {
  try {
    return readFileSync(join(appDir, 'index.html'))
  } catch (cause) {
    const sentence = 'There is no built app to serve: run “npm run build” first, or start with --no-app.'
    throw new ConfigError(sentence, { cause })
  }
}
