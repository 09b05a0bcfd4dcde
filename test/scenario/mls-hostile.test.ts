/** Members of a group whose app was rewritten: what they commit, and whom they let in, is nobody else's group (RO2, ML1, ML3). */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { verifyBinding } from '../../src/crypto/binding.ts'
import { type VerifiedDocument, verifyDocument } from '../../src/crypto/document.ts'
import { createAuthentication } from '../../src/crypto/mls/authentication.ts'
import { createTsMls } from '../../src/crypto/mls/ts-mls.ts'
import { sealOpening } from '../../src/crypto/opening.ts'
import { type Epochs, memberOf, routeFor, type SessionState, type Suite } from '../../src/crypto/suite.ts'
import { createMlsSuite } from '../../src/crypto/suites/mls.ts'
import type { ChatId } from '../../src/model/ids.ts'
import type { SessionRow } from '../../src/store/rows.ts'
import { readState } from '../../src/store/sessions.ts'
import { envelope } from '../../src/wire/envelope.ts'
import { createWorld, loadCast, type Name, type Person, type World } from '../cast.ts'

const MINUTE = 60_000
let world: World
afterEach(() => world.stop())

/** Somebody's session by hand: their keys, their state, no rules. */
interface Hand {
  readonly suite: Suite
  readonly epochs: Epochs
  readonly session: SessionRow
  readonly state: SessionState
}

const documentsByDid = async (): Promise<ReadonlyMap<string, VerifiedDocument>> => {
  const all = await Promise.all([...(await loadCast()).values()].map(({ document }) => verifyDocument(document)))
  return new Map(all.map((document) => [document.did, document]))
}

const handOf = async (person: Person, chat: ChatId): Promise<Hand> => {
  const { device } = (await loadCast()).get(person.name)!
  const documents = await documentsByDid()
  const suite = createMlsSuite({
    mls: createTsMls('mls-xwing', seededRandom(7)),
    own: () => ({ credential: device.binding, signatureKey: device.key, signatureSeed: device.seed }),
    authentication: createAuthentication(async (did) => [documents.get(did)].filter((one) => one !== undefined)),
    clock: world.clock
  })
  const session = [...person.db.memory.sessions.values()].find((row) => row.chat === chat)!
  const state = (await readState(person.db, session.group))!
  return { suite, epochs: suite.epochs!, session, state }
}

const keyPackageFor = async (name: Name): Promise<Uint8Array> => {
  const { device } = (await loadCast()).get(name)!
  const own = { credential: device.binding, signatureKey: device.key, signatureSeed: device.seed }
  const now = world.clock.now()
  const mls = createTsMls('mls-xwing', seededRandom(8))
  return (await mls.makeKeyPackage(own, { notBefore: now - MINUTE, notAfter: now + 86_400_000 })).keyPackage
}

const give = (from: Person, to: Person, kind: 'commit' | 'sealed' | 'opening', route: Uint8Array, sealed: Uint8Array) =>
  world.network.inject(from.device, to.device, envelope.encode({ version: 1, kind, route, sealed }))

const tagFor = ({ session }: Hand, to: Person): Uint8Array => routeFor(base64urlToBytes(session.group), to.device)

const textsOf = async (person: Person, chat: ChatId): Promise<readonly string[]> =>
  (await person.timeline(chat)).messages.filter(({ text }) => text !== '').map(({ text }) => text)

const gather = async () => {
  world = await createWorld({ seed: 1 })
  const [alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave')
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  await world.pair(bob, dave)
  await world.settle()
  const chat = await alice.messenger.createGroup({ name: 'Garden', members: [bob.did, carol.did] })
  await world.pass(MINUTE)
  return { alice, bob, carol, dave, chat }
}

/** The others go on as if nothing had been said, and whoever is not in it reads nothing. */
const expectUnmoved = async (
  { alice, carol, dave, chat }: Awaited<ReturnType<typeof gather>>,
  rest: readonly Person[] = [carol]
): Promise<void> => {
  await alice.messenger.send(chat, { text: 'among ourselves' })
  await world.pass(2 * MINUTE)
  for (const one of rest) expect(await textsOf(one, chat), one.name).toContain('among ourselves')
  expect((await dave.chats()).rows.some(({ kind }) => kind === 'group')).toBe(false)
}

test('a member who is no admin commits somebody in: nobody follows', async () => {
  const story = await gather()
  const { alice, bob, carol, chat } = story
  const hand = await handOf(bob, chat)
  const made = await hand.epochs.commit(hand.state, { add: [await keyPackageFor('dave')] })
  for (const to of [alice, carol]) await give(bob, to, 'commit', tagFor(hand, to), made.commit)
  await world.pass(2 * MINUTE)
  for (const one of [alice, carol]) {
    const { suite, state } = await handOf(one, chat)
    expect(suite.members(state), one.name).toHaveLength(3)
  }
  await expectUnmoved(story)
})

test('a member who is no admin commits somebody out: nobody follows, and who was to go stays', async () => {
  const story = await gather()
  const { alice, bob, carol, chat } = story
  const hand = await handOf(bob, chat)
  const made = await hand.epochs.commit(hand.state, { remove: [carol.device] })
  for (const to of [alice, carol]) await give(bob, to, 'commit', tagFor(hand, to), made.commit)
  await world.pass(2 * MINUTE)
  const { suite, state } = await handOf(alice, chat)
  expect(suite.members(state)).toHaveLength(3)
  await expectUnmoved(story)
  await carol.messenger.send(chat, { text: 'still here' })
  await world.pass(MINUTE)
  expect(await textsOf(alice, chat)).toContain('still here')
})

test('a Welcome from somebody who may not take us in opens nothing', async () => {
  const { bob, dave, chat } = await gather()
  const hand = await handOf(bob, chat)
  const cast = await loadCast()
  const made = await hand.epochs.commit(hand.state, { add: [await keyPackageFor('dave')] })
  const documents = await documentsByDid()
  const document = documents.get(dave.did)!
  const binding = await verifyBinding(cast.get('dave')!.device.binding, document, world.clock.now())
  const { session } = hand
  const sealed = await sealOpening({
    account: cast.get('bob')!,
    recipient: memberOf(document, binding),
    parts: {
      conversation: base64urlToBytes(chat),
      session: { version: 1, suite: 'mls-xwing', group: base64urlToBytes(session.group), generation: 0 },
      ...(made.welcome && { welcome: made.welcome }),
      ...(made.tree && { tree: made.tree })
    },
    now: world.clock.now()
  })
  expect((await give(bob, dave, 'opening', new Uint8Array(16), sealed)).outcome).toBe('refused')
  await world.pass(MINUTE)
  expect((await dave.chats()).rows.some(({ kind }) => kind === 'group')).toBe(false)
})

test('a commit in a device under somebody else’s binding is refused', async () => {
  const story = await gather()
  const { alice, bob, carol, chat } = story
  const hand = await handOf(bob, chat)
  // dave's keys under carol's binding
  const cast = await loadCast()
  const { device } = cast.get('dave')!
  const now = world.clock.now()
  const forged = await createTsMls('mls-xwing', seededRandom(9)).makeKeyPackage(
    { credential: cast.get('carol')!.device.binding, signatureKey: device.key, signatureSeed: device.seed },
    { notBefore: now - MINUTE, notAfter: now + 86_400_000 }
  )
  const careless = createMlsSuite({
    mls: createTsMls('mls-xwing', seededRandom(10)),
    own: () => {
      const own = cast.get('bob')!.device
      return { credential: own.binding, signatureKey: own.key, signatureSeed: own.seed }
    },
    authentication: { check: async () => true },
    clock: world.clock
  })
  const made = await careless.epochs!.commit(hand.state, { add: [forged.keyPackage] })
  for (const to of [alice, carol]) {
    expect((await give(bob, to, 'commit', tagFor(hand, to), made.commit)).outcome).toBe('refused')
  }
  await expectUnmoved(story)
})

test('who was removed reads nothing that is written afterwards, whatever reaches them', async () => {
  const { alice, bob, carol, chat } = await gather()
  const hand = await handOf(carol, chat)
  await alice.messenger.removeMember(chat, carol.did)
  await world.pass(MINUTE)
  const before = world.network.sniffed.length
  await alice.messenger.send(chat, { text: 'not for carol' })
  await bob.messenger.send(chat, { text: 'nor this' })
  await world.pass(MINUTE)
  expect(await textsOf(bob, chat)).toEqual(expect.arrayContaining(['not for carol', 'nor this']))
  const heard = world.network.sniffed.slice(before)
  expect(heard.length).toBeGreaterThan(1)
  const now = (await readState(carol.db, hand.session.group)) ?? hand.state
  for (const bytes of heard) {
    const { kind, sealed } = envelope.decode(bytes)
    if (kind !== 'sealed') continue
    for (const state of [hand.state, now]) await expect(hand.suite.open(state, sealed)).rejects.toThrow()
  }
  expect(await textsOf(carol, chat)).not.toContain('not for carol')
})
