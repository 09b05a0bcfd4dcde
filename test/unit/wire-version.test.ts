/**
 * Pins the shape of everything on the wire. When this fails: a shape changed. Raise its version if old readers would
 * misread it, commit a filled fixture of the version before (`test/golden/wire-vN`), add a line to
 * `docs/protocol/history.md`, and put the new hash here.
 */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const PINNED = '984d50cde931ed7cbf0aaa8504041fa36d1ea573fdc991067b9b5120b32d2f56'

const isCodec = (value: unknown): value is { name: string; about: unknown } =>
  typeof value === 'object' && value !== null && 'about' in value && 'encode' in value

test('the hash of all message shapes is the pinned one', async () => {
  const modules: Record<string, unknown>[] = await Promise.all(
    readdirSync('src/wire')
      .filter((file) => file.endsWith('.ts'))
      .map((file) => import(`../../src/wire/${file}`) as Promise<Record<string, unknown>>)
  )
  const shapes = new Map(
    modules.flatMap((module) =>
      Object.values(module)
        .filter(isCodec)
        .map((codec) => [codec.name, codec.about])
    )
  )
  expect(shapes.size).toBeGreaterThan(10)
  const sorted = [...shapes].toSorted(([a], [b]) => (a < b ? -1 : 1))
  expect(createHash('sha256').update(JSON.stringify(sorted)).digest('hex')).toBe(PINNED)
})
