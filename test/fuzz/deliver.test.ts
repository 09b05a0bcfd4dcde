/** Whatever a stranger sends to the deliver protocol: a value, `malformed`, `too-large` or `needs-newer`; never anything else. */
import { array, assert, asyncProperty, nat, property, record, uint8Array } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { concat } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { createDeliverServer } from '../../src/p2p/protocols/deliver/server.ts'
import { deliverAnswer, DELIVER_PROTOCOL, deliverRequest } from '../../src/wire/deliver.ts'
import { createStreamPairs } from '../unit/p2p/stream-pair.ts'
import type { StreamPairs } from '../unit/p2p/stream-pair.ts'
import { scaled } from '../long.ts'

let streams: StreamPairs
beforeAll(async () => {
  streams = await createStreamPairs(DELIVER_PROTOCOL)
})
afterAll(async () => {
  await streams.stop()
})

const ALLOWED = new Set(['malformed', 'too-large', 'needs-newer'])
const runs = scaled(2_000, 20_000)

const decodesOrRefuses = (decode: (data: Uint8Array) => unknown, data: Uint8Array): void => {
  try {
    decode(data)
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect(ALLOWED).toContain((error as AppError).code)
  }
}

for (const codec of [deliverRequest, deliverAnswer]) {
  test(`any bytes are a ${codec.name} or refused`, () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (data) => decodesOrRefuses(codec.decode, data)),
      { numRuns: runs }
    )
  })

  test(`a ${codec.name} with bytes changed, cut or added is a value or refused`, () => {
    const value = { serial: 7, outcome: 'taken', envelope: new Uint8Array(50), answer: new Uint8Array(9) }
    const good = codec.encode(value as never)
    assert(
      property(nat(good.length), nat(255), nat(good.length), uint8Array({ maxLength: 4 }), (at, byte, cut, more) => {
        const changed = good.slice()
        changed[at] = byte
        decodesOrRefuses(codec.decode, changed)
        decodesOrRefuses(codec.decode, good.subarray(0, cut))
        decodesOrRefuses(codec.decode, concat(good, more))
      }),
      { numRuns: runs }
    )
  })
}

test('what was encoded decodes to the same', () => {
  const request = record({ serial: nat(), envelope: uint8Array({ minLength: 1, maxLength: 200 }) })
  const checked = property(request, (value) => {
    expect(deliverRequest.decode(deliverRequest.encode(value))).toEqual(value)
  })
  assert(checked)
})

test('a stream of any chunks is served or reset with a counted reason, and the handler sees only whole envelopes', async () => {
  await assert(
    asyncProperty(array(uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 }), async (chunks) => {
      const { ours, theirs, connection } = await streams.open()
      const refused: string[] = []
      const serve = createDeliverServer({
        handle: async ({ envelope }) => {
          expect(envelope.length).toBeGreaterThan(0)
          return { outcome: 'taken', answer: new Uint8Array() }
        },
        onRefused: (why) => refused.push(why),
        log: silentLog
      })
      const served = serve(theirs, connection)
      for (const chunk of chunks) if (ours.writeStatus === 'writable') ours.send(chunk)
      if (ours.writeStatus === 'writable') await ours.close()
      await served
      expect(refused.every((why) => ALLOWED.has(why))).toBe(true)
    }),
    { numRuns: runs / 10 }
  )
})
