/** Builds `dist/` when a source is newer than the last build. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const SOURCES = [
  'src',
  'public',
  'stubs',
  'patches',
  'scripts/vite-fix-webrtc.ts',
  'index.html',
  'vite.config.ts',
  'package-lock.json'
]
const RESULT = 'dist/index.html'

const newestIn = (path: string): number => {
  if (!existsSync(path)) return 0
  const own = statSync(path)
  if (!own.isDirectory()) return own.mtimeMs
  return Math.max(
    ...readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
    0
  )
}

/** @throws Error when the build fails; its output is on stderr. */
export const ensureBuilt = (): void => {
  const builtAt = existsSync(RESULT) ? statSync(RESULT).mtimeMs : 0
  if (Math.max(...SOURCES.map(newestIn)) < builtAt) return
  process.stderr.write('building the app …\n')
  const build = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], {
    stdio: ['ignore', 2, 2]
  })
  if (build.status !== 0) throw new Error(`the build failed with status ${String(build.status)}`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) ensureBuilt()
