/** LG7: what one lacks comes from any member who has it, also long after its author has forgotten that it was sent. */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes } from '../../src/base/bytes.ts'
import { silentLog } from '../../src/base/log.ts'
import { seededRandom } from '../../src/base/random.ts'
import { makeAnswerKey } from '../../src/crypto/answer.ts'
import { verifyEvent } from '../../src/crypto/event.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { askAnswer, askQuestion, askReply } from '../../src/wire/ask.ts'
import type { AskQuestion, AskReply } from '../../src/wire/ask.ts'
import { envelope } from '../../src/wire/envelope.ts'
import { createWorld } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

/** Everything that was to be sent is forgotten, as by a program that lost its outbox. */
const forgetOutbox = async (person: Person): Promise<void> => {
  const { db } = person
  await db.write(['outbox', 'mail'], async () => {
    await db.tables.outbox.bulkDelete([...db.memory.outbox.keys()])
    await db.tables.mail.bulkDelete([...db.memory.mail.keys()])
  })
}

test('what got lost on the way is asked for by name as soon as something stands on it', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await bob.write(alice, 'first')
  await world.settle()
  bob.goOffline()
  await bob.write(alice, 'lost')
  await world.settle()
  await forgetOutbox(bob)
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(10_000)
  expect(await alice.texts(bob)).toEqual(['first', 'lost', 'after it'])
  expect(await alice.db.tables.aside.count()).toBe(0)
})

test('what nothing stands on is found when the two meet again', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await bob.write(alice, 'first')
  await world.settle()
  bob.goOffline()
  for (let times = 0; times < 150; times++) await bob.write(alice, `lost ${times}`)
  await world.settle()
  await forgetOutbox(bob)
  await world.pass(7 * 3600_000)
  bob.goOnline()
  await alice.write(bob, 'are you there?')
  await world.pass(10_000)
  const texts = await alice.texts(bob)
  expect(texts.length).toBe(152)
  expect(texts.slice(0, 3)).toEqual(['first', 'lost 0', 'lost 1'])
})

test('a removed text is not served: only that there was one', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  bob.goOffline()
  const chat = await bob.chatWith(alice)
  const gone = await bob.write(alice, 'planted-secret')
  await bob.write(alice, 'stays')
  await bob.messenger.remove(chat, gone, 'everyone')
  await world.settle()
  await forgetOutbox(bob)
  await world.pass(7 * 3600_000)
  bob.goOnline()
  await alice.write(bob, 'hello')
  await world.pass(10_000)
  expect((await alice.messages(bob)).map(({ text, removed }) => (removed ? '(removed)' : text))).toEqual([
    '(removed)',
    'stays',
    'hello'
  ])
  for (const row of await alice.db.tables.events.toArray()) {
    if (row.id === gone) expect([row.body, row.salt, row.content]).toEqual([undefined, undefined, undefined])
  }
})

test.each(['before', 'after'] as const)(
  'a crash %s a write in the middle of it loses and doubles nothing',
  async (when) => {
    world = await createWorld()
    const [alice, bob] = await world.people('alice', 'bob')
    await world.pair(alice, bob)
    await bob.write(alice, 'first')
    await world.settle()
    bob.goOffline()
    for (let times = 0; times < 300; times++) await bob.write(alice, `lost ${times}`)
    await forgetOutbox(bob)
    await world.pass(7 * 3600_000)
    alice.killAt(2, when)
    bob.goOnline()
    await bob.write(alice, 'the end')
    await world.pass(5000)
    expect(alice.isDead).toBe(true)
    await alice.restart()
    await bob.write(alice, 'welcome back')
    await world.pass(60_000)
    const texts = await alice.texts(bob)
    expect(texts.length).toBe(303)
    expect(new Set(texts).size).toBe(303)
    expect(texts).toEqual(await bob.texts(alice))
  }
)

test('what nobody has any more is not waited for for ever', async () => {
  let compared = 0
  const debug = (event: string): void => void (event === 'sync.compared' && compared++)
  world = await createWorld({ log: { ...silentLog, debug } })
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await bob.write(alice, 'first')
  await world.settle()
  bob.goOffline()
  const lost = await bob.write(alice, 'lost')
  await world.settle()
  await forgetOutbox(bob)
  // a torn disk: the event is gone on its author's device too, but not its place in the chain
  await bob.db.write(['events'], async () => {
    const row = (await bob.db.tables.events.get(lost))!
    await bob.db.tables.events.put({ ...row, header: new Uint8Array(), signature: new Uint8Array(), body: undefined })
  })
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(30_000)
  expect(await alice.texts(bob)).toEqual(['first'])
  // and not asked for at every answer
  const before = compared
  await world.pass(10 * 60_000)
  expect(compared - before).toBeLessThan(10)
  world.clock.advance(8 * 24 * 3600_000)
  await world.settle()
  await world.pass(2 * 3600_000)
  expect(await alice.texts(bob)).toEqual(['first', 'after it'])
})

// ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────

const group = async (
  suite: 'pgp-v6' | 'mls-xwing' = 'pgp-v6'
): Promise<{ people: readonly [Person, Person, Person]; chat: ChatId }> => {
  world = await createWorld()
  const people = await world.people('alice', 'bob', 'carol')
  const [alice, bob, carol] = people
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const chat = await world.group('Crew', alice, [bob, carol], suite)
  await world.pass(60_000)
  return { people, chat }
}

const random = seededRandom(3)

/** By hand, as a rewritten app would ask. */
const askRaw = async (
  from: Person,
  to: Person,
  question: Omit<AskQuestion, 'version' | 'key'>
): Promise<AskReply | string> => {
  const key = await makeAnswerKey(random)
  const sealed = askQuestion.encode({ version: 1, key: key.publicKey, ...question })
  const bytes = envelope.encode({ version: 1, kind: 'ask', route: random.bytes(16), sealed })
  const result = await world.network.inject(from.device, to.device, bytes)
  if (result.outcome !== 'delivered') return result.outcome
  const answer = askAnswer.decode(result.answer)
  return answer.sealed === undefined ? answer.outcome : askReply.decode(await key.open(sealed, answer.sealed))
}

test.each(['pgp-v6', 'mls-xwing'] as const)(
  '%s: a third member hands over what its author cannot any more',
  async (suite) => {
    const { people, chat } = await group(suite)
    const [alice, bob, carol] = people
    carol.goOffline()
    await bob.say(chat, 'Carol misses this')
    await world.pass(30_000)
    await bob.say(chat, 'and this')
    await world.pass(30_000)
    bob.kill()
    await world.pass(15 * 60_000)
    carol.goOnline()
    await alice.say(chat, 'after that')
    await world.pass(60_000)
    for (const person of [alice, carol]) {
      expect(await person.textsIn(chat)).toEqual(['Carol misses this', 'and this', 'after that'])
    }
    expect(await carol.db.tables.aside.count()).toBe(0)
  }
)

test('who comes later gets nothing older, asks as it may; and who is no member gets nothing at all', async () => {
  const { people, chat } = await group()
  const [alice, bob, carol] = people
  const before = await bob.say(chat, 'planted-before-dave')
  await world.pass(30_000)
  const dave = await world.person('dave')
  await world.pair(alice, dave)
  await alice.messenger.addMembers(chat, [dave.did])
  await world.pass(120_000)
  await carol.say(chat, 'hello Dave')
  await world.pass(60_000)
  expect(await dave.textsIn(chat)).toEqual(['hello Dave'])

  const conversation = base64urlToBytes(chat)
  const byName = { events: { conversation, ids: [base64urlToBytes(before)], ranges: [] } }
  const reply = await askRaw(dave, alice, byName)
  expect(typeof reply).toBe('object')
  const events = typeof reply === 'object' ? (reply.events?.events ?? []) : []
  expect(events.length).toBe(1)
  expect((await verifyEvent(events[0]!)).body).toBe('gone')

  await alice.messenger.removeMember(chat, bob.did)
  await world.pass(120_000)
  expect(await askRaw(bob, alice, byName)).toBe('nothing')
  const erin = await world.person('erin')
  await world.pair(alice, erin)
  expect(await askRaw(erin, alice, byName)).toBe('nothing')
  for (const row of await dave.db.tables.events.toArray()) {
    expect(Buffer.from(row.body ?? []).includes('planted-before-dave')).toBe(false)
  }
})

test('a group that gives newcomers everything does so', async () => {
  const { people, chat } = await group()
  const [alice, bob, carol] = people
  await alice.messenger.setPolicies(chat, { history: 'all' })
  await world.pass(10_000)
  for (let times = 0; times < 40; times++) await [alice, bob, carol][times % 3]!.say(chat, `long ago ${times}`)
  await world.pass(60_000)
  const dave = await world.person('dave')
  await world.pair(alice, dave)
  await alice.messenger.addMembers(chat, [dave.did])
  await world.pass(300_000)
  await carol.say(chat, 'hello Dave')
  await world.pass(60_000)
  expect(await dave.textsIn(chat)).toEqual(await alice.textsIn(chat))
  expect((await dave.textsIn(chat)).length).toBe(41)
})

test('LG5 a text that one member keeps back comes from another', async () => {
  const { people, chat } = await group()
  const [alice, bob, carol] = people
  const dave = await world.person('dave')
  await world.pair(alice, dave)
  await alice.messenger.addMembers(chat, [dave.did])
  await world.pass(120_000)
  carol.goOffline()
  const id = await bob.say(chat, 'they do not want you to read this')
  await world.pass(60_000)
  expect(await dave.textsIn(chat)).toEqual(['they do not want you to read this'])
  bob.kill()
  dave.goOffline()
  // Alice's app was rewritten
  await alice.db.write(['events'], async () => {
    const row = (await alice.db.tables.events.get(id))!
    await alice.db.tables.events.put({ ...row, body: undefined, salt: undefined, content: undefined })
  })
  await world.pass(11 * 60_000)
  carol.goOnline()
  await world.pass(120_000)
  expect((await carol.textsIn(chat)).join()).not.toContain('read this')
  expect((await carol.db.tables.events.get(id))?.header.length).toBeGreaterThan(0)
  dave.goOnline()
  await world.pass(300_000)
  expect(await carol.textsIn(chat)).toEqual(['they do not want you to read this'])
  expect((await carol.timeline(chat)).messages.some(({ removed }) => removed)).toBe(false)
})
