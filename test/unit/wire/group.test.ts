import { expect, test } from 'vitest'
import { groupConversation } from '../../../src/crypto/conversation.ts'
import { didFromKey } from '../../../src/crypto/did.ts'
import {
  groupInvite,
  memberBody,
  type MemberBody,
  pinBody,
  readMemberBody,
  timerBody,
  topicBody
} from '../../../src/wire/group.ts'

const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const POLICIES = {
  write: 'everyone',
  add: 'admins',
  rename: 'everyone',
  pin: 'admins',
  approval: true,
  history: 'from-joining'
} as const
const founding = (people: number, nonce = 1): MemberBody => ({
  version: 1,
  after: [],
  found: {
    nonce: key(nonce),
    name: 'Hikers',
    suite: 'mls-x25519',
    seats: Array.from({ length: people }, (_, at) => ({ account: key(at % 256), role: 'member' as const })),
    homes: [],
    passes: [],
    policies: POLICIES
  }
})
const read = (body: MemberBody): MemberBody => readMemberBody(memberBody.encode(body))

test('a group of the largest size is founded in one event, and no larger one', () => {
  expect(read(founding(999))).toEqual(founding(999))
  expect(() => read(founding(1000))).toThrow('limit')
})

test('the largest removal fits into an event', () => {
  const cuts = Array.from({ length: 256 }, () => ({
    account: key(1),
    device: key(2),
    counter: Number.MAX_SAFE_INTEGER
  }))
  const accounts = Array.from({ length: 256 }, () => key(3))
  const body = { version: 1, after: Array.from({ length: 16 }, () => key(4)), remove: { accounts, cuts } }
  expect(read(body)).toEqual(body)
})

test('RO1 a member event says one thing, and all but the founding one follow another', () => {
  expect(() => read({ version: 1, after: [key(1)] })).toThrow('one thing')
  expect(() => read({ version: 1, after: [key(1)], policies: POLICIES, homes: [] })).toThrow('one thing')
  expect(() => read({ version: 1, after: [], policies: POLICIES })).toThrow('follows')
  expect(() => read({ ...founding(1), after: [key(1)] })).toThrow('follows')
  expect(() => read({ version: 1, after: [key(1)], remove: { accounts: [], cuts: [] } })).toThrow('nobody')
})

const idOf = (founder: number, nonce: number): string =>
  String(groupConversation(didFromKey(key(founder)), memberBody.encode(founding(2, nonce))))

test('LG0 a group has the id of its founder and founding body', () => {
  expect(new Set([idOf(1, 1), idOf(1, 2), idOf(2, 1)]).size).toBe(3)
  expect(idOf(1, 1)).toBe(idOf(1, 1))
})

test('a group invite link has room beside two homes', () => {
  const home = {
    peer: key(1),
    net: 'dns4',
    host: new TextEncoder().encode('relay.example.org'),
    port: 443,
    tls: true
  } as const
  const link = groupInvite.encode({
    version: 1,
    conversation: key(1),
    secret: new Uint8Array(16),
    didKey: key(2),
    roots: key(3),
    homes: [home, home]
  })
  expect((link.length * 4) / 3).toBeLessThan(380)
})

test('pins, topics and timers keep what they say, within limits', () => {
  const pin = { version: 1, target: key(1), isPinned: false }
  expect(pinBody.decode(pinBody.encode(pin))).toEqual(pin)
  const topic = { version: 1, name: 'n'.repeat(80), description: 'ä'.repeat(1000), photo: new Uint8Array(32 * 1024) }
  expect(topicBody.decode(topicBody.encode(topic))).toEqual(topic)
  expect(() => topicBody.encode({ version: 1, name: 'n'.repeat(81) })).toThrow('limit')
  expect(timerBody.decode(timerBody.encode({ version: 1, seconds: 0 })).seconds).toBe(0)
  expect(() => timerBody.encode({ version: 1, seconds: 10 ** 9 })).toThrow('limit')
})
