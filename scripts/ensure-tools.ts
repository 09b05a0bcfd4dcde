/**
 * Installs what the tests need and the machine lacks. On Debian as root a missing tool is a failure;
 * elsewhere it is said as `skipped: <name> (<reason>)`, and the tests that need it say the same.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { findChromium, findFirefox } from './find-browsers.ts'

interface Tool {
  readonly name: string
  readonly debian: readonly string[]
  readonly isThere: () => boolean
}

const answers = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0
const hasFont = (family: string): boolean => {
  const listed = spawnSync('fc-list', [':family=' + family], { encoding: 'utf8' })
  return listed.status === 0 && listed.stdout.trim() !== ''
}

const TOOLS: readonly Tool[] = [
  { name: 'chromium', debian: ['chromium'], isThere: () => findChromium() !== undefined },
  { name: 'firefox', debian: ['firefox-esr'], isThere: () => findFirefox() !== undefined },
  { name: 'gpg', debian: ['gnupg'], isThere: () => answers('gpg', '--version') },
  { name: 'openssl', debian: ['openssl'], isThere: () => answers('openssl', 'version') },
  {
    name: 'fonts',
    debian: ['fontconfig', 'fonts-noto-core', 'fonts-noto-cjk', 'fonts-noto-color-emoji'],
    isThere: () => ['Noto Sans', 'Noto Sans Arabic', 'Noto Sans CJK SC', 'Noto Color Emoji'].every(hasFont)
  }
]

const apt = (...args: string[]): void => {
  const run = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  })
  if (run.status !== 0) throw new Error(`apt-get ${args[0]} failed with status ${String(run.status)}`)
}

/** Where a missing tool is a failure, because it can be installed. */
export const isDebianRoot = existsSync('/etc/debian_version') && process.getuid?.() === 0

/** @throws Error on Debian as root when a tool cannot be installed. */
export const ensureTools = (): void => {
  const missing = TOOLS.filter((tool) => !tool.isThere())
  if (missing.length === 0) return
  if (isDebianRoot) {
    process.stderr.write(`installing ${missing.map((tool) => tool.name).join(', ')} …\n`)
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...missing.flatMap((tool) => tool.debian))
  }
  const still = missing.filter((tool) => !tool.isThere())
  if (isDebianRoot && still.length > 0) throw new Error(`still missing: ${still.map((tool) => tool.name).join(', ')}`)
  for (const tool of still)
    process.stdout.write(`skipped: ${tool.name} (not installed; Debian: apt-get install ${tool.debian.join(' ')})\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) ensureTools()
