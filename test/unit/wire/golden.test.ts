/** What an earlier version wrote must be read for ever: one filled message of every shape of each version. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hexToBytes } from '../../../src/base/bytes.ts'
import { fill, wireCodecs } from '../../golden/make-wire.ts'

const versions = readdirSync('test/golden').filter((file) => /^wire-v\d+\.json$/.test(file))
const codecs = new Map((await wireCodecs()).map((codec) => [codec.name, codec]))

test.each(versions)('every message of %s still opens', (file) => {
  const messages = JSON.parse(readFileSync(`test/golden/${file}`, 'utf8')) as Record<string, string>
  expect(Object.keys(messages).length).toBeGreaterThan(25)
  for (const [name, hex] of Object.entries(messages)) {
    const codec = codecs.get(name)
    expect(codec, `${name} is gone`).toBeDefined()
    const value = codec?.decode(hexToBytes(hex))
    // later versions may know more fields, never other values
    expect(fill(codec?.about ?? [])).toMatchObject(value as object)
  }
})
