/** DV5: however long a history is, a few parts of it are in memory at a time, on the way out and on the way in. */
import { describe, expect, test } from 'vitest'
import { createInlet } from '../../../src/messenger/backup/inlet.ts'
import { packParts, unpackPart, type Item } from '../../../src/messenger/backup/items.ts'
import { backupItems, ITEM_KINDS } from '../../../src/wire/backup-items.ts'
import { MAX_PART_BYTES } from '../../../src/wire/backup.ts'

const KiB = 1024

async function* produce(items: readonly Item[], made: { count: number }): AsyncGenerator<Item, void> {
  for (const item of items) {
    made.count++
    yield item
  }
}
const event = (size: number): Item => ({ kind: 'event', data: new Uint8Array(size) })

describe('parts', () => {
  test('are filled, fit, and are made only when they are asked for', async () => {
    const items = Array.from({ length: 5000 }, () => event(2 * KiB))
    const made = { count: 0 }
    const parts = packParts(produce(items, made))
    const first = await parts.next()
    expect(first.value?.data.length).toBeGreaterThan(900 * KiB)
    expect(made.count).toBeLessThan(600)
    let count = unpackPart(first.value!).length
    for await (const part of parts) {
      expect(part.data.length).toBeLessThanOrEqual(MAX_PART_BYTES)
      count += unpackPart(part).length
    }
    expect(count).toBe(items.length)
  })

  test('hold one section each, and the smallest of items by the thousand', async () => {
    const items: Item[] = ITEM_KINDS.map((kind) => ({ kind, data: new Uint8Array(1) }))
    const many = Array.from({ length: 20_000 }, () => event(1))
    const parts = await Array.fromAsync(packParts(produce([...items, ...many], { count: 0 })))
    expect(parts.map(({ section }) => section)).toEqual([
      'roots',
      'documents',
      'contacts',
      'settings',
      ...parts.slice(4).map(() => 'history')
    ])
    expect(parts.flatMap((part) => unpackPart(part)).length).toBe(items.length + many.length)
  })

  test.each([
    ['an event among the roots', 'roots', ['event']],
    ['an account in the history', 'history', ['account']],
    ['a contact after an invite', 'contacts', ['invite', 'contact']]
  ] as const)('%s is malformed', (_, section, kinds) => {
    const data = backupItems.encode({
      version: 1,
      items: kinds.map((kind) => ({ kind, data: new Uint8Array(1) }))
    })
    expect(() => unpackPart({ section, data })).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})

describe('the way in', () => {
  test('a piece is taken when the reader wants the next, and not before', async () => {
    const inlet = createInlet()
    const told: string[] = []
    const putting = (async () => {
      for (const piece of [1, 2, 3]) {
        await inlet.push(Uint8Array.of(piece))
        told.push(`taken ${piece}`)
      }
      inlet.end()
    })()
    for await (const [piece] of inlet.pieces) told.push(`read ${piece}`)
    await putting
    expect(told).toEqual(['read 1', 'taken 1', 'read 2', 'taken 2', 'read 3', 'taken 3'])
  })

  test('whoever puts into a reader that is gone does not wait for it', async () => {
    const inlet = createInlet()
    inlet.close()
    await inlet.push(Uint8Array.of(1))
    expect((await inlet.pieces[Symbol.asyncIterator]().next()).done).toBe(true)
  })
})
