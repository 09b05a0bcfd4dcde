/** The build id: a hash of everything that a build is made from, the same on every machine. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['public', 'src', 'stubs', 'patches'] as const
const FILES = ['index.html', 'package-lock.json', 'vite.config.ts'] as const
const LENGTH = 12

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

export const makeBuildId = (): string => {
  const hash = createHash('sha256')
  for (const file of [...FOLDERS.flatMap(filesIn), ...FILES].toSorted()) {
    hash.update(`${file.replaceAll('\\', '/')}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, LENGTH)
}
