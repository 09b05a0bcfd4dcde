import { expect, test } from 'vitest'
import { latest } from '../../../src/base/latest.ts'
import { combine } from '../../../src/node/combine.ts'

const source = <T>() => {
  const pushes = new Set<(value: T) => void>()
  const fails = new Set<(error: unknown) => void>()
  let stopped = 0
  return {
    feed: latest<T>((push, fail) => {
      pushes.add(push)
      fails.add(fail)
      return () => {
        stopped++
      }
    }),
    push: (value: T): void => pushes.forEach((push) => push(value)),
    fail: (error: unknown): void => fails.forEach((fail) => fail(error)),
    stopped: () => stopped
  }
}

test('a snapshot is there when every feed has spoken, and again when any source moves', async () => {
  const [words, numbers] = [source<string>(), source<number>()]
  let nudge: (() => void) | undefined
  let nudges = 0
  const feed = combine(
    {
      feeds: [words.feed, numbers.feed],
      nudges: [
        (moved) => {
          nudge = moved
          return () => undefined
        }
      ]
    },
    ([word, number]) => `${String(word)} ${String(number)} ${nudges}`
  )[Symbol.asyncIterator]()
  const first = feed.next()
  words.push('a')
  numbers.push(1)
  expect((await first).value).toBe('a 1 0')
  numbers.push(2)
  expect((await feed.next()).value).toBe('a 2 0')
  nudges++
  nudge?.()
  expect((await feed.next()).value).toBe('a 2 1')
})

test('stopping stops every source and ends a pending read', async () => {
  const words = source<string>()
  const feed = combine({ feeds: [words.feed] }, ([word]) => word)[Symbol.asyncIterator]()
  words.push('a')
  await feed.next()
  const pending = feed.next()
  await feed.return?.()
  expect(await pending).toEqual({ done: true, value: undefined })
  expect(words.stopped()).toBe(1)
})

test('a source that fails fails the whole', async () => {
  const words = source<string>()
  const feed = combine({ feeds: [words.feed] }, ([word]) => word)[Symbol.asyncIterator]()
  words.push('a')
  await feed.next()
  const pending = feed.next()
  words.fail(new Error('broken'))
  await expect(pending).rejects.toThrow('broken')
})

test('what moves while a snapshot is being read is in the next one', async () => {
  const numbers = source<number>()
  const reading = Promise.withResolvers<void>()
  let reads = 0
  const feed = combine({ feeds: [numbers.feed] }, async ([number]) => {
    if (++reads === 2) await reading.promise
    return number
  })[Symbol.asyncIterator]()
  numbers.push(0)
  await feed.next()
  numbers.push(1)
  await expect.poll(() => reads).toBe(2)
  numbers.push(2)
  reading.resolve()
  const seen = [(await feed.next()).value]
  if (seen[0] !== 2) seen.push((await feed.next()).value)
  expect(seen.at(-1)).toBe(2)
})
