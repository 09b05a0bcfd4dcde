/** What can be done with a message after it was written: edit, react, remove, read; and what is only for oneself. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, first, transcript } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import type { ChatId } from '../../src/model/ids.ts'

let world: World
afterEach(() => world.stop())

const setup = async (): Promise<{ alice: Person; bob: Person; chat: ChatId }> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  return { alice, bob, chat: await world.pair(alice, bob) }
}

test('reply, edit, react and remove look the same on both sides', async () => {
  const { alice, bob, chat } = await setup()
  const question = await alice.write(bob, 'tea or coffe?')
  await world.settle()
  const answer = await bob.write(alice, 'tea', question)
  await world.settle()
  await alice.messenger.edit(chat, question, 'tea or coffee?')
  await alice.messenger.react(chat, answer, '👍')
  await bob.messenger.react(chat, question, '❤️')
  await bob.messenger.react(chat, question, '🎉')
  const mistake = await bob.write(alice, 'wrong window')
  await world.settle()
  await bob.messenger.remove(chat, mistake, 'everyone')
  await world.pass(60_000)

  expect(await transcript(alice, bob)).toMatchInlineSnapshot(`
    "
    Alice: tea or coffee?  [edited 1×, 🎉 Bob, delivered]
    Bob: tea  [re "tea or coffee?", 👍 Alice]
    Bob: (removed)
    "
  `)
  expect(await transcript(bob, alice)).toMatchInlineSnapshot(`
    "
    Alice: tea or coffee?  [edited 1×, 🎉 Bob]
    Bob: tea  [re "tea or coffee?", 👍 Alice, delivered]
    Bob: (removed)  [delivered]
    "
  `)
})

test('LG5 what is removed for everyone leaves neither text nor salt on either disk', async () => {
  const { alice, bob, chat } = await setup()
  const id = await alice.write(bob, 'a secret that must go')
  await alice.messenger.edit(chat, id, 'another secret that must go')
  await world.settle()
  expect(await bob.texts(alice)).toEqual(['another secret that must go'])
  await alice.messenger.remove(chat, id, 'everyone')
  await world.settle()
  for (const person of [alice, bob]) {
    const everything = JSON.stringify([
      await person.db.tables.events.toArray(),
      await person.db.tables.messages.toArray(),
      await person.db.tables.chats.toArray()
    ])
    expect(everything).not.toContain('secret that must go')
    const about = (await person.db.tables.events.toArray()).filter(({ target }) => target === id)
    expect(about.filter(({ kind }) => kind !== 'removal').map(({ body, salt }) => [body, salt])).toEqual([
      [undefined, undefined],
      [undefined, undefined]
    ])
  }
})

test('a message removed before it was delivered arrives without its text', async () => {
  const { alice, bob, chat } = await setup()
  bob.goOffline()
  const id = await alice.write(bob, 'never mind')
  await alice.write(bob, 'this stays')
  await alice.messenger.remove(chat, id, 'everyone')
  bob.goOnline()
  await world.pass(5 * 60_000)
  expect((await bob.messages(alice)).map(({ removed, text }) => (removed ? '-' : text))).toEqual(['-', 'this stays'])
  expect(JSON.stringify(await bob.db.tables.events.toArray())).not.toContain('never mind')
})

test('nobody edits or removes what another wrote', async () => {
  const { alice, bob, chat } = await setup()
  const id = await alice.write(bob, 'mine')
  await world.settle()
  await expect(bob.messenger.edit(chat, id, 'yours')).rejects.toMatchObject({ code: 'conflict' })
  await expect(bob.messenger.remove(chat, id, 'everyone')).rejects.toMatchObject({ code: 'conflict' })
  await bob.messenger.remove(chat, id, 'me')
  await world.settle()
  expect(await bob.texts(alice)).toEqual([])
  expect(await alice.texts(bob)).toEqual(['mine'])
})

test('what was removed for me stays away when it is edited or reacted to', async () => {
  const { alice, bob, chat } = await setup()
  const id = await alice.write(bob, 'noise')
  await world.settle()
  await bob.messenger.remove(chat, id, 'me')
  await alice.messenger.edit(chat, id, 'more noise')
  await world.settle()
  expect(await bob.texts(alice)).toEqual([])
  expect((await bob.timeline(chat)).total).toBe(0)
})

test('reading fills the ticks, unless read receipts are off', async () => {
  const { alice, bob, chat } = await setup()
  await alice.write(bob, 'one')
  const two = await alice.write(bob, 'two')
  await world.settle()
  expect((await bob.chats()).unreadTotal).toBe(2)
  const [one] = await bob.messages(alice)
  await bob.messenger.markRead(chat, one!.id)
  await world.settle()
  expect((await bob.chats()).unreadTotal).toBe(1)
  expect((await alice.messages(bob)).map(({ delivery }) => delivery)).toEqual(['read', 'delivered'])

  await bob.messenger.setSettings({ readReceipts: false })
  await bob.messenger.markRead(chat, two)
  await world.settle()
  expect((await bob.chats()).unreadTotal).toBe(0)
  expect((await alice.messages(bob)).map(({ delivery }) => delivery)).toEqual(['read', 'delivered'])
})

test('who turned read receipts off does not see those of others', async () => {
  const { alice, bob, chat } = await setup()
  await alice.messenger.setSettings({ readReceipts: false })
  const id = await alice.write(bob, 'seen?')
  await world.settle()
  await bob.messenger.markRead(chat, id)
  await world.settle()
  expect((await alice.messages(bob)).map(({ delivery }) => delivery)).toEqual(['delivered'])
})

test('unread begins where reading stopped', async () => {
  const { alice, bob, chat } = await setup()
  for (let index = 1; index <= 50; index++) await alice.write(bob, `message ${index}`)
  await world.settle()
  const all = await bob.messages(alice)
  await bob.messenger.markRead(chat, all[29]!.id)
  const timeline = await first(bob.messenger.watchTimeline(chat, { around: 'unread', before: 5, after: 5 }))
  expect(timeline.messages.map(({ text }) => text)).toEqual(
    Array.from({ length: 11 }, (_, index) => `message ${26 + index}`)
  )
  expect(timeline).toMatchObject({ atStart: false, atEnd: false, offset: 25, total: 50, unread: 20 })
  expect(timeline.firstUnread).toBe(all[30]!.id)
})

test('an open timeline follows what happens without being asked for again', async () => {
  const { alice, bob, chat } = await setup()
  await alice.write(bob, 'before')
  await world.settle()
  const feed = bob.messenger.watchTimeline(chat, { around: 'end', before: 10, after: 0 })[Symbol.asyncIterator]()
  const next = async () => (await feed.next()).value.messages.map(({ text }: { text: string }) => text)
  expect(await next()).toEqual(['before'])
  const id = await alice.write(bob, 'after')
  await world.settle()
  expect(await next()).toEqual(['before', 'after'])
  await alice.messenger.edit(chat, id, 'after all')
  await world.settle()
  expect(await next()).toEqual(['before', 'after all'])
  await bob.messenger.remove(chat, id, 'me')
  expect(await next()).toEqual(['before'])
  await feed.return?.()
})

test('drafts, pins, mutes and archive are kept, and a sent message clears its draft', async () => {
  const { alice, bob, chat } = await setup()
  await alice.messenger.saveDraft(chat, { text: 'half a thou' })
  await alice.messenger.setChat(chat, { pinned: true, mutedUntil: 'always', archived: true })
  alice.kill()
  await alice.restart()
  expect((await alice.chats()).archived).toMatchObject([{ draft: 'half a thou', pinned: true, mutedUntil: 'always' }])
  await alice.messenger.setChat(chat, { mutedUntil: null, archived: false })
  await alice.write(bob, 'a whole thought')
  const [row] = (await alice.chats()).rows
  expect(row).toMatchObject({ chat, pinned: true })
  expect(row?.draft).toBeUndefined()
  expect(row?.mutedUntil).toBeUndefined()
})

test('a note to self is there from the start and goes nowhere', async () => {
  const { alice } = await setup()
  const self = (await alice.chats()).rows.find(({ kind }) => kind === 'self')
  const before = world.network.sniffed.length
  await alice.messenger.send(self!.chat, { text: 'buy milk' })
  await world.settle()
  expect((await alice.timeline(self!.chat)).messages.map(({ text, delivery }) => [text, delivery])).toEqual([
    ['buy milk', 'read']
  ])
  expect(world.network.sniffed.length).toBe(before)
})

test('search finds words whatever their case or accents, newest first, in one chat or all', async () => {
  const { alice, bob, chat } = await setup()
  await alice.write(bob, 'Das Café am Fluss')
  world.clock.advance(1000)
  await alice.write(bob, 'we met in the CAFE again')
  await alice.write(bob, 'nothing here')
  const hits = await alice.messenger.search('cafe')
  expect(hits.map(({ excerpt }) => excerpt)).toEqual(['we met in the CAFE again', 'Das Café am Fluss'])
  expect(hits[1]?.marks).toEqual([[4, 8]])
  expect(await alice.messenger.search('cafe fluss', { chat })).toHaveLength(1)
  expect(await alice.messenger.search('   ')).toEqual([])
})

test('delivery tells which device has it', async () => {
  const { alice, bob, chat } = await setup()
  bob.goOffline()
  const id = await alice.write(bob, 'where is it?')
  await world.settle()
  expect(await first(alice.messenger.watchDelivery(chat, id))).toMatchObject({ state: 'sealed', attempts: 1 })
  bob.goOnline()
  await world.pass(60_000)
  const view = await first(alice.messenger.watchDelivery(chat, id))
  expect(view).toMatchObject({ state: 'delivered', devices: [{ device: bob.device, path: 'direct' }] })
  expect(view?.devices[0]?.deliveredAt).toBeGreaterThan(0)
})
