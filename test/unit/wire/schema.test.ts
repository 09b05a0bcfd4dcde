import { encode as cborEncode } from 'cborg'
import { describe, expect, test, vi } from 'vitest'
import { concat, hexToBytes } from '../../../src/base/bytes.ts'
import {
  bytes,
  field,
  fixed,
  flag,
  listOf,
  maybe,
  message,
  oneOf,
  text,
  uint,
  version
} from '../../../src/wire/schema.ts'

const part = message('part', { max: 64 }, { id: field(1, fixed(2)) })
const letter = message(
  'letter',
  { max: 256 },
  {
    version: field(0, version(1)),
    text: field(1, text({ max: 10 })),
    count: maybe(2, uint({ max: 100 })),
    seen: maybe(3, flag),
    kind: maybe(4, oneOf('a', 'b')),
    parts: maybe(5, listOf(part, { max: 2 })),
    data: maybe(6, bytes({ min: 1, max: 4 }))
  }
)
const code = (wanted: string) => expect.objectContaining({ code: wanted })
const refused = (hex: string, wanted = 'malformed') =>
  expect(() => letter.decode(hexToBytes(hex))).toThrow(code(wanted))
/** {0: 1, 1: "hi"} and what comes after it in a map of `size` entries. */
const map = (size: number, rest = ''): string => `a${size}0001016268 69${rest}`.replaceAll(' ', '')

test('EN1 what is encoded decodes to the same, and there is one encoding', () => {
  const value = {
    version: 1,
    text: 'hi',
    count: 7,
    seen: true,
    kind: 'b' as const,
    parts: [{ id: Uint8Array.of(1, 2) }]
  }
  const data = letter.encode(value)
  expect(letter.decode(data)).toEqual(value)
  expect(letter.encode({ parts: value.parts, kind: 'b', text: 'hi', seen: true, count: 7, version: 1 })).toEqual(data)
  expect(letter.decode(hexToBytes(map(2)))).toEqual({ version: 1, text: 'hi' })
})

test('encodings are plain byte arrays that own their memory', () => {
  const data = letter.encode({ version: 1, text: 'hi' })
  expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype)
  expect(data.buffer.byteLength).toBe(data.length)
})

describe('EN1 is malformed', () => {
  test.each([
    ['nothing', ''],
    ['no map', '01'],
    ['a list', '8101'],
    ['bytes after the end', `${map(2)}00`],
    ['a cut end', map(2).slice(0, -2)],
    ['unsorted keys', 'a2016268690001'],
    ['a key twice', 'a3000100010162 6869'.replaceAll(' ', '')],
    ['a float for an integer', map(3, '02f94700')],
    ['a float that is an integer', map(3, '02fb401c000000000000')],
    ['an integer in more bytes than it needs', map(3, '021807')],
    ['a length in more bytes than it needs', 'a20001017802 6869'.replaceAll(' ', '')],
    ['a text of indefinite length', 'a20001017f626869ff'],
    ['a map of indefinite length', 'bf0001016268 69ff'.replaceAll(' ', '')],
    ['a text key', map(3, '616101')],
    ['a negative key', map(3, '2001')],
    ['a missing field', 'a10001'],
    ['a wrong type', 'a200010141 68'.replaceAll(' ', '')],
    ['null', map(3, '02f6')],
    ['undefined', map(3, '02f7')],
    ['a tag', map(3, '02c001')],
    ['a negative count', map(3, '0220')],
    ['a count above its limit', map(3, '021865')],
    ['a count beyond safe integers', map(3, '021b0020000000000000')],
    ['a text above its limit', 'a20001016b6868686868686868686868'],
    ['a text that is not UTF-8', 'a200010162c328'],
    ['an unknown choice', map(3, '046163')],
    ['a list above its limit', map(3, '0583a101420102a101420102a101420102')],
    ['bytes below their limit', map(3, '0640')],
    ['a part with too few bytes', map(3, '0581a1014101')],
    ['version 0', 'a20000016268 69'.replaceAll(' ', '')],
    ['a version that is no number', 'a200613101626869']
  ])('%s', (_, hex) => refused(hex))

  test('a lone surrogate, on the way out too', () => {
    expect(() => letter.encode({ version: 1, text: '\ud800' })).toThrow(code('malformed'))
  })

  test('nesting deep enough to exhaust the stack, and quickly', () => {
    const wide = message('wide', { max: 80 * 1024 }, { text: field(1, text({ max: 4 })) })
    for (const opener of [0x81, 0xa1]) {
      const deep = concat(Uint8Array.of(0xa1, 0x18, 100), new Uint8Array(70_000).fill(opener))
      expect(() => wide.decode(deep)).toThrow(code('malformed'))
      expect(() => wide.decode(concat(deep, Uint8Array.of(0)))).toThrow(code('malformed'))
    }
  })

  test('a list that claims to be longer than memory', () => {
    refused('9b00000000ffffffff')
    refused(map(3, '059affffffff'))
    refused(map(3, '065affffffff'))
  })
})

describe('EN1 versions', () => {
  test('an unknown critical field needs a newer version', () => refused(map(3, '186301'), 'needs-newer'))
  test('an unknown critical field in a part, too', () =>
    refused(map(3, '0581a201420102 0701'.replaceAll(' ', '')), 'needs-newer'))
  test('EN5 a higher version needs a newer one, even where fields have changed', () => {
    refused('a20002016268 69'.replaceAll(' ', ''), 'needs-newer')
    refused('a200020107', 'needs-newer')
  })
  test('an unknown field from 100 on is ignored, whatever it holds', () => {
    const data = hexToBytes(map(3, '186482a1616101 40'.replaceAll(' ', '')))
    expect(letter.decode(data)).toEqual({ version: 1, text: 'hi' })
  })
  test('but must be canonical itself', () => {
    refused(map(3, '1864f94700'))
    refused(map(3, '1864a2616201616101'))
  })
  test('we only write our own version', () => {
    expect(() => letter.encode({ version: 2, text: 'hi' })).toThrow(code('malformed'))
  })
})

test('keys that are maps or lists are malformed, and nobody can make us write warnings', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  refused(map(3, '1864a1800 1'.replaceAll(' ', '')))
  refused(map(3, '1864a1a001'))
  refused(map(3, '1864a1410001'))
  expect(warn).not.toHaveBeenCalled()
})

test('a whole above its limit is too large, in both directions', () => {
  const small = message('small', { max: 8 }, { data: field(1, bytes({ max: 100 })) })
  expect(() => small.encode({ data: new Uint8Array(20) })).toThrow(code('too-large'))
  expect(() => small.decode(cborEncode(new Map([[1, new Uint8Array(20)]])))).toThrow(code('too-large'))
})

test('a field number used twice is our own mistake', () => {
  expect(() => message('bad', { max: 8 }, { a: field(1, flag), b: field(1, flag) })).toThrow(code('internal'))
})
