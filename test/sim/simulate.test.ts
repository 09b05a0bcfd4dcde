/** Seeded worlds in which everything goes wrong, and planted bugs that prove the invariants would notice. */
import { expect, test } from 'vitest'
import { scaled } from '../long.ts'
import { isSound, simulate } from './simulate.ts'

/** Seeds that once found a bug stay here, with what it was. */
const SEEDS = [
  1, // a job that waited in a queue behind the network counted as work, and nothing ever settled
  2,
  3,
  4,
  ...Array.from({ length: scaled(0, 16) }, (_, at) => 101 + at)
]
const STEPS = scaled(150, 300)

test.each(SEEDS)('seed %i: nothing is lost, nothing comes twice, everybody sees the same', async (seed) => {
  const result = await simulate({ seed, steps: STEPS, people: 3 })
  expect(result).toMatchObject({ lost: 0, duplicated: 0, diverged: 0, stuck: 0, false: 0 })
  expect(result.sent).toBeGreaterThan(10)
  expect(result.delivered).toBe(result.sent)
})

test('the same seed is the same world', async () => {
  const [one, two] = [
    await simulate({ seed: 7, steps: 60, people: 2 }),
    await simulate({ seed: 7, steps: 60, people: 2 })
  ]
  expect({ ...one, ms: 0 }).toEqual({ ...two, ms: 0 })
  expect(one.hash).not.toBe((await simulate({ seed: 8, steps: 60, people: 2 })).hash)
})

test('an outbox that forgets is noticed', async () => {
  const result = await simulate({
    seed: 5,
    steps: 60,
    people: 2,
    rounds: 3,
    sabotage: async ([alice]) => {
      const chats = await alice!.db.tables.chats.toArray()
      for (const chat of chats.filter(({ kind }) => kind === 'direct')) {
        alice!.goOffline()
        await alice!.messenger.send(chat.id, { text: 'alice to bob, forgotten' })
        await alice!.messenger.idle()
      }
      const { outbox, parcels } = alice!.db.tables
      await alice!.db.write(['outbox', 'parcels'], async () => {
        await outbox.bulkDelete(await outbox.toCollection().primaryKeys())
        await parcels.bulkDelete(await parcels.toCollection().primaryKeys())
      })
    }
  })
  expect(isSound(result)).toBe(false)
})

test('a disk that loses a row is noticed', async () => {
  const result = await simulate({
    seed: 6,
    steps: 100,
    people: 2,
    sabotage: async ([, bob]) => {
      const last = await bob!.db.tables.messages.toCollection().first()
      await bob!.db.tables.messages.delete(last!.id)
    }
  })
  expect(result.lost + result.diverged).toBeGreaterThan(0)
})

test('a message that is shown twice is noticed', async () => {
  const result = await simulate({
    seed: 6,
    steps: 100,
    people: 2,
    sabotage: async ([, bob]) => {
      const one = await bob!.db.tables.messages.filter(({ removed }) => !removed).first()
      await bob!.db.tables.messages.put({ ...one!, id: `${one!.id}x` as never, order: `${one!.order}x` })
    }
  })
  expect(result.duplicated).toBeGreaterThan(0)
})
