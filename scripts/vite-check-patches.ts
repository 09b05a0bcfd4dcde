/**
 * The patches in `patches/` are part of the product: without them MLS groups break (docs/decisions/0081). `npm ci` applies
 * them; where install scripts are off nobody does, so the build and the first test of the MLS room ask here.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

interface Plugin {
  readonly name: string
  buildStart(this: { error(message: string): never }): void
}

interface PatchedFile {
  readonly file: string
  readonly before: string
  readonly after: string
}

/** Every hunk of a unified diff: what must be gone and what must be there instead. */
export const readPatch = (diff: string): readonly PatchedFile[] =>
  diff.split(/^diff --git .*$/m).flatMap((part) => {
    const file = /^\+\+\+ b\/(.*)$/m.exec(part)?.[1]
    if (file === undefined) return []
    return part
      .split(/^@@ .* @@.*$/m)
      .slice(1)
      .map((hunk) => {
        const lines = hunk.split('\n').filter((line) => /^[ +-]/.test(line))
        const side = (sign: string): string =>
          lines
            .filter((line) => line.startsWith(' ') || line.startsWith(sign))
            .map((line) => line.slice(1))
            .join('\n')
        return { file, before: side('-'), after: side('+') }
      })
  })

/** Names of files that do not look as the patches in `folder` want them; empty when all is well. */
export const findUnpatched = (
  folder = 'patches',
  read: (file: string) => string = (file) => readFileSync(file, 'utf8')
): readonly string[] => {
  const hunks = readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .flatMap((name) => readPatch(readFileSync(path.join(folder, name), 'utf8')))
  return [...new Set(hunks.filter(({ file, after }) => !read(file).includes(after)).map(({ file }) => file))]
}

/** The build fails where a patch is missing. */
export const checkPatches = (): Plugin => ({
  name: 'cryptochat-check-patches',
  buildStart() {
    const unpatched = findUnpatched()
    if (unpatched.length > 0) {
      this.error(
        `not patched: ${unpatched.join(', ')}. Run "npx patch-package" (npm ci does it unless scripts are off)`
      )
    }
  }
})
