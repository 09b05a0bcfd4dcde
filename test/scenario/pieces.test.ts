/** Envelopes that are too large for a frame: whole on the other side, whatever happens on the way, and nobody fills a disk. */
import { afterEach, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { createContext } from '../../src/messenger/context.ts'
import type { Context } from '../../src/messenger/context.ts'
import type { Arrived, DeliverResult, EnvelopeAnswer } from '../../src/messenger/net.ts'
import { createPieces, deliverEnvelope } from '../../src/messenger/pieces.ts'
import { silentLog } from '../../src/base/log.ts'
import { envelope, largeEnvelope } from '../../src/wire/envelope.ts'
import { piece, PIECE_BYTES } from '../../src/wire/piece.ts'
import { createWorld, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const random = seededRandom(8)
const large = (size: number): Uint8Array =>
  largeEnvelope.encode({ version: 1, kind: 'opening', route: random.bytes(16), sealed: random.bytes(size) })

interface Setup {
  readonly alice: Person
  readonly bob: Person
  /** A context like Alice's that sends; what she sends is handed to Bob's pieces. */
  readonly ctx: Context
  readonly taken: Uint8Array[]
  answer: () => EnvelopeAnswer
  send(bytes: Uint8Array): Promise<DeliverResult>
  hand(from: string, sealed: Uint8Array): Promise<EnvelopeAnswer>
  /** Drops the nth delivery on its way there (`lost`) or back (`unanswered`). */
  faults: Map<number, 'lost' | 'unanswered'>
  restartBob(): Promise<void>
  sent: number
}

const setup = async (): Promise<Setup> => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  const device = (await loadCast()).get('alice')!.device
  const taken: Uint8Array[] = []
  const makeBob = (): ReturnType<typeof createPieces> => {
    const ctx = createContext({
      db: bob.db,
      net: {} as never,
      device: { seed: new Uint8Array(32), id: bob.device },
      clock: world.clock,
      random,
      log: silentLog,
      linkBase: ''
    })
    return createPieces(ctx, async (arrived) => {
      taken.push(arrived.envelope)
      return story.answer()
    })
  }
  let take = makeBob()
  const story: Setup = {
    alice,
    bob,
    taken,
    faults: new Map(),
    sent: 0,
    answer: () => ({ outcome: 'taken', answer: Uint8Array.of(42) }),
    hand: (from, sealed) => take({ from: from as never, path: 'direct', envelope: sealed }, sealed),
    restartBob: async () => {
      await bob.restart()
      take = makeBob()
    },
    ctx: createContext({
      db: alice.db,
      net: {
        deliver: async (_: unknown, bytes: Uint8Array) => {
          const fault = story.faults.get(story.sent++)
          if (fault === 'lost') return { outcome: 'unreachable', why: 'lost' }
          expect(bytes.length).toBeLessThan(60 * 1024)
          const arrived: Arrived = { from: alice.device, path: 'direct', envelope: bytes }
          const given = await take(arrived, envelope.decode(bytes).sealed)
          if (fault === 'unanswered' || given.outcome === 'absent') return { outcome: 'unreachable', why: 'lost' }
          return given.outcome === 'refused'
            ? given
            : { ...given, outcome: 'delivered', device: bob.device, path: 'direct' }
        }
      } as never,
      device: { seed: device.seed, id: alice.device },
      clock: world.clock,
      random,
      log: silentLog,
      linkBase: ''
    }),
    send: (bytes) => deliverEnvelope(story.ctx, { to: 'device', device: bob.device, homes: [] }, bytes)
  }
  return story
}

test('a large envelope arrives whole and its answer is the answer of the last piece', async () => {
  const { send, taken, bob } = await setup()
  const whole = large(300_000)
  const result = await send(whole)
  expect(result).toMatchObject({ outcome: 'delivered', answer: Uint8Array.of(42) })
  expect(taken).toEqual([whole])
  expect(await bob.db.tables.pieces.count()).toBe(0)
})

test('what was sent before a crash or a lost connection is not sent again', async () => {
  const story = await setup()
  const whole = large(500_000)
  story.faults.set(4, 'lost')
  expect((await story.send(whole)).outcome).toBe('unreachable')
  await story.restartBob()
  story.sent = 0
  story.faults.clear()
  expect((await story.send(whole)).outcome).toBe('delivered')
  // the first tells what is missing: 9 pieces, 4 of them there
  expect(story.sent).toBe(1 + 5)
  expect(story.taken).toEqual([whole])
})

test('an answer that was lost is given again, and the envelope taken once', async () => {
  const story = await setup()
  const whole = large(100_000)
  story.faults.set(1, 'unanswered')
  expect((await story.send(whole)).outcome).toBe('unreachable')
  expect((await story.send(whole)).outcome).toBe('delivered')
  expect(story.taken.length).toBe(1)
})

test('a failure on the other side keeps the pieces for the next try', async () => {
  const story = await setup()
  const whole = large(100_000)
  story.answer = () => {
    throw new Error('disk')
  }
  await expect(story.send(whole)).resolves.toMatchObject({ outcome: 'unreachable' })
  story.answer = () => ({ outcome: 'taken', answer: Uint8Array.of(1) })
  story.sent = 0
  expect((await story.send(whole)).outcome).toBe('delivered')
  expect(story.sent).toBe(1)
})

test('a refusal is final and leaves nothing', async () => {
  const story = await setup()
  story.answer = () => ({ outcome: 'refused', why: 'untrusted' })
  expect((await story.send(large(100_000))).outcome).toBe('refused')
  expect(await story.bob.db.tables.pieces.count()).toBe(0)
})

test('pieces that make something else than they say, or a piece of pieces, are refused', async () => {
  const { hand, alice, taken, bob } = await setup()
  const one = { version: 1, count: 1, index: 0 }
  const lie = piece.encode({ ...one, object: new Uint8Array(32), bytes: random.bytes(10) })
  expect((await hand(alice.device, lie)).outcome).toBe('refused')
  const nested = envelope.encode({ version: 1, kind: 'piece', route: random.bytes(16), sealed: random.bytes(9) })
  expect((await hand(alice.device, piece.encode({ ...one, object: sha256(nested), bytes: nested }))).outcome).toBe(
    'refused'
  )
  const beyond = piece.encode({ ...one, index: 3, object: sha256(nested), bytes: nested })
  expect((await hand(alice.device, beyond)).outcome).toBe('refused')
  expect(taken).toEqual([])
  expect(await bob.db.tables.pieces.count()).toBe(0)
})

test('a flood of beginnings keeps two objects a device, and strangers keep none', async () => {
  const { hand, alice, bob } = await setup()
  for (let times = 0; times < 20; times++) {
    world.clock.advance(1)
    const bytes = random.bytes(PIECE_BYTES)
    await hand(alice.device, piece.encode({ version: 1, object: random.bytes(32), index: 0, count: 70, bytes }))
  }
  expect(await bob.db.tables.pieces.count()).toBe(2)
  const bytes = random.bytes(100)
  const stranger = await hand(
    '12D3KooWstranger',
    piece.encode({ version: 1, object: bytes.slice(0, 32), index: 0, count: 2, bytes })
  )
  expect(stranger.outcome).toBe('absent')
  expect(await bob.db.tables.pieces.count()).toBe(2)
})
