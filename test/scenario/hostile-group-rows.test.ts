/** LG4, LG6: a member whose app was rewritten hands over what is above a cut, or by somebody who was never in the group. */
import { afterEach, expect, test } from 'vitest'
import { base64urlToBytes, concat } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { sealAnswer } from '../../src/crypto/answer.ts'
import { makeEvent } from '../../src/crypto/event.ts'
import type { VerifiedEvent } from '../../src/crypto/event.ts'
import { toNewEvent } from '../../src/messenger/events.ts'
import type { DeliverResult } from '../../src/messenger/net.ts'
import { keyedId, keyFor } from '../../src/messenger/sync/window.ts'
import type { ChatId } from '../../src/model/ids.ts'
import { askAnswer, readQuestion } from '../../src/wire/ask.ts'
import { envelope } from '../../src/wire/envelope.ts'
import { createWorld, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import { looseReply } from './loose-shapes.ts'

let world: World
afterEach(() => world.stop())

const random = seededRandom(32)
const MINUTE = 60_000

interface Forged {
  readonly bytes: Uint8Array
  readonly event: VerifiedEvent
}

/** Bob was removed; Carol, whose app was rewritten, offers Alice an event as if it belonged to the group. */
const offer = async (
  make: (at: { bob: Person; chat: ChatId; counter: number; previous: Uint8Array; time: number }) => Promise<Forged>
): Promise<{ alice: Person; carol: Person; chat: ChatId; forged: Forged; asked: number }> => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const chat = await world.group('Crew', alice, [bob, carol], 'pgp-v6')
  await world.pass(MINUTE)
  await bob.say(chat, 'while I was in')
  await world.pass(MINUTE)
  await alice.messenger.removeMember(chat, bob.did)
  await world.pass(2 * MINUTE)
  const chain = (await alice.db.tables.chats.get(chat))!.chains[bob.device]!
  const forged = await make({
    bob,
    chat,
    counter: chain.counter + 1,
    previous: base64urlToBytes(chain.id),
    time: world.clock.now()
  })
  const count = { asked: 0 }
  world.network.carry = async ({ from, to, envelope: data, run }) => {
    const { kind, sealed } = envelope.decode(data)
    if (kind !== 'ask' || from !== alice.device || to !== carol.device) return await run()
    const { name, key, reconcile, events } = readQuestion(sealed)
    const id = toNewEvent(forged.event).id
    const isOurs = (reconcile ?? events)?.conversation.every((byte, at) => byte === base64urlToBytes(chat)[at]) === true
    if (!isOurs || (name !== 'reconcile' && name !== 'events')) return await run()
    count.asked++
    const made =
      reconcile === undefined
        ? { events: { events: [forged.bytes], isCut: false } }
        : {
            reconcile: {
              message: concat(Uint8Array.of(0x61, 0, 0, 2, 1), keyedId(keyFor(chat, reconcile.nonce), id))
            }
          }
    const reply = looseReply.encode({ version: 1, ...made })
    const answer = askAnswer.encode({
      version: 1,
      outcome: 'answered',
      sealed: await sealAnswer(random, { key, question: sealed, reply })
    })
    return { outcome: 'delivered', device: carol.device, path: 'direct', answer } satisfies DeliverResult
  }
  await alice.restart()
  await world.pass(2 * MINUTE)
  carol.goOffline()
  await world.pass(MINUTE)
  carol.goOnline()
  await carol.say(chat, 'as if nothing had been')
  await world.pass(2 * MINUTE)
  return { alice, carol, chat, forged, asked: count.asked }
}

const forgeBy = async (
  name: 'bob' | 'dave',
  { chat, counter, previous, time }: { chat: ChatId; counter: number; previous: Uint8Array; time: number }
): Promise<Forged> => {
  const { did, device } = (await loadCast()).get(name)!
  const isMember = name === 'bob'
  const body = { kind: 'message', text: 'planted-from-outside' } as const
  return makeEvent(
    {
      conversation: base64urlToBytes(chat),
      did,
      device: device.id,
      counter: isMember ? counter : 1,
      ...(isMember && { previous }),
      heads: [],
      time,
      tick: 0,
      body
    },
    device.seed,
    random
  )
}

test('LG6 what is above a cut keeps its place and says nothing, whoever brings it', async () => {
  const { alice, chat, forged, asked } = await offer((at) => forgeBy('bob', at))
  expect(asked).toBeGreaterThan(1)
  expect(await alice.textsIn(chat)).toEqual(['while I was in', 'as if nothing had been'])
  const row = await alice.db.tables.events.get(toNewEvent(forged.event).id)
  expect([row?.void, row?.body, row?.content]).toEqual(['cut', undefined, undefined])
})

test('LG4 of somebody who was never in the group nothing is shown', async () => {
  const { alice, chat, forged, asked } = await offer((at) => forgeBy('dave', at))
  expect(asked).toBeGreaterThan(1)
  expect(await alice.textsIn(chat)).toEqual(['while I was in', 'as if nothing had been'])
  expect(await alice.db.tables.events.get(toNewEvent(forged.event).id)).toBeUndefined()
})
