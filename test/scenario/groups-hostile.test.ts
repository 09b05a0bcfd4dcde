/**
 * A member whose app was rewritten to do harm (RO1, LG4, LG6): what breaks a log is thrown away and marks who sent it; what its
 * author had no right to is kept and has no effect; who was shut out stays out, whoever brings it.
 */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { verifyBinding } from '../../src/crypto/binding.ts'
import { keyFromDeviceId } from '../../src/crypto/device-id.ts'
import { keyFromDid } from '../../src/crypto/did.ts'
import { verifyDocument } from '../../src/crypto/document.ts'
import { makeEvent } from '../../src/crypto/event.ts'
import type { EventParts } from '../../src/crypto/event.ts'
import { sealOpening } from '../../src/crypto/opening.ts'
import { memberOf, routeFor } from '../../src/crypto/suite.ts'
import type { Member } from '../../src/crypto/suite.ts'
import { createPgpV6 } from '../../src/crypto/suites/pgp-v6.ts'
import { toWire } from '../../src/messenger/events.ts'
import type { DeliverResult } from '../../src/messenger/net.ts'
import type { ChatId, DeviceId, Did } from '../../src/model/ids.ts'
import { DEFAULT_POLICIES } from '../../src/messenger/groups/commands.ts'
import type { ContactRow } from '../../src/store/rows.ts'
import { eventsAbout } from '../../src/store/timeline.ts'
import { envelope } from '../../src/wire/envelope.ts'
import type { OpeningLog } from '../../src/wire/opening.ts'
import { encodePadded } from '../../src/wire/payload.ts'
import { createWorld, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const random = seededRandom(99)

interface Story {
  readonly alice: Person
  readonly bob: Person
  readonly carol: Person
  readonly dave: Person
  readonly chat: ChatId
}

const setup = async (): Promise<Story> => {
  world = await createWorld()
  const [alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave')
  for (const other of [bob, carol, dave]) await world.pair(alice, other)
  const chat = await world.group('Crew', alice, [bob, carol], 'pgp-v6')
  for (const person of [alice, bob, carol]) await person.say(chat, `${person.name} is here`)
  await world.pass(60_000)
  return { alice, bob, carol, dave, chat }
}

const memberNamed = async (name: string): Promise<Member> => {
  const account = (await loadCast()).get(name)!
  const document = await verifyDocument(account.document)
  return memberOf(document, await verifyBinding(account.device.binding, document, world.clock.now()))
}

/** Another event of somebody's, honest but for the changes. */
const forge = async (
  { chat }: Story,
  person: Person,
  change: Partial<EventParts>,
  seed?: Uint8Array
): Promise<{ readonly bytes: Uint8Array; readonly id: Uint8Array }> => {
  const secrets = (await loadCast()).get(person.name)!
  const chain = person.db.memory.chats.get(chat)?.chains[person.device]
  const { bytes, event } = makeEvent(
    {
      conversation: base64urlToBytes(chat),
      did: person.did,
      device: person.device,
      counter: (chain?.counter ?? 0) + 1,
      ...(chain && { previous: base64urlToBytes(chain.id) }),
      heads: [],
      time: world.clock.now() + 1000,
      tick: 0,
      body: { kind: 'message', text: 'forged' },
      ...change
    },
    seed ?? secrets.device.seed,
    random
  )
  return { bytes, id: event.id }
}

/** The group's session used by hand: `from` gives `to` whatever it likes. */
const hand = async (
  { chat }: Story,
  from: Person,
  to: Person,
  events: readonly Uint8Array[]
): Promise<DeliverResult> => {
  const secrets = (await loadCast()).get(from.name)!
  const session = [...to.db.memory.sessions.values()].find((row) => row.chat === chat)!
  const suite = createPgpV6({ secretKey: secrets.secretKey, signing: secrets.device.signing, device: from.device })
  const members = await Promise.all([from.name, to.name].map(memberNamed))
  const group = base64urlToBytes(session.group)
  const { state } = await suite.create({ group, generation: session.generation, members })
  const plaintext = encodePadded({
    version: 1,
    conversation: base64urlToBytes(chat),
    sender: keyFromDid(from.did),
    place: secrets.place,
    documentHash: secrets.documentHash,
    issued: world.clock.now(),
    events,
    receipts: []
  })
  const { sealed } = await suite.seal(state, plaintext, world.clock.now())
  const bytes = envelope.encode({ version: 1, kind: 'sealed', route: routeFor(group, to.device), sealed })
  const result = await world.network.inject(from.device, to.device, bytes)
  await world.settle()
  return result
}

const rosterHeads = (person: Person, chat: ChatId): Promise<readonly Uint8Array[]> =>
  eventsAbout(person.db, chat, 'member').then((rows) => rows.slice(-1).map(({ id }) => base64urlToBytes(id)))

const misdeedsOf = (person: Person, other: Person): number => person.db.memory.contacts.get(other.did)?.misdeeds ?? 0

test('RO1 what somebody has no right to is kept and handed on, and has no effect', async () => {
  const story = await setup()
  const { alice, bob, carol, chat } = story
  const after = await rosterHeads(bob, chat)
  const before = await alice.groupView(chat)
  const removal = await forge(story, bob, {
    body: { kind: 'member', after, remove: { accounts: [keyFromDid(carol.did)], cuts: [] } }
  })
  expect((await hand(story, bob, alice, [removal.bytes])).outcome).toBe('delivered')
  const governing = await forge(story, bob, {
    counter: 3,
    previous: removal.id,
    time: world.clock.now() + 2000,
    body: { kind: 'member', after, policies: { ...DEFAULT_POLICIES, write: 'admins' } }
  })
  const timer = await forge(story, bob, {
    counter: 4,
    previous: governing.id,
    time: world.clock.now() + 3000,
    body: { kind: 'timer', seconds: 5 }
  })
  expect((await hand(story, bob, alice, [governing.bytes, timer.bytes])).outcome).toBe('delivered')
  expect(await alice.groupView(chat)).toEqual(before)
  expect(alice.db.memory.chats.get(chat)?.timer).toBeUndefined()
  expect((await eventsAbout(alice.db, chat, 'member')).length).toBe(3)
  expect((await alice.messagesIn(chat)).filter(({ system }) => system !== undefined)).toHaveLength(1)
  expect(misdeedsOf(alice, bob)).toBe(0)
})

test('GR1 nobody founds a group again, or another one in its place', async () => {
  const story = await setup()
  const { alice, bob } = story
  const found = {
    nonce: new Uint8Array(32),
    name: 'Mine',
    suite: 'pgp-v6',
    seats: [],
    homes: [],
    passes: [],
    policies: DEFAULT_POLICIES
  }
  const founding = await forge(story, bob, { body: { kind: 'member', after: [], found } })
  expect((await hand(story, bob, alice, [founding.bytes])).outcome).toBe('refused')
  expect(misdeedsOf(alice, bob)).toBe(1)
  expect((await alice.groupView(story.chat))?.name).toBe('Crew')
})

test('LG1 nobody speaks for somebody else, and nothing comes from another conversation', async () => {
  const story = await setup()
  const { alice, bob, carol, chat } = story
  const bobs = (await loadCast()).get('bob')!.device.seed
  const elsewhere = await forge(story, bob, { conversation: new Uint8Array(32) })
  expect((await hand(story, bob, alice, [elsewhere.bytes])).outcome).toBe('refused')
  const stolen = await forge(story, carol, {}, bobs)
  expect((await hand(story, bob, alice, [stolen.bytes])).outcome).toBe('refused')
  // Bob's own device, in Carol's name
  const masked = await forge(story, bob, { did: carol.did })
  await hand(story, bob, alice, [masked.bytes])
  expect(await alice.textsIn(chat)).not.toContain('forged')
  expect(misdeedsOf(alice, bob)).toBe(2)
})

test('RO1 what somebody outside writes is not shown, whoever hands it over, and counts once they are in', async () => {
  const story = await setup()
  const { alice, bob, dave, chat } = story
  const early = await forge(story, dave, { counter: 1 })
  expect((await hand(story, bob, alice, [early.bytes])).outcome).toBe('delivered')
  expect(await alice.textsIn(chat)).not.toContain('forged')
  expect(misdeedsOf(alice, bob)).toBe(0)
})

test('LG6 what was written above a cut is refused for ever, and what stands on it is not', async () => {
  const story = await setup()
  const { alice, bob, carol, chat } = story
  const late = await forge(story, bob, { time: world.clock.now() + 120_000 })
  await alice.messenger.removeMember(chat, bob.did)
  await world.pass(60_000)
  // Carol is on Bob's side
  expect((await hand(story, carol, alice, [late.bytes])).outcome).toBe('delivered')
  const reply = await forge(story, carol, {
    heads: [late.id],
    time: world.clock.now() + 180_000,
    body: { kind: 'message', text: 'he said it' }
  })
  expect((await hand(story, carol, alice, [reply.bytes])).outcome).toBe('delivered')
  expect(await alice.textsIn(chat)).toEqual(['alice is here', 'bob is here', 'carol is here', 'he said it'])
  const kept = await alice.db.tables.events.get(
    [...alice.db.memory.events.values()].find((row) => row.void === 'cut')!.id
  )
  expect(kept).toMatchObject({ void: 'cut' })
  expect(kept?.body).toBeUndefined()
})

test('LG6 a removal takes back what came before it and stands above its cut', async () => {
  const story = await setup()
  const { alice, bob, carol, chat } = story
  world.network.cut(bob.device, alice.device)
  await bob.say(chat, 'only Carol hears this')
  await world.settle()
  expect(await carol.textsIn(chat)).toContain('only Carol hears this')
  world.network.cut(carol.device, alice.device)
  await alice.messenger.removeMember(chat, bob.did)
  await world.settle()
  world.network.heal()
  await world.pass(10 * 60_000)
  expect(await carol.textsIn(chat)).toEqual(['alice is here', 'bob is here', 'carol is here'])
  expect(await alice.textsIn(chat)).toEqual(['alice is here', 'bob is here', 'carol is here'])
  await carol.say(chat, 'he is gone')
  await world.pass(60_000)
  expect(await alice.textsIn(chat)).toContain('he is gone')
})

test('where only admins write, what others write all the same is void for everybody', async () => {
  const story = await setup()
  const { alice, bob, carol, chat } = story
  await alice.messenger.setPolicies(chat, { write: 'admins' })
  await world.pass(60_000)
  const heads = await rosterHeads(bob, chat)
  const loud = await forge(story, bob, { heads, body: { kind: 'message', text: 'I write' } })
  expect((await hand(story, bob, alice, [loud.bytes])).outcome).toBe('delivered')
  expect((await hand(story, bob, carol, [loud.bytes])).outcome).toBe('delivered')
  expect(await alice.textsIn(chat)).not.toContain('I write')
  expect(await carol.textsIn(chat)).not.toContain('I write')
  // before the rule came to them it was right
  await carol.messenger.react(chat, (await carol.messagesIn(chat)).find(({ text }) => text === 'bob is here')!.id, '👍')
  await world.settle()
  expect((await alice.messagesIn(chat)).find(({ text }) => text === 'bob is here')?.reactions).toHaveLength(1)
})

/** An opening to Alice, made by hand of what somebody knows of a group. */
const openTo = async (
  from: Person,
  to: Person,
  chat: ChatId,
  change: Partial<OpeningLog> = {}
): Promise<DeliverResult> => {
  const secrets = (await loadCast()).get(from.name)!
  const members = (await eventsAbout(from.db, chat, 'member')).map(toWire)
  const group = random.bytes(32)
  const sealed = await sealOpening({
    account: secrets,
    recipient: await memberNamed(to.name),
    parts: {
      conversation: base64urlToBytes(chat),
      session: { version: 1, suite: 'pgp-v6', group, generation: 0 },
      log: { members, people: [], chains: [], latest: [], ...change }
    },
    now: world.clock.now()
  })
  const bytes = envelope.encode({ version: 1, kind: 'opening', route: random.bytes(16), sealed })
  const result = await world.network.inject(from.device, to.device, bytes)
  await world.settle()
  return result
}

test('RO2 an opening is taken from a contact or fellow member, and only into a group that has us in it', async () => {
  const story = await setup()
  const { alice, bob, carol, dave, chat } = story
  await world.pair(bob, carol)
  const theirs = await world.group('Without Alice', bob, [carol], 'pgp-v6')
  const erin = await world.person('erin')
  await world.pair(erin, dave)
  const strange = await world.group('Strangers', erin, [dave], 'pgp-v6')

  expect((await openTo(bob, alice, theirs)).outcome).toBe('refused')
  expect((await openTo(erin, alice, strange)).outcome).toBe('unreachable')
  // events of one group under the name of another
  const members = (await eventsAbout(bob.db, theirs, 'member')).map(toWire)
  expect((await openTo(dave, alice, strange, { members })).outcome).toBe('refused')
  expect((await openTo(dave, alice, strange, { members: [] })).outcome).toBe('refused')
  // nor does somebody who is not in a group let others into it
  expect(
    (await openTo(dave, alice, chat, { members: (await eventsAbout(alice.db, chat, 'member')).map(toWire) })).outcome
  ).toBe('refused')
  expect((await alice.chats()).rows.filter(({ kind }) => kind === 'group').map((row) => row.chat)).toEqual([chat])
})

test('SU2 a group holds as many as its suite and the roster do', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  const known = alice.db.memory.contacts.get(bob.did)!
  const crowd = Array.from({ length: 1000 }, (_, index): ContactRow => ({
    ...known,
    did: `did:key:z${index}` as Did,
    chat: `chat ${index}` as ChatId,
    devices: [{ device: `device ${index}` as DeviceId, binding: keyFromDeviceId(bob.device), endsAt: 0 }]
  }))
  await alice.db.write(['contacts'], () => alice.db.tables.contacts.bulkPut(crowd))
  const found = (suite: 'pgp-v6' | 'mls-xwing' | 'mls-x25519', size: number): Promise<ChatId> =>
    alice.messenger.createGroup({ name: 'Crowd', suite, members: crowd.slice(0, size).map(({ did }) => did) })
  await expect(found('pgp-v6', 50)).rejects.toMatchObject({ code: 'too-large' })
  await expect(found('mls-xwing', 256)).rejects.toMatchObject({ code: 'too-large' })
  await expect(found('mls-x25519', 1000)).rejects.toMatchObject({ code: 'too-large' })
  await expect(
    alice.messenger.createGroup({ name: 'Crew', members: ['did:key:zNobody' as Did] })
  ).rejects.toMatchObject({
    code: 'not-found'
  })
  await expect(alice.messenger.createGroup({ name: ' ', members: [] })).rejects.toMatchObject({ code: 'malformed' })
})
