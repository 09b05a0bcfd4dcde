/**
 * A contact whose app was rewritten to do harm (LG4): one bad row throws its whole batch away and marks who sent it, and
 * the chat goes on as if nothing had come.
 */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { makeEvent } from '../../src/crypto/event.ts'
import type { EventParts, VerifiedEvent } from '../../src/crypto/event.ts'
import { keyFromDeviceId } from '../../src/crypto/device-id.ts'
import { keyFromDid } from '../../src/crypto/did.ts'
import { verifyBinding } from '../../src/crypto/binding.ts'
import { verifyDocument } from '../../src/crypto/document.ts'
import { memberOf, routeFor } from '../../src/crypto/suite.ts'
import type { Member } from '../../src/crypto/suite.ts'
import { createPgpV6 } from '../../src/crypto/suites/pgp-v6.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { envelope } from '../../src/wire/envelope.ts'
import { event as eventCodec } from '../../src/wire/event.ts'
import { encodePadded } from '../../src/wire/payload.ts'
import type { Payload } from '../../src/wire/payload.ts'
import { createWorld, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const random = seededRandom(99)

interface Story {
  readonly alice: Person
  readonly bob: Person
  readonly chat: ChatId
  /** Where Bob's honest log ends. */
  readonly last: { readonly counter: number; readonly id: Uint8Array; readonly time: number }
  /** Another event of Bob's, honest but for the changes. */
  forge(change: Partial<EventParts>, seed?: Uint8Array): { readonly bytes: Uint8Array; readonly event: VerifiedEvent }
  /** Bob's session used by hand. */
  hand(events: readonly Uint8Array[], change?: Partial<Payload>): ReturnType<World['network']['inject']>
}

const memberNamed = async (name: string): Promise<Member> => {
  const account = (await loadCast()).get(name)!
  const document = await verifyDocument(account.document)
  return memberOf(document, await verifyBinding(account.device.binding, document, world.clock.now()))
}

const setup = async (): Promise<Story> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await bob.write(alice, 'honest')
  await world.settle()
  const secrets = (await loadCast()).get('bob')!
  const session = [...bob.db.memory.sessions.values()].find((row) => row.suite === 'pgp-v6')!
  const chain = (await bob.db.tables.chats.get(chat))!.chains[bob.device]!
  const last = { counter: chain.counter, id: base64urlToBytes(chain.id), time: chain.time }
  const suite = createPgpV6({ secretKey: secrets.secretKey, signing: secrets.device.signing, device: bob.device })
  const members = await Promise.all(['alice', 'bob'].map(memberNamed))
  const group = base64urlToBytes(session.group)
  const { state } = await suite.create({ group, generation: session.generation, members })
  return {
    alice,
    bob,
    chat,
    last,
    forge: (change, seed = secrets.device.seed) =>
      makeEvent(
        {
          conversation: base64urlToBytes(chat),
          did: bob.did,
          device: bob.device,
          counter: last.counter + 1,
          previous: last.id,
          heads: [],
          time: world.clock.now() + 1000,
          tick: 0,
          body: { kind: 'message', text: 'forged' },
          ...change
        },
        seed,
        random
      ),
    hand: async (events, change = {}) => {
      const plaintext = encodePadded({
        version: 1,
        conversation: base64urlToBytes(chat),
        sender: keyFromDid(bob.did),
        place: secrets.place,
        documentHash: secrets.documentHash,
        issued: world.clock.now(),
        events,
        receipts: [],
        ...change
      })
      const { sealed } = await suite.seal(state, plaintext, world.clock.now())
      const route = routeFor(base64urlToBytes(session.group), alice.device)
      const bytes = envelope.encode({ version: 1, kind: 'sealed', route, sealed })
      const result = await world.network.inject(bob.device, alice.device, bytes)
      await world.settle()
      return result
    }
  }
}

type Forge = (story: Story) => Promise<readonly Uint8Array[]> | readonly Uint8Array[]

const BAD: Readonly<Record<string, Forge>> = {
  'a broken signature': ({ forge }) => {
    const { header, signature, body, salt } = eventCodec.decode(forge({}).bytes)
    return [eventCodec.encode({ version: 1, header, signature: signature.map((byte) => byte ^ 1), body, salt })]
  },
  'a body that was not committed to': ({ forge }) => {
    const { header, signature, salt } = eventCodec.decode(forge({}).bytes)
    const { body } = eventCodec.decode(forge({ body: { kind: 'message', text: 'other' } }).bytes)
    return [eventCodec.encode({ version: 1, header, signature, body, salt })]
  },
  'signed with a key that is not the device': ({ forge }) => [forge({}, new Uint8Array(32).fill(7)).bytes],
  'of another conversation': ({ forge }) => [forge({ conversation: new Uint8Array(32) }).bytes],
  'in the name of somebody else': async ({ forge }) => {
    const carol = (await loadCast()).get('carol')!
    return [forge({ did: carol.did, device: carol.device.id, counter: 1 }, carol.device.seed).bytes]
  },
  'a time that falls': ({ forge, last }) => [forge({ time: last.time - 1 }).bytes],
  'a counter that does not follow its previous': ({ forge, last }) => [forge({ counter: last.counter + 5 }).bytes],
  'a time beyond all time': ({ forge }) => [forge({ time: Number.MAX_SAFE_INTEGER }).bytes],
  'an edit of what is no message': ({ forge, last }) => {
    const reaction = forge({ body: { kind: 'reaction', target: last.id, emoji: '👍' } })
    const edit = forge({
      counter: last.counter + 2,
      previous: reaction.event.id,
      time: world.clock.now() + 2000,
      body: { kind: 'edit', target: reaction.event.id, text: 'boo' }
    })
    return [reaction.bytes, edit.bytes]
  },
  'bytes that are no event': () => [Uint8Array.of(1, 2, 3)]
}

test.each(Object.entries(BAD))(
  'LG4 a batch with %s is thrown away whole, and its sender is marked',
  async (_, make) => {
    const story = await setup()
    const { alice, bob, hand, forge } = story
    const before = await alice.db.tables.events.count()
    const result = await hand([
      forge({ body: { kind: 'message', text: 'good company' } }).bytes,
      ...(await make(story))
    ])
    expect(result.outcome).toBe('refused')
    expect(await alice.db.tables.events.count()).toBe(before)
    expect((await alice.db.tables.contacts.get(bob.did))?.misdeeds).toBe(1)

    await bob.write(alice, 'still friends?')
    await world.settle()
    await alice.write(bob, 'yes')
    await world.settle()
    expect(await alice.texts(bob)).toEqual(['honest', 'still friends?', 'yes'])
    expect(await bob.texts(alice)).toEqual(['honest', 'still friends?', 'yes'])
  }
)

test.each([
  ['another sender', { sender: new Uint8Array(32).fill(1) }],
  ['another conversation', { conversation: new Uint8Array(32) }]
] as const)('a payload that names %s is refused', async (_, change) => {
  const { hand, forge, alice, bob } = await setup()
  expect((await hand([forge({}).bytes], change)).outcome).toBe('refused')
  expect(await alice.texts(bob)).toEqual(['honest'])
})

test('envelopes of no sense are refused and change nothing', async () => {
  const { alice, bob } = await setup()
  const { tag } = [...alice.db.memory.sessions.values()].find((row) => row.suite === 'pgp-v6')!
  // a session that is not open yet may open any moment: it waits, and nobody sees anything of it
  const early = envelope.encode({ version: 1, kind: 'sealed', route: random.bytes(16), sealed: random.bytes(500) })
  expect((await world.network.inject(bob.device, alice.device, early)).outcome).toBe('delivered')
  const all = [
    Uint8Array.of(1),
    envelope.encode({ version: 1, kind: 'sealed', route: base64urlToBytes(tag), sealed: random.bytes(500) }),
    envelope.encode({ version: 1, kind: 'request', route: random.bytes(16), sealed: random.bytes(500) })
  ]
  for (const bytes of all) expect((await world.network.inject(bob.device, alice.device, bytes)).outcome).toBe('refused')
  expect(await alice.texts(bob)).toEqual(['honest'])
})

test('LG4 what stands on something missing is kept aside and shown when that comes', async () => {
  const { alice, bob, hand, forge, last } = await setup()
  const first = forge({ body: { kind: 'message', text: 'first' } })
  const second = forge({
    counter: last.counter + 2,
    previous: first.event.id,
    time: world.clock.now() + 2000,
    body: { kind: 'message', text: 'second' }
  })
  expect((await hand([second.bytes])).outcome).toBe('delivered')
  expect(await alice.texts(bob)).toEqual(['honest'])
  await hand([first.bytes])
  expect(await alice.texts(bob)).toEqual(['honest', 'first', 'second'])
  expect(await alice.db.tables.aside.count()).toBe(0)
})

test('LG6 two events with one counter are both shown and the device is marked', async () => {
  const { alice, bob, chat, hand, forge } = await setup()
  await hand([forge({ body: { kind: 'message', text: 'to you' } }).bytes])
  await hand([forge({ body: { kind: 'message', text: 'to others' } }).bytes])
  expect((await alice.texts(bob)).toSorted()).toEqual(['honest', 'to others', 'to you'])
  expect((await alice.db.tables.chats.get(chat))?.chains[bob.device]?.forked).toBe(true)
})

test('LG3 a claim from the future is shown at its arrival and does not drag our clock along', async () => {
  const { alice, bob, hand, forge } = await setup()
  await hand([
    forge({ time: world.clock.now() + 365 * 24 * 3600_000, body: { kind: 'message', text: 'from 2027' } }).bytes
  ])
  await alice.write(bob, 'nonsense')
  const messages = await alice.messages(bob)
  expect(messages.map(({ text }) => text)).toEqual(['honest', 'from 2027', 'nonsense'])
  for (const { at } of messages) expect(at).toBeLessThanOrEqual(world.clock.now())
})

test('a receipt for what was never written is not believed', async () => {
  const { alice, bob, hand } = await setup()
  bob.goOffline()
  await alice.write(bob, 'did you get it?')
  await world.settle()
  bob.goOnline()
  world.network.carry = async () => ({ outcome: 'unreachable', why: 'held' })
  await hand([], { receipts: [{ device: keyFromDeviceId(alice.device), counter: 999 }] })
  expect((await alice.messages(bob)).map(({ delivery }) => delivery)).toEqual([undefined, 'queued'])
})

test('after everything that was sent, no frame holds a text, a name or a did', async () => {
  const { alice, bob } = await setup()
  await alice.write(bob, 'planted-needle-in-the-text')
  await world.settle()
  const planted = ['planted-needle', 'honest', 'Alice', 'Bob', alice.did, bob.did]
  const keys = [keyFromDid(alice.did), keyFromDid(bob.did)].map((key) => Buffer.from(key))
  for (const frame of world.network.sniffed) {
    const bytes = Buffer.from(frame)
    for (const needle of [...planted.map((text) => Buffer.from(text)), ...keys])
      expect(bytes.includes(needle)).toBe(false)
  }
  expect(world.network.sniffed.length).toBeGreaterThan(3)
})
