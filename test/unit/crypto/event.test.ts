import { beforeAll, describe, expect, test } from 'vitest'
import { concat, utf8 } from '../../../src/base/bytes.ts'
import { chatIdOf, directConversation, selfConversation } from '../../../src/crypto/conversation.ts'
import { DOMAINS } from '../../../src/crypto/domains.ts'
import { signEd25519 } from '../../../src/crypto/ed25519.ts'
import {
  commitTo,
  type EventBody,
  eventId,
  type EventParts,
  makeEvent,
  packEvent,
  verifyEvent
} from '../../../src/crypto/event.ts'
import { event, eventHeader, MAX_TEXT_CHARS } from '../../../src/wire/event.ts'
import { flip, type Known, meet, NOW, random } from './people.ts'

let alice: Known
let bob: Known
let conversation: Uint8Array
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
  conversation = directConversation(alice.account.did, bob.account.did)
})

const write = (body: EventBody, change: Partial<EventParts> = {}) =>
  makeEvent(
    {
      conversation,
      did: alice.account.did,
      device: alice.account.device.id,
      counter: 1,
      heads: [],
      time: NOW,
      tick: 0,
      body,
      ...change
    },
    alice.account.device.seed,
    random
  )
const hello: EventBody = { kind: 'message', text: 'see you at six' }
const target = new Uint8Array(32).fill(7)

describe('LG0 conversations', () => {
  test('two people have one, whoever computes it', () => {
    expect(directConversation(bob.account.did, alice.account.did)).toEqual(conversation)
    expect(chatIdOf(conversation)).toMatch(/^[\w-]{43}$/)
  })
  test('notes to self are another, and nobody is two people', () => {
    expect(selfConversation(alice.account.did)).not.toEqual(conversation)
    expect(() => directConversation(alice.account.did, alice.account.did)).toThrow()
  })
})

test.each<EventBody>([
  hello,
  { kind: 'message', text: '', replyTo: target },
  { kind: 'message', text: '漢'.repeat(MAX_TEXT_CHARS) },
  { kind: 'edit', target, text: 'seven' },
  { kind: 'reaction', target, emoji: '👩🏽‍🚀' },
  { kind: 'reaction', target },
  { kind: 'removal', target },
  { kind: 'read-mark', upTo: [{ device: target, counter: 12 }] }
])('LG2 a $kind comes back as it was written', async (body) => {
  const { bytes, event: made } = write(body)
  const read = await verifyEvent(bytes)
  expect(read).toEqual(made)
  expect(read.body).toEqual(body)
  expect(read.author).toBe(alice.account.did)
  expect(read.device).toBe(alice.account.device.id)
  expect(read.id).toEqual(eventId(read.header))
})

test('a text that is too long never becomes an event', () => {
  expect(() => write({ kind: 'message', text: 'x'.repeat(MAX_TEXT_CHARS + 1) })).toThrow(
    expect.objectContaining({ code: 'malformed' })
  )
})

test('LG1 any changed bit is refused', async () => {
  const { bytes } = write(hello)
  for (let at = 0; at < bytes.length; at++) {
    await expect(verifyEvent(flip(bytes, at))).rejects.toMatchObject({
      code: expect.stringMatching(/^(malformed|untrusted|needs-newer)$/)
    })
  }
})

test('LG1 a body that was not committed to is refused, and so is one under another salt', async () => {
  const kept = event.decode(write(hello).bytes)
  const other = event.decode(write({ kind: 'message', text: 'see you at ten' }).bytes)
  for (const forged of [
    { ...kept, body: other.body },
    { ...kept, salt: other.salt },
    { ...kept, body: other.body, salt: other.salt }
  ]) {
    await expect(verifyEvent(event.encode(forged))).rejects.toMatchObject({ code: 'untrusted' })
  }
})

test('another device cannot sign for this one', async () => {
  const { header } = event.decode(write(hello).bytes)
  const signature = signEd25519(DOMAINS.event, header, bob.account.device.seed)
  await expect(verifyEvent(event.encode({ version: 1, header, signature }))).rejects.toMatchObject({
    code: 'untrusted'
  })
})

test('LG5 without body and salt the header still verifies, under the same id', async () => {
  const { bytes, event: made } = write(hello)
  const { bodyBytes: _, salt: __, ...bare } = await verifyEvent(bytes)
  const gone = await verifyEvent(packEvent(bare))
  expect(gone.body).toBe('gone')
  expect(gone.id).toEqual(made.id)
  expect(packEvent(await verifyEvent(bytes))).toEqual(bytes)
})

test('a body without its salt is malformed', async () => {
  const { salt: _, ...half } = event.decode(write(hello).bytes)
  await expect(verifyEvent(event.encode(half))).rejects.toMatchObject({ code: 'malformed' })
})

test('LG1 counter 1 has no previous and every other has', async () => {
  await expect(verifyEvent(write(hello, { counter: 2 }).bytes)).rejects.toMatchObject({ code: 'malformed' })
  await expect(verifyEvent(write(hello, { previous: target }).bytes)).rejects.toMatchObject({ code: 'malformed' })
  await expect(verifyEvent(write(hello, { counter: 0 }).bytes)).rejects.toMatchObject({ code: 'malformed' })
  await expect(verifyEvent(write(hello, { counter: 2, previous: target }).bytes)).resolves.toBeDefined()
})

/** What a later version might write: an unknown kind, or a known one with a critical field that we do not know. */
const fromTheFuture = (kind: string, body: Uint8Array): Uint8Array => {
  const made = event.decode(write(hello).bytes)
  const salt = random.bytes(32)
  const header = eventHeader.encode({
    ...eventHeader.decode(made.header),
    kind,
    commitment: commitTo(salt, kind, body)
  })
  const signature = signEd25519(DOMAINS.event, header, alice.account.device.seed)
  return event.encode({ version: 1, header, signature, body, salt })
}

test('EN5 an unknown kind is kept as unknown, bytes and all', async () => {
  const body = utf8('whatever a newer version means by it')
  const read = await verifyEvent(fromTheFuture('poll', body))
  expect(read).toMatchObject({ kind: 'poll', body: 'unknown' })
  expect(read.bodyBytes).toEqual(body)
})

test('EN5 a known kind with an unknown critical field is unknown, with an ignorable one it is read', async () => {
  const critical = Uint8Array.of(0xa3, 0, 1, 1, 0x61, 0x78, 9, 1) // {0: 1, 1: "x", 9: 1}
  expect((await verifyEvent(fromTheFuture('message', critical))).body).toBe('unknown')
  const ignorable = Uint8Array.of(0xa3, 0, 1, 1, 0x61, 0x78, 0x18, 100, 1) // {0: 1, 1: "x", 100: 1}
  expect((await verifyEvent(fromTheFuture('message', ignorable))).body).toMatchObject({ kind: 'message', text: 'x' })
  const garbage = concat(critical, Uint8Array.of(0))
  await expect(verifyEvent(fromTheFuture('message', garbage))).rejects.toMatchObject({ code: 'malformed' })
})

test('the commitment hides the text: the same body twice gives two commitments', () => {
  const [one, two] = [write(hello), write(hello)].map(({ event: made }) => eventHeader.decode(made.header).commitment)
  expect(one).not.toEqual(two)
})
