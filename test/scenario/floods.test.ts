/** Strangers who send more than anybody needs, or what is not theirs: what they can leave on a disk is bounded (IN3). */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { verifyDocument } from '../../src/crypto/document.ts'
import { directConversation } from '../../src/crypto/conversation.ts'
import { makeEvent } from '../../src/crypto/event.ts'
import type { EventParts } from '../../src/crypto/event.ts'
import { sealRequest } from '../../src/crypto/request.ts'
import type { DeliverResult, DeviceId } from '../../src/messenger/net.ts'
import { envelope } from '../../src/wire/envelope.ts'
import { MAX_REQUEST_AGE_MS } from '../../src/wire/request.ts'
import { createWorld, loadCast } from '../cast.ts'
import type { Name, Person, World } from '../cast.ts'
import { requestOf } from '../group-transcript.ts'

let world: World
afterEach(() => world.stop())

const random = seededRandom(7)
const HOUR = 3600 * 1000

interface Hand {
  readonly group?: Uint8Array
  readonly now?: number
  /** Instead of one event that follows: this many first events of one device, each on its own or on the one before. */
  readonly forks?: { readonly count: number; readonly isDeep: boolean }
}

/** A stranger's requests made by hand, each another one. */
const handOf = async (from: Person, name: Name, to: Person, toName: Name) => {
  const cast = await loadCast()
  const [own, other] = [cast.get(name)!, cast.get(toName)!]
  const recipient = await verifyDocument(other.document)
  const head = (await from.db.tables.account.get('own'))?.head
  if (head === undefined) throw new Error('no head yet')
  const conversation = directConversation(own.did, other.did)
  let last: { readonly id: Uint8Array; readonly counter: number } | undefined
  const make = (counter: number, more: Partial<EventParts>): ReturnType<typeof makeEvent> =>
    makeEvent(
      {
        conversation,
        did: own.did,
        device: own.device.id,
        counter,
        heads: [],
        time: world.clock.now() + counter,
        tick: 0,
        body: { kind: 'message', text: `again ${counter}` },
        ...more
      },
      own.device.seed,
      random
    )
  let deepest: { readonly id: Uint8Array; readonly time: number } | undefined
  const makeFork = (isDeep: boolean): Uint8Array => {
    const time = (deepest?.time ?? world.clock.now()) - 1
    const { bytes, event } = make(1, { heads: isDeep && deepest !== undefined ? [deepest.id] : [], time })
    deepest = { id: event.id, time }
    return bytes
  }
  return async ({ group = random.bytes(32), now = world.clock.now(), forks }: Hand = {}): Promise<DeliverResult> => {
    const counter = (last?.counter ?? 0) + 1
    const { bytes, event } = make(counter, last === undefined ? {} : { previous: last.id })
    last = { id: event.id, counter }
    const events = forks === undefined ? [bytes] : Array.from({ length: forks.count }, () => makeFork(forks.isDeep))
    const parts = { head, session: { version: 1, suite: 'pgp-v6', group, generation: 0 }, events }
    const { sealed } = await sealRequest({ account: own, recipient, parts, now: now + counter })
    const bytesOut = envelope.encode({ version: 1, kind: 'request', route: random.bytes(16), sealed })
    return await world.network.inject(from.device, to.device, bytesOut)
  }
}

test('IN3 one stranger leaves a few requests and no more, and learns nothing of it', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  const ask = await handOf(bob, 'bob', alice, 'alice')
  for (let count = 0; count < 40; count++) expect((await ask()).outcome).toBe('unreachable')
  expect(await alice.texts(bob)).toContain('again 1')
  expect(await alice.db.tables.sessions.count()).toBeLessThanOrEqual(32)
  expect(await alice.db.tables.seen.count()).toBeLessThanOrEqual(32)
  expect(await alice.db.tables.events.count()).toBeLessThanOrEqual(32)

  // who is accepted is no stranger
  await alice.messenger.acceptRequest(await alice.chatWith(bob))
  expect((await ask()).outcome).toBe('delivered')
})

test("IN3 a request that names another chat's session does not take it over", async () => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  const chat = await world.pair(alice, bob)
  const [session] = await alice.db.tables.sessions.toArray()
  const ask = await handOf(carol, 'carol', alice, 'alice')
  await ask({ group: base64urlToBytes(session!.group) })
  expect((await alice.db.tables.sessions.get(session!.group))?.chat).toBe(chat)
  await alice.write(bob, 'still ours')
  await bob.write(alice, 'it is')
  await world.settle()
  expect((await bob.texts(alice)).toSorted()).toEqual(['it is', 'still ours'])
})

test('IN3 a request is remembered for as long as its bytes could be taken again', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  const ask = await handOf(bob, 'bob', alice, 'alice')
  const issued = world.clock.now() + 23 * HOUR
  await ask({ now: issued })
  const [seen] = await alice.db.tables.seen.toArray()
  expect(seen?.endsAt).toBeGreaterThanOrEqual(issued + MAX_REQUEST_AGE_MS)
})

test('IN5 nonsense that a home passes on is not answered: whoever knows a did does not learn who is online', async () => {
  world = await createWorld()
  const alice = await world.person('alice')
  await world.settle()
  const stranger = world.network.join('12D3KooWNobodyInParticular' as DeviceId)
  const all = [
    random.bytes(50),
    envelope.encode({ version: 1, kind: 'request', route: random.bytes(16), sealed: random.bytes(500) })
  ]
  for (const bytes of all) {
    const ring = stranger.deliver({ to: 'inbox', did: alice.did, homes: [] }, bytes, { signal: AbortSignal.any([]) })
    expect((await ring).outcome).toBe('unreachable')
  }
})

test('IN3 a request that nobody took is sealed anew after some days, to the keys they have then', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  const found = await bob.messenger.findSomeone(alice.did)
  if (found.outcome !== 'found') throw new Error(found.outcome)
  world.network.carry = async () => ({ outcome: 'unreachable', why: 'no path' })
  await bob.messenger.send(found.chat, { text: 'hello' })
  await world.settle()
  const first = requestOf(bob, found.chat)
  world.clock.advance(HOUR)
  await world.settle()
  expect(requestOf(bob, found.chat)).toEqual(first)
  world.clock.advance(72 * HOUR)
  await world.settle()
  expect(requestOf(bob, found.chat)).not.toEqual(first)
})

test('LG6 a device that begins again and again does not make the ends of a log grow without end', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  const ask = await handOf(bob, 'bob', alice, 'alice')
  await ask({ forks: { count: 64, isDeep: false } })
  const chat = await alice.db.tables.chats.get(await alice.chatWith(bob))
  expect(chat?.total).toBe(64)
  expect(chat?.heads.length).toBeLessThanOrEqual(16)
})

test('LG3 times that fall from fork to fork do not make order keys grow without end', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.settle()
  const ask = await handOf(bob, 'bob', alice, 'alice')
  for (let count = 0; count < 30; count++) await ask({ forks: { count: 1, isDeep: true } })
  const lengths = (await alice.db.tables.events.toArray()).map(({ order }) => order.length)
  expect(lengths.length).toBeGreaterThan(10)
  expect(Math.max(...lengths)).toBeLessThan(2000)
})
