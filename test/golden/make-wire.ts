/**
 * Fills every wire shape with plain values and prints name → hex. Run once for a new version, before shapes change:
 * `node test/golden/make-wire.ts > test/golden/wire-vN.json`. What stands there must decode for ever (EN5, VE1).
 */
import { readdirSync } from 'node:fs'
import { bytesToHex } from '../../src/base/bytes.ts'

type About = readonly unknown[]

/** One value that the kind accepts, the same in every run. */
export const fill = (about: About): unknown => {
  const [kind, ...rest] = about
  switch (kind) {
    case 'bytes':
      return new Uint8Array(Math.max(Number(rest[0]), Math.min(Number(rest[1]), 5))).fill(0xab)
    case 'text':
      return 'see you'.slice(0, Number(rest[0]))
    case 'uint':
      return Math.min(Number(rest[0]), 1234)
    case 'version':
      return rest[0]
    case 'flag':
      return true
    case 'oneOf':
      return rest[0]
    case 'listOf':
      return Array.from({ length: Math.max(1, Number(rest[1])) }, () => fill(rest[0] as About))
    default:
      return Object.fromEntries((about[2] as readonly About[]).map(([, key, , kindOf]) => [key, fill(kindOf as About)]))
  }
}

export interface AnyCodec {
  readonly name: string
  readonly about: About
  encode(value: unknown): Uint8Array
  decode(data: Uint8Array): unknown
}
const isCodec = (value: unknown): value is AnyCodec =>
  typeof value === 'object' && value !== null && 'about' in value && 'decode' in value

export const wireCodecs = async (): Promise<readonly AnyCodec[]> => {
  const files = readdirSync('src/wire').map((file) => file.replace(/\.ts$/, ''))
  const modules = (await Promise.all(files.map((file) => import(`../../src/wire/${file}.ts`)))) as Record<string, unknown>[]
  const byName = new Map(modules.flatMap((module) => Object.values(module).filter(isCodec)).map((one) => [one.name, one]))
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

if (import.meta.main) {
  const filled = (await wireCodecs()).map((codec) => [codec.name, bytesToHex(codec.encode(fill(codec.about)))])
  process.stdout.write(`${JSON.stringify(Object.fromEntries(filled), undefined, 2)}\n`)
}
