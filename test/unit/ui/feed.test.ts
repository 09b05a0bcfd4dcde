import { expect, test } from 'vitest'
import { latest } from '../../../src/base/latest.ts'
import { watchFeed } from '../../../src/ui/state/feed.ts'

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve))
}

test('a feed’s newest snapshot is the signal’s value, and "nothing there" is not "nothing yet"', async () => {
  const feed: { push?: (value: number | undefined) => void } = {}
  const watched = watchFeed(() =>
    latest<number | undefined>((push) => {
      feed.push = push
      return () => undefined
    })
  )
  watched.start()
  expect(watched.signal.value).toBeUndefined()
  await until(() => feed.push !== undefined)
  feed.push?.(1)
  await until(() => watched.signal.value === 1)
  feed.push?.(undefined)
  await until(() => watched.signal.value === null)
  watched.stop()
})

test('a feed that fails is opened again, and the last value stays meanwhile', async () => {
  let opened = 0
  const watched = watchFeed(() =>
    latest<string>((push, fail) => {
      opened++
      if (opened === 1) {
        push('first')
        queueMicrotask(() => setTimeout(() => fail(new Error('the node died'))))
      } else push('second')
      return () => undefined
    })
  )
  const seen: (string | undefined)[] = []
  watched.signal.subscribe((value) => seen.push(value))
  watched.start()
  await until(() => watched.signal.value === 'second')
  expect(seen).toEqual([undefined, 'first', 'second'])
  watched.stop()
})

test('a stopped feed is told so, and says nothing more', async () => {
  let stopped = false
  const feed: { push?: (value: number) => void } = {}
  const watched = watchFeed(() =>
    latest<number>((push) => {
      feed.push = push
      return () => {
        stopped = true
      }
    })
  )
  watched.start()
  feed.push?.(1)
  await until(() => watched.signal.value === 1)
  watched.stop()
  await until(() => stopped)
  feed.push?.(2)
  expect(watched.signal.value).toBe(1)
})
