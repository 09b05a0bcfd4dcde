/** Every byte that a directory or its client may be handed: a value or a refusal with a code, nothing else. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDhtRecords, fingerprintRecordKey, headRecordKey } from '../../relay/dht-records.ts'
import { certificateCreated } from '../../relay/fingerprint.ts'
import { createRateLimit, createRefusals } from '../../relay/limits.ts'
import { systemClock } from '../../src/base/clock.ts'
import { AppError } from '../../src/base/errors.ts'
import {
  attendProof,
  attendStatement,
  cardStatement,
  directoryAnswer,
  directoryRequest,
  knockRequest,
  publishRequest,
  putCardRequest,
  readDirectoryRequest
} from '../../src/wire/directory.ts'
import { makeRelayAccount } from '../relay-cast.ts'
import { scaled } from '../long.ts'

const SEED = Number(process.env['SEED'] ?? 5_769)
const RUNS = Number(process.env['RUNS'] ?? scaled(400, 4_000))
const CODES = new Set(['malformed', 'too-large', 'needs-newer', 'untrusted', 'conflict', 'quota'])

const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : String(error))

const { head, document } = makeRelayAccount('fuzz').record({ seq: 3 })
const b32 = new Uint8Array(32).fill(3)
const b64 = new Uint8Array(64).fill(4)
const statement = attendStatement.encode({ did: 'did:key:z6Mk', relay: 'r', device: 'd', issued: 1 })

/** Proper messages, to be bent. */
const PROPER: readonly Uint8Array[] = [
  directoryRequest.encode({ publish: { head, document } }),
  directoryRequest.encode({ heads: 'did:key:z6Mk' }),
  directoryRequest.encode({ attend: { statement, signature: b64 } }),
  directoryRequest.encode({ knock: { inbox: b32, envelope: b64 } }),
  directoryRequest.encode({ putCard: { statement, writer: b32, signature: b64, sealed: b64 } }),
  directoryAnswer.encode({
    outcome: 'ok',
    heads: [head],
    dids: ['did:key:z6Mk'],
    device: 'd',
    answer: b32,
    why: 'why'
  }),
  cardStatement.encode({ id: b32, issued: 1, endsAt: 2, sealedHash: b32 }),
  head
]
/** Bytes changed, cut out or put in at a few places. */
const bent = fc
  .tuple(
    fc.constantFrom(...PROPER),
    fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), { minLength: 1, maxLength: 4 })
  )
  .map(([data, changes]) => {
    const copy = [...data]
    for (const [at, value, how] of changes)
      copy.splice(at % copy.length, how === 2 ? 0 : 1, ...(how === 0 ? [] : [value]))
    return Uint8Array.from(copy)
  })
const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), bent)

test('decoders of the directory', () => {
  const decoders = [
    readDirectoryRequest,
    ...[
      directoryRequest,
      directoryAnswer,
      attendProof,
      attendStatement,
      cardStatement,
      knockRequest,
      publishRequest,
      putCardRequest
    ].map((codec) => (data: Uint8Array) => codec.decode(data))
  ]
  fc.assert(
    fc.property(anything, (data) => {
      for (const decode of decoders) {
        try {
          decode(data)
        } catch (error) {
          expect(CODES).toContain(codeOf(error))
        }
      }
      certificateCreated(data, b32)
    }),
    { seed: SEED, numRuns: RUNS }
  )
})

test('a request asks exactly one thing', () => {
  expect(() => readDirectoryRequest(directoryRequest.encode({}))).toThrow(AppError)
  expect(() => readDirectoryRequest(directoryRequest.encode({ card: b32, document: b32 }))).toThrow(AppError)
  expect(readDirectoryRequest(directoryRequest.encode({ card: b32 })).ask).toBe('card')
})

test('records of the DHT: bent ones are never accepted, under any key', async () => {
  const refusals = createRefusals()
  const rate = createRateLimit({ clock: systemClock, burst: 1e9, perSecond: 1 })
  const { validators, selectors } = createDhtRecords({ store: { pinHead: async () => 'ok' }, rate, refusals })
  const key = headRecordKey(makeRelayAccount('fuzz').didKey)
  await expect(validators['head']?.(key, head)).resolves.toBeUndefined()
  const keys = fc.oneof(fc.constant(key), fc.constant(fingerprintRecordKey(b32)), fc.uint8Array({ maxLength: 40 }))
  await fc.assert(
    fc.asyncProperty(keys, anything, async (at, data) => {
      fc.pre(!data.every((byte, index) => byte === head[index]) || data.length !== head.length)
      for (const kind of ['head', 'fp']) {
        const check = async (): Promise<void> => {
          await validators[kind]?.(at, data)
        }
        const outcome = await check().then(() => 'accepted', codeOf)
        expect(CODES).toContain(outcome)
      }
      expect(selectors['head']?.(key, [data, head, data])).toBe(1)
    }),
    { seed: SEED, numRuns: RUNS }
  )
  expect(refusals.all().get('dht-record')).toBeGreaterThanOrEqual(2 * RUNS)
})
