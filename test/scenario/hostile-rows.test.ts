/**
 * LG4, LG7: somebody whose app was rewritten to do harm is asked for what is missing, and hands over bad rows. Nothing of
 * such an answer is taken, who gave it is marked and not asked again for a day, and then the honest rows still fit.
 */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes, concat } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { sealAnswer } from '../../src/crypto/answer.ts'
import { keyFromDeviceId } from '../../src/crypto/device-id.ts'
import { keyFromDid } from '../../src/crypto/did.ts'
import { DOMAINS } from '../../src/crypto/domains.ts'
import { signEd25519 } from '../../src/crypto/ed25519.ts'
import { commitTo, makeEvent, verifyEvent } from '../../src/crypto/event.ts'
import type { EventParts, VerifiedEvent } from '../../src/crypto/event.ts'
import { toNewEvent, toWire } from '../../src/messenger/events.ts'
import type { DeliverResult } from '../../src/messenger/net.ts'
import { orderKey } from '../../src/model/fold.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { askAnswer, readQuestion } from '../../src/wire/ask.ts'
import { envelope } from '../../src/wire/envelope.ts'
import { event as eventCodec } from '../../src/wire/event.ts'
import { createWorld, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import { looseEvent, looseHeader, looseReply } from './loose-shapes.ts'

let world: World
afterEach(() => world.stop())

const random = seededRandom(31)
const MINUTE = 60_000

interface Forged {
  readonly bytes: Uint8Array
  readonly event: VerifiedEvent
}
interface Story {
  readonly alice: Person
  readonly bob: Person
  readonly chat: ChatId
  /** Bob's last event that Alice has. */
  readonly last: { readonly counter: number; readonly id: Uint8Array; readonly time: number }
  /** Another event of Bob's device, honest but for the changes. */
  forge(change: Partial<EventParts>, seed?: Uint8Array): Forged
  readonly seed: Uint8Array
  /** What Alice asks for. */
  readonly missing: Uint8Array
}

/** What Bob wrote is forgotten by his outbox, and what he writes next stands on it. */
const setup = async (): Promise<Story> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  await bob.write(alice, 'honest')
  await world.settle()
  const chain = (await bob.db.tables.chats.get(chat))!.chains[bob.device]!
  const last = { counter: chain.counter, id: base64urlToBytes(chain.id), time: chain.time }
  bob.goOffline()
  const lost = await bob.write(alice, 'missing')
  await world.settle()
  const { db } = bob
  await db.write(['outbox', 'mail'], async () => {
    await db.tables.outbox.bulkDelete([...db.memory.outbox.keys()])
    await db.tables.mail.bulkDelete([...db.memory.mail.keys()])
  })
  const { seed } = (await loadCast()).get('bob')!.device
  return {
    alice,
    bob,
    chat,
    last,
    seed,
    missing: toWire((await db.tables.events.get(lost))!),
    forge: (change, by = seed) =>
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
        by,
        random
      )
  }
}

type Loose = Partial<ReturnType<typeof looseHeader.decode>> & { readonly body?: Uint8Array; readonly outer?: boolean }

/** Signed well, whatever is in it. */
const forgeLoose = ({ bob, chat, last, seed }: Story, { body, outer, ...change }: Loose): Uint8Array => {
  const salt = random.bytes(32)
  const kind = change.kind ?? 'message'
  const said = body ?? new Uint8Array()
  const commitment = commitTo(salt, kind, said)
  const header = looseHeader.encode({
    version: 1,
    conversation: base64urlToBytes(chat),
    author: keyFromDid(bob.did),
    device: keyFromDeviceId(bob.device),
    counter: last.counter + 1,
    previous: last.id,
    heads: [],
    time: world.clock.now() + 1000,
    tick: 0,
    kind,
    commitment,
    ...change
  })
  const signature = signEd25519(DOMAINS.event, header, seed)
  return looseEvent.encode({ version: 1, header, signature, body: said, salt, ...(outer && { critical: true }) })
}

interface Lies {
  readonly events?: (asked: number) => readonly Uint8Array[]
  readonly reconcile?: () => Uint8Array
}

/** Bob's answers to Alice's questions are these; all else goes as always. Answers how often he was asked. */
const lie = ({ alice, bob }: Story, lies: Lies): { asked: number } => {
  const count = { asked: 0 }
  world.network.carry = async ({ from, to, envelope: data, run }) => {
    const { kind, sealed } = envelope.decode(data)
    if (kind !== 'ask' || from !== alice.device || to !== bob.device) return await run()
    const { name, key } = readQuestion(sealed)
    const made =
      name === 'events' && lies.events
        ? { events: { events: lies.events(count.asked), isCut: false } }
        : name === 'reconcile' && lies.reconcile
          ? { reconcile: { message: lies.reconcile() } }
          : undefined
    if (made === undefined) return await run()
    count.asked++
    const reply = looseReply.encode({ version: 1, ...made })
    const answer = askAnswer.encode({
      version: 1,
      outcome: 'answered',
      sealed: (await sealAnswer(random, { key, question: sealed, reply })).slice(0, 61 * 1024)
    })
    return { outcome: 'delivered', device: bob.device, path: 'direct', answer } satisfies DeliverResult
  }
  return count
}

type Make = (story: Story) => Promise<readonly Uint8Array[]> | readonly Uint8Array[]

const BAD: Readonly<Record<string, Make>> = {
  'a broken signature': ({ forge }) => {
    const { header, signature, body, salt } = eventCodec.decode(forge({}).bytes)
    return [eventCodec.encode({ version: 1, header, signature: signature.map((byte) => byte ^ 1), body, salt })]
  },
  'a body that was not committed to': ({ forge }) => {
    const { header, signature, salt } = eventCodec.decode(forge({}).bytes)
    const { body } = eventCodec.decode(forge({ body: { kind: 'message', text: 'other' } }).bytes)
    return [eventCodec.encode({ version: 1, header, signature, body, salt })]
  },
  'a salt without a body': ({ forge }) => {
    const { header, signature, salt } = eventCodec.decode(forge({}).bytes)
    return [eventCodec.encode({ version: 1, header, signature, salt })]
  },
  'a body that makes no sense': (story) => [forgeLoose(story, { body: Uint8Array.of(1, 2, 3) })],
  'signed with a key that is not the device': ({ forge }) => [forge({}, new Uint8Array(32).fill(7)).bytes],
  'of another conversation': ({ forge }) => [forge({ conversation: new Uint8Array(32) }).bytes],
  'of somebody who is no member': async ({ forge }) => {
    const carol = (await loadCast()).get('carol')!
    return [forge({ did: carol.did, device: carol.device.id }, carol.device.seed).bytes]
  },
  'of a device that is not its author’s': async ({ forge, alice }) => {
    const carol = (await loadCast()).get('carol')!
    return [forge({ did: alice.did, device: carol.device.id }, carol.device.seed).bytes]
  },
  'a counter that was not asked for': ({ forge, last }) => [forge({ counter: last.counter + 7 }).bytes],
  'a counter and a previous that do not fit': ({ forge }) => {
    const other = forge({})
    // asked for by its counter, and standing on an event of the same counter
    return [other.bytes, forge({ previous: other.event.id, time: world.clock.now() + 2000 }).bytes]
  },
  'a time that does not rise': ({ forge, last }) => [forge({ time: last.time }).bytes],
  'a time beyond all time': ({ forge }) => [forge({ time: Number.MAX_SAFE_INTEGER }).bytes],
  'too many heads': (story) => [
    forgeLoose(story, { heads: [1, 2, 3, 4, 5].map((fill) => new Uint8Array(32).fill(fill)) })
  ],
  'a kind too long': (story) => [forgeLoose(story, { kind: 'x'.repeat(1500) })],
  'an event over its size': (story) => [forgeLoose(story, { body: random.bytes(58_000) })],
  'more than fits an answer': ({ forge }) =>
    Array.from({ length: 300 }, () => forge({ body: { kind: 'message', text: 'x'.repeat(400) } }).bytes),
  'more events than may be asked for': ({ missing }) => Array.from({ length: 257 }, () => missing.slice(0, 60)),
  'bytes that are no event': () => [Uint8Array.of(1, 2, 3)],
  'an edit of what is no message': ({ forge, last }) => {
    const reaction = forge({ body: { kind: 'reaction', target: last.id, emoji: '👍' } })
    return [reaction.bytes, forge({ body: { kind: 'edit', target: reaction.event.id, text: 'boo' } }).bytes]
  },
  'what Alice has already, once more': async ({ alice, last }) => {
    const id = Buffer.from(last.id).toString('base64url')
    return [toWire((await alice.db.tables.events.get(id))!)]
  },
  'what she wrote herself': async ({ alice, bob }) => {
    const rows = await alice.db.tables.events.toArray()
    expect(bob.did).not.toBe(alice.did)
    const mine = rows.find(({ author }) => author === alice.did)
    return mine === undefined ? [Uint8Array.of(0)] : [toWire(mine)]
  }
}

const texts = async ({ alice, bob }: Story): Promise<readonly string[]> => await alice.texts(bob)

test.each(Object.entries(BAD))('an answer with %s is thrown away whole, and who gave it is marked', async (_, make) => {
  const story = await setup()
  const { alice, bob, missing } = story
  const bad = await make(story)
  const count = lie(story, { events: () => [missing, ...bad] })
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(MINUTE)
  expect(await texts(story)).toEqual(['honest'])
  expect(count.asked).toBe(1)
  expect((await alice.db.tables.contacts.get(bob.did))?.misdeeds).toBe(1)
  expect(await alice.db.tables.aside.count()).toBe(1)

  world.network.carry = ({ run }) => run()
  // who was distrusted is asked again after a day, or by a program that has started again
  await alice.restart()
  await world.pass(MINUTE)
  expect(await texts(story)).toEqual(['honest', 'missing', 'after it'])
  expect(await alice.db.tables.aside.count()).toBe(0)
  await alice.write(bob, 'still friends')
  await world.settle()
  expect(await bob.texts(alice)).toEqual(await texts(story))
})

test.each([
  ['no message of this protocol', () => Uint8Array.of(1, 2, 3)],
  ['a list that ends too early', () => Uint8Array.of(0x61, 0, 0, 2, 200, 1)],
  ['bounds that fall', () => Uint8Array.of(0x61, 0, 0, 0, 5, 1, 7, 1)]
])('a reconciliation of %s marks who answered it', async (_, make) => {
  const story = await setup()
  const { alice, bob } = story
  const count = lie(story, { reconcile: make })
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(MINUTE)
  expect(count.asked).toBe(1)
  expect((await alice.db.tables.contacts.get(bob.did))?.misdeeds).toBe(1)

  world.network.carry = ({ run }) => run()
  await alice.restart()
  await world.pass(MINUTE)
  expect(await texts(story)).toEqual(['honest', 'missing', 'after it'])
})

test('events that somebody claims to have and never gives cost a few questions', async () => {
  const story = await setup()
  const { alice, bob } = story
  const ids = Array.from({ length: 900 }, () => random.bytes(32))
  const count = lie(story, { reconcile: () => concat(Uint8Array.of(0x61, 0, 0, 2, 135, 4), ...ids) })
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(MINUTE)
  expect(await texts(story)).toEqual(['honest', 'missing', 'after it'])
  expect(count.asked).toBeLessThan(5)
  expect((await alice.db.tables.contacts.get(bob.did))?.misdeeds).toBe(0)
})

test('a row from a newer version holds up nothing else and is nobody’s fault', async () => {
  const story = await setup()
  const { alice, bob, missing } = story
  const newer = [forgeLoose(story, { critical: true }), forgeLoose(story, { outer: true })]
  lie(story, { events: () => [...newer, missing] })
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(MINUTE)
  expect(await texts(story)).toEqual(['honest', 'missing', 'after it'])
  expect((await alice.db.tables.contacts.get(bob.did))?.misdeeds).toBe(0)
})

test('LG6 two events with one counter are handed on, both kept, and the device is marked everywhere', async () => {
  const { alice, bob, chat, missing, forge } = await setup()
  const other = toNewEvent(forge({ body: { kind: 'message', text: 'to others' } }).event)
  const id = toNewEvent(await verifyEvent(missing)).id
  const { idBytes, previous: _, heads: __, ...rest } = other
  await bob.db.write(['events'], async () => {
    const row = (await bob.db.tables.events.get(id))!
    const order = orderKey(other, idBytes, [(await bob.db.tables.events.get(other.previous!))!.order])
    await bob.db.tables.events.put({ ...row, ...rest, target: other.id, order })
  })
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(MINUTE)
  expect((await alice.texts(bob)).toSorted()).toEqual(['after it', 'honest', 'missing', 'to others'])
  expect((await alice.db.tables.chats.get(chat))?.chains[bob.device]?.forked).toBe(true)
})

test('LG5 a body that was removed does not come back', async () => {
  const story = await setup()
  const { alice, bob, chat, missing } = story
  bob.goOnline()
  await bob.write(alice, 'after it')
  await world.pass(MINUTE)
  const [, target] = await alice.messages(bob)
  await bob.messenger.remove(chat, target!.id, 'everyone')
  await world.settle()
  // Alice asks again because of another gap, and is given the body unasked
  bob.goOffline()
  await bob.write(alice, 'lost')
  await world.settle()
  await bob.db.write(['outbox', 'mail'], async () => {
    await bob.db.tables.outbox.bulkDelete([...bob.db.memory.outbox.keys()])
    await bob.db.tables.mail.bulkDelete([...bob.db.memory.mail.keys()])
  })
  const count = lie(story, { events: () => [missing] })
  bob.goOnline()
  await bob.write(alice, 'the end')
  await world.pass(MINUTE)
  expect(count.asked).toBeGreaterThan(0)
  const row = await alice.db.tables.events.get(target!.id)
  expect([row?.body, row?.salt, row?.content]).toEqual([undefined, undefined, undefined])
  expect((await alice.messages(bob)).map(({ text: said, removed }) => (removed ? '(removed)' : said))).toEqual([
    'honest',
    '(removed)',
    'after it'
  ])
})
