/** The house rules that a machine can keep: the import table, the vendor list, no cycles, no registry hosts. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOMS, VENDORS } from './import-table.ts'

interface Import {
  readonly from: string
  readonly to: string
  readonly isType: boolean
}

const under = (file: string, prefix: string): boolean => file === prefix || file.startsWith(`${prefix}/`)
const roomOf = (file: string): string => {
  const room = Object.keys(ROOMS)
    .filter((name) => under(file, name))
    .toSorted((a, b) => b.length - a.length)[0]
  if (room === undefined) throw new Error(`${file} is in no room of the import table`)
  return room
}
const allows = (entry: string, { to, isType }: Import): boolean => {
  if (entry.startsWith('type:')) return isType && entry.slice(5) === to
  if (entry.endsWith('/**')) return under(to, entry.slice(0, -3))
  return entry === to || entry === roomOf(to)
}

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name)
    if (entry.isDirectory()) return walk(at)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [at] : []
  })
const files = ['src', 'relay', 'scripts', 'bench', 'test'].flatMap(walk)

const STATEMENT =
  /(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)|new URL\('(\.[^']+\.ts)'/g
const importsOf = (file: string): { name: string; isType: boolean }[] =>
  [...readFileSync(file, 'utf8').matchAll(STATEMENT)].map((match) => ({
    name: match[2] ?? match[3] ?? match[4] ?? '',
    isType: match[1] !== undefined
  }))
const all = files.flatMap((from) => importsOf(from).map((found) => ({ from, ...found })))
const isSource = (name: string): boolean => !/\.(css|json|svg)(\?|$)/.test(name)
const inside: Import[] = all
  .filter(({ name }) => name.startsWith('.') && isSource(name))
  .map(({ from, name, isType }) => ({ from, isType, to: path.join(path.dirname(from), name.replace(/\?.*$/, '')) }))

const findCycles = (nodes: readonly string[], next: (node: string) => readonly string[]): string[] => {
  const found: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const visit = (node: string): void => {
    if (state.get(node) === 'done') return
    if (state.get(node) === 'open') {
      found.push([...trail.slice(trail.indexOf(node)), node].join(' → '))
      return
    }
    state.set(node, 'open')
    trail.push(node)
    for (const other of next(node)) visit(other)
    trail.pop()
    state.set(node, 'done')
  }
  for (const node of nodes) visit(node)
  return found
}

test('a file imports only what the table allows its room', () => {
  const bad = inside
    .filter(({ from, to }) => roomOf(from) !== roomOf(to) && roomOf(from) !== 'test')
    .filter((found) => !(ROOMS[roomOf(found.from)] ?? []).some((entry) => allows(entry, found)))
    .map(({ from, to }) => `${from} → ${to}`)
  expect(bad).toEqual([])
})

test('there is no cycle between files', () => {
  const byFile = Map.groupBy(inside, ({ from }) => from)
  expect(findCycles(files, (file) => (byFile.get(file) ?? []).map(({ to }) => to))).toEqual([])
})

test('there is no cycle between rooms of the product', () => {
  const product = inside.filter(
    ({ from, to, isType }) => !isType && roomOf(from) !== roomOf(to) && /^(src|relay)/.test(from)
  )
  const next = (room: string): string[] =>
    product.filter(({ from }) => roomOf(from) === room).map(({ to }) => roomOf(to))
  expect(findCycles(Object.keys(ROOMS), next)).toEqual([])
})

const isAllowed = (entry: string, name: string, isType: boolean): boolean => {
  const bare = entry.replace(/^type:/, '')
  if (entry.startsWith('type:') && !isType) return false
  return bare.endsWith('/') || bare.endsWith(':') ? name.startsWith(bare) : name === bare
}

test("a vendor's name appears only in its room", () => {
  const bad = all
    .filter(({ name, from }) => !name.startsWith('.') && /^(src|relay)/.test(from))
    .filter(({ name, from, isType }) => !(VENDORS[roomOf(from)] ?? []).some((entry) => isAllowed(entry, name, isType)))
    .map(({ name, from }) => `${from} names ${name}`)
  expect(bad).toEqual([])
})

test('only one file names the OpenPGP library', () => {
  const naming = new Set(
    all.filter(({ name, from }) => name === 'openpgp' && from.startsWith('src')).map(({ from }) => from)
  )
  expect([...naming]).toEqual(['src/crypto/pgp.ts'])
})

test('only the two halves of its adapter name the MLS library', () => {
  const naming = new Set(
    all.filter(({ name, from }) => name.startsWith('ts-mls') && from.startsWith('src')).map(({ from }) => from)
  )
  expect([...naming].toSorted()).toEqual(['src/crypto/mls/ts-mls-state.ts', 'src/crypto/mls/ts-mls.ts'])
})

const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '')

test('no registry host stands anywhere in the tree', () => {
  // reversed, so that this file does not find itself
  const hosts = [
    'gro.sjmpn.yrtsiger',
    'moc.rorrimmpn',
    'moc.gkpnray.yrtsiger',
    'moc.buhtig.gkp.mpn',
    'gro.naibed.bed'
  ].map((name) => [...name].toReversed().join(''))
  const naming = tracked
    .filter((file) => !/\.(png|br|webp|ico|woff2)$/.test(file))
    .filter((file) => {
      const text = readFileSync(file, 'utf8')
      return (
        hosts.some((host) => text.includes(host)) || (file === 'package-lock.json' && /"resolved": "https?:/.test(text))
      )
    })
  expect(naming).toEqual([])
})

const isTable = (file: string): boolean => /test\/(vectors|golden)\//.test(file)

test('no file of ours is longer than 400 lines', () => {
  const long = files.filter((file) => !isTable(file) && readFileSync(file, 'utf8').split('\n').length > 401)
  expect(long).toEqual([])
})
