/**
 * EN1 at every decoder: whatever arrives, the answer is a value or an AppError `malformed`, `too-large` or `needs-newer`;
 * never another error, never a hang. Random bytes rarely get past the first check, so valid encodings are broken in ways
 * that keep their structure. fast-check prints the seed of a failure.
 */
import { encode as cborEncode } from 'cborg'
import {
  anything,
  type Arbitrary,
  array,
  assert,
  constant,
  constantFrom,
  dictionary,
  integer,
  letrec,
  nat,
  oneof,
  property,
  string,
  tuple,
  uint8Array
} from 'fast-check'
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { concat, sameBytes } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import { checkSafetyCode } from '../../src/crypto/safety-number.ts'
import { readBody } from '../../src/crypto/event.ts'
import { readInviteLink } from '../../src/crypto/invite.ts'
import { verifyHead } from '../../src/crypto/head.ts'
import { keyFromDid } from '../../src/crypto/did.ts'
import { textToHome } from '../../src/wire/home.ts'
import { peerIdToKey } from '../../src/wire/peer-id.ts'
import { scaled } from '../long.ts'

interface AnyCodec {
  readonly name: string
  readonly max: number
  readonly about: unknown
  encode(value: unknown): Uint8Array
  decode(data: Uint8Array): unknown
}
const isCodec = (value: unknown): value is AnyCodec =>
  typeof value === 'object' && value !== null && 'about' in value && 'decode' in value

const modules: Record<string, unknown>[] = await Promise.all(
  readdirSync('src/wire')
    .map((file) => file.replace(/\.ts$/, ''))
    .map((file) => import(`../../src/wire/${file}.ts`) as Promise<Record<string, unknown>>)
)
const codecs = [
  ...new Map(modules.flatMap((module) => Object.values(module).filter(isCodec)).map((one) => [one.name, one])).values()
]

const ALLOWED = new Set(['malformed', 'too-large', 'needs-newer'])
/** Throws what a decoder must not throw. */
const answered = <T>(decode: () => T): T | undefined => {
  try {
    return decode()
  } catch (error) {
    if (error instanceof AppError && ALLOWED.has(error.code)) return undefined
    throw error
  }
}

// ── values made from a codec's own description ────────────────────────────────────────────────────────────────────

type About = readonly unknown[]
const clip = (max: unknown, cap: number): number => Math.min(Number(max), cap)

/** Any value that the kind accepts; sizes are kept small so that thousands fit into the time. */
const valueOf = (about: About): Arbitrary<unknown> => {
  const [kind, ...rest] = about
  switch (kind) {
    case 'bytes':
      return uint8Array({ minLength: Number(rest[0]), maxLength: Math.max(Number(rest[0]), clip(rest[1], 80)) })
    case 'text':
      return string({ maxLength: clip(rest[0], 40) })
    case 'uint':
      return oneof(nat(Math.min(Number(rest[0]), 2 ** 31 - 1)), constant(Number(rest[0])))
    case 'version':
      return constant(Number(rest[0]))
    case 'flag':
      return constantFrom(true, false)
    case 'oneOf':
      return constantFrom(...rest)
    case 'listOf':
      return array(valueOf(rest[0] as About), {
        minLength: Number(rest[1]),
        maxLength: Math.max(Number(rest[1]), clip(rest[2], 4))
      })
    default:
      return partOf(about)
  }
}

type FieldAbout = readonly [tag: number, key: string, optional: boolean, about: About]
const partOf = (about: About): Arbitrary<unknown> => {
  const fields = about[2] as readonly FieldAbout[]
  const each = fields.map(([, key, optional, kind]) =>
    (optional ? oneof(constant(undefined), valueOf(kind)) : valueOf(kind)).map((value) => [key, value] as const)
  )
  return tuple(...each).map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)))
}

// ── ways to break bytes ───────────────────────────────────────────────────────────────────────────────────────────

const breakOnce: Arbitrary<(data: Uint8Array) => Uint8Array> = oneof(
  tuple(nat(), nat(7)).map(([at, bit]) => (data: Uint8Array) => {
    const copy = new Uint8Array(data)
    if (copy.length > 0) copy[at % copy.length]! ^= 1 << bit
    return copy
  }),
  nat().map((at) => (data: Uint8Array) => data.slice(0, at % (data.length + 1))),
  uint8Array({ maxLength: 8 }).map((more) => (data: Uint8Array) => concat(data, more)),
  tuple(nat(), uint8Array({ maxLength: 6 })).map(([at, more]) => (data: Uint8Array) => {
    const cut = at % (data.length + 1)
    return concat(data.subarray(0, cut), more, data.subarray(cut))
  }),
  tuple(nat(), nat(40)).map(([at, size]) => (data: Uint8Array) => {
    const cut = at % (data.length + 1)
    return concat(data.subarray(0, cut), data.subarray(cut + size))
  }),
  // the bytes that mean something in CBOR: lengths of eight bytes, indefinite, tags, floats, breaks
  tuple(nat(), constantFrom(0x1b, 0x5b, 0x5f, 0x7f, 0x9b, 0x9f, 0xbb, 0xbf, 0xc0, 0xf6, 0xf7, 0xf9, 0xfb, 0xff)).map(
    ([at, byte]) =>
      (data: Uint8Array) => {
        const copy = new Uint8Array(data)
        if (copy.length > 0) copy[at % copy.length] = byte
        return copy
      }
  )
)
const breakSome = array(breakOnce, { minLength: 1, maxLength: 4 })

/** CBOR that nobody declared: maps with any keys, deep lists, numbers at the edges. */
const { tree } = letrec((tie) => ({
  tree: oneof(
    { maxDepth: 6, depthSize: 'medium' },
    integer({ min: -(2 ** 40), max: 2 ** 53 - 1 }),
    string({ maxLength: 12 }),
    uint8Array({ maxLength: 40 }),
    constantFrom<unknown>(true, false, null, 1.5, Number.NaN),
    array(tie('tree'), { maxLength: 5 }),
    array(tuple(oneof(nat(110), integer(), string({ maxLength: 3 })), tie('tree')), { maxLength: 8 }).map(
      (entries) => new Map(entries)
    )
  )
}))
const someCbor = tree.map((value) => cborEncode(value))

const RUNS = { numRuns: scaled(250, 2500) }

test('there are codecs to fuzz', () => expect(codecs.length).toBeGreaterThan(25))

describe.each(codecs.map((codec) => [codec.name, codec] as const))('%s', (_, codec) => {
  test('takes what it made itself, and only in that one spelling', () => {
    assert(
      property(partOf(codec.about as About), breakSome, (value, breaks) => {
        let data: Uint8Array
        try {
          data = codec.encode(value)
        } catch (error) {
          // a legal value whose whole is above the limit, or a text that is not well-formed
          if (error instanceof AppError && ALLOWED.has(error.code)) return
          throw error
        }
        expect(codec.encode(codec.decode(data))).toEqual(data)
        const broken = breaks.reduce((bytes, step) => step(bytes), data)
        const again = answered(() => codec.decode(broken))
        // whatever is accepted is canonical: but for ignored keys it encodes to the very same bytes
        if (again !== undefined && !sameBytes(codec.encode(again), broken))
          expect(broken.length).toBeGreaterThan(codec.encode(again).length)
      }),
      RUNS
    )
  })

  test('answers random bytes and foreign CBOR', () => {
    assert(
      property(oneof(uint8Array({ maxLength: 200 }), someCbor), (data) => {
        answered(() => codec.decode(data))
      }),
      RUNS
    )
  })
})

test('texts from outside: links, addresses, ids, dids, codes', () => {
  const roots = { didKey: new Uint8Array(32), roots: new Uint8Array(32) }
  const texts = oneof(
    string({ maxLength: 300 }),
    string({ unit: 'binary', maxLength: 60 }),
    uint8Array({ maxLength: 300 }).map((data) => `https://a.example/#i/${Buffer.from(data).toString('base64url')}`),
    uint8Array({ maxLength: 60 }).map((data) => `cryptochat:verify/${Buffer.from(data).toString('base64url')}`),
    tuple(constantFrom('ip4', 'ip6', 'dns4'), string({ maxLength: 30 }), nat(99_999)).map(
      ([net, host, port]) => `/${net}/${host}/tcp/${port}/ws/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA`
    ),
    string({ maxLength: 60 }).map((rest) => `did:key:z6Mk${rest}`)
  )
  assert(
    property(texts, (text) => {
      for (const read of [readInviteLink, textToHome, peerIdToKey, keyFromDid]) answered(() => read(text))
      expect(['match', 'mismatch', 'malformed']).toContain(checkSafetyCode(text, roots, roots))
    }),
    { numRuns: scaled(2000, 20000) }
  )
})

test('bodies of any kind are read, unknown or malformed', () => {
  const kinds = oneof(
    constantFrom('message', 'edit', 'reaction', 'removal', 'read-mark', 'poll'),
    string({ maxLength: 24 })
  )
  assert(
    property(kinds, oneof(uint8Array({ maxLength: 100 }), someCbor), (kind, data) => {
      answered(() => readBody(kind, data))
    }),
    { numRuns: scaled(1000, 10000) }
  )
})

test('heads from strangers are refused, not believed', () => {
  assert(
    property(oneof(uint8Array({ maxLength: 400 }), someCbor), (data) => {
      expect(answered(() => verifyHead(data))).toBeUndefined()
    }),
    { numRuns: scaled(300, 3000) }
  )
})

test('encoders refuse what does not fit their kinds, with a code', () => {
  assert(
    property(
      constantFrom(...codecs),
      oneof(dictionary(string({ maxLength: 8 }), anything()), anything()),
      (codec, value) => {
        answered(() => codec.encode(Object(value)))
      }
    ),
    { numRuns: scaled(500, 5000) }
  )
})
