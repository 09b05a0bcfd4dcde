/** The shared note: two people write at once and read the same, nothing typed is lost, and nobody's rubbish spoils it. */
import { afterEach, expect, test } from 'vitest'
import { Doc, applyUpdate } from 'yjs'
import type { ChatId } from '../../src/model/ids.ts'
import { createWorld, first } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

// oxlint-disable-next-line typescript/no-base-to-string -- a Yjs text says itself
const textOf = (doc: Doc): string => doc.getText('note').toString()

/** A page with the note open. */
interface Page {
  readonly text: () => string
  edit(change: (text: ReturnType<Doc['getText']>) => void): Promise<void>
  /** What the node says now. */
  refresh(): Promise<string>
}

const openNote = async (person: Person, chat: ChatId): Promise<Page> => {
  const doc = new Doc()
  const waiting: Uint8Array[] = []
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'node') waiting.push(update)
  })
  const page: Page = {
    text: () => textOf(doc),
    edit: async (change) => {
      doc.transact(() => change(doc.getText('note')))
      for (const update of waiting.splice(0)) await person.messenger.changeNote(chat, update)
    },
    refresh: async () => {
      applyUpdate(doc, (await first(person.messenger.watchNote(chat))).update, 'node')
      return page.text()
    }
  }
  await page.refresh()
  return page
}

const noteEventsOf = async (person: Person): Promise<number> =>
  (await person.db.tables.events.toArray()).filter(({ kind }) => kind === 'note').length

const setup = async (): Promise<{ alice: Person; bob: Person; chat: ChatId }> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  return { alice, bob, chat: await world.pair(alice, bob) }
}

test('two people who write at once read the same', async () => {
  const { alice, bob, chat } = await setup()
  const [a, b] = [await openNote(alice, chat), await openNote(bob, chat)]
  await a.edit((text) => text.insert(0, 'milk\nbread\n'))
  await world.pass(5000)
  expect(await b.refresh()).toBe('milk\nbread\n')

  alice.goOffline()
  await a.edit((text) => text.insert(0, 'eggs\n'))
  await b.edit((text) => text.insert(b.text().length, 'butter\n'))
  await b.edit((text) => text.delete(0, 5))
  await world.pass(5000)
  alice.goOnline()
  await world.pass(60_000)
  expect(await a.refresh()).toBe('eggs\nbread\nbutter\n')
  expect(await b.refresh()).toBe(a.text())
  const view = await first(bob.messenger.watchNote(chat))
  expect(view.authors.map(({ name, mine }) => [name, mine])).toEqual([
    ['Alice', false],
    ['Bob', true]
  ])
})

test('typing does not make an event a letter, and is on disk before it is one', async () => {
  const { alice, bob, chat } = await setup()
  const page = await openNote(alice, chat)
  for (const [index, letter] of [...'a whole sentence'].entries()) {
    await page.edit((text) => text.insert(index, letter))
    await world.pass(50)
  }
  expect(await noteEventsOf(alice)).toBe(0)
  alice.kill()
  await alice.restart()
  await world.pass(5000)
  expect(await noteEventsOf(alice)).toBe(1)
  expect(await (await openNote(bob, chat)).refresh()).toBe('a whole sentence')
})

test('who never stops typing is seen all the same', async () => {
  const { alice, chat } = await setup()
  const page = await openNote(alice, chat)
  for (let index = 0; index < 40; index++) {
    await page.edit((text) => text.insert(index, 'x'))
    await world.pass(300)
  }
  const events = await noteEventsOf(alice)
  expect(events).toBeGreaterThan(2)
  expect(events).toBeLessThan(8)
})

test('a crash at any write loses and doubles nothing', async () => {
  for (const nth of [1, 2, 3]) {
    const { alice, bob, chat } = await setup()
    const page = await openNote(alice, chat)
    await page.edit((text) => text.insert(0, 'once '))
    alice.killAt(nth, 'before')
    await page.edit((text) => text.insert(5, 'only')).catch(() => {})
    await world.pass(5000)
    await alice.restart()
    await world.pass(60_000)
    const mine = await (await openNote(alice, chat)).refresh()
    expect(['once ', 'once only']).toContain(mine)
    expect(await (await openNote(bob, chat)).refresh()).toBe(mine)
    await world.stop()
  }
})

test('what is no change of a note is refused at the door and void in the log', async () => {
  const { alice, chat } = await setup()
  await expect(alice.messenger.changeNote(chat, new Uint8Array(100).fill(255))).rejects.toMatchObject({
    code: 'malformed'
  })
  await expect(alice.messenger.changeNote(chat, new Uint8Array(40_000))).rejects.toMatchObject({ code: 'too-large' })
})

test('in a group, who is added reads what was written before', async () => {
  world = await createWorld()
  const people = await world.people('alice', 'bob', 'carol')
  const [alice, bob, carol] = people
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const chat = await world.group('Crew', alice, [bob], 'pgp-v6')
  await world.pass(30_000)
  const [a, b] = [await openNote(alice, chat), await openNote(bob, chat)]
  await a.edit((text) => text.insert(0, 'from Alice. '))
  await world.pass(10_000)
  await b.refresh()
  await b.edit((text) => text.insert(b.text().length, 'From Bob. '))
  await world.pass(30_000)
  await alice.messenger.addMembers(chat, [carol.did])
  await world.pass(120_000)
  const c = await openNote(carol, chat)
  expect(c.text()).toBe('from Alice. From Bob. ')
  await c.edit((text) => text.insert(c.text().length, 'From Carol.'))
  await world.pass(30_000)
  for (const page of [a, b, c]) expect(await page.refresh()).toBe('from Alice. From Bob. From Carol.')
})

test('what somebody without the right changes is void for everybody', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  const chat = await world.group('Crew', alice, [bob], 'pgp-v6')
  await world.pass(30_000)
  const [a, b] = [await openNote(alice, chat), await openNote(bob, chat)]
  await a.edit((text) => text.insert(0, 'rules'))
  await alice.messenger.setPolicies(chat, { write: 'admins' })
  await world.pass(30_000)
  await b.refresh()
  await b.edit((text) => text.insert(0, 'no ')).catch(() => {})
  await world.pass(30_000)
  expect(await (await openNote(alice, chat)).refresh()).toBe('rules')
  expect(await (await openNote(bob, chat)).refresh()).toBe('rules')
})
