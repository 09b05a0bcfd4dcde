/** The world keeps its own promises; stories outside this repository rely on them. */
import { commandOf, isRunning } from './processes.ts'
import { expect, test } from './world.ts'
import { scaled } from '../long.ts'

/** More than any screen draws and any page of the feed holds. */
const LENGTH = scaled(450, 2_000)

test('people are devices of their own: they go away, crash and come back with what they had', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  expect(await alice.chat('bob').texts()).toEqual([])
  expect(await alice.chat('bob').last()).toBeUndefined()
  await alice.chat('bob').write('hello')
  await bob.chat('alice').waitFor('hello')

  const { pid } = bob.device
  await bob.goAway()
  expect(isRunning(pid)).toBe(false)
  await alice.chat('bob').write('while away')
  expect(await alice.chat('bob').status('while away')).toBe('queued')
  await bob.comeBack()
  await bob.chat('alice').waitFor('while away', undefined, { timeoutMs: 30_000 })

  const second = bob.device.pid
  await bob.crash()
  expect(isRunning(second)).toBe(false)
  await bob.comeBack()
  expect(await bob.chat('alice').texts()).toEqual(['hello', 'while away'])
})

test('a cut device is heard of no more, and goes on when mended', async ({ world }) => {
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await expect.poll(() => alice.pathTo(bob)).toBe('direct')
  await bob.cut()
  await alice.chat('bob').write('can you hear me?')
  expect(await alice.chat('bob').status('can you hear me?')).toBe('queued')
  expect(await bob.chat('alice').texts()).toEqual([])
  await bob.mend()
  await bob.chat('alice').waitFor('can you hear me?', undefined, { timeoutMs: 40_000 })
})

test('relays keep identity, port and data over stop, kill and start', async ({ world }) => {
  const [first, second] = await world.relays(2)
  expect(world.relay).toBe(first)
  expect(second!.peerId).not.toBe(first!.peerId)
  expect(new URL(second!.url).hostname).not.toBe(new URL(first!.url).hostname)
  const { url, peerId, pid } = first!
  expect(commandOf(pid)).toContain('relay/main.ts')
  await first!.kill()
  expect(isRunning(pid)).toBe(false)
  await first!.start()
  expect([first!.url, first!.peerId]).toEqual([url, peerId])
  expect(first!.pid).not.toBe(pid)
  await first!.stop()
  await first!.start()
  expect((await fetch(new URL('/healthz', url))).status).toBe(200)
})

test('a long conversation is read in full, whatever part of it is drawn', async ({ world }) => {
  test.setTimeout(60_000 + LENGTH * 100)
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  const chat = await alice.page.evaluate(async () => {
    for await (const list of globalThis.cryptochat?.node.watchChats() ?? []) {
      const row = list.rows.find((one) => one.title === 'bob')
      if (row !== undefined) return row.chat
    }
    throw new Error('no chat')
  })
  const all = Array.from({ length: LENGTH }, (_, at) => `number ${at + 1}`)
  await alice.page.evaluate(
    async ({ id, texts }) => {
      for (const text of texts) await globalThis.cryptochat?.node.send(id, { text })
    },
    { id: chat, texts: all }
  )
  await bob.chat('alice').waitFor(`number ${LENGTH}`, undefined, { timeoutMs: LENGTH * 100 })
  expect(await alice.chat('bob').texts()).toEqual(all)
  expect(await bob.chat('alice').texts()).toEqual(all)
  expect(await bob.chat('alice').last()).toBe(`number ${LENGTH}`)
})
