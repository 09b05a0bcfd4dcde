/** The container without an engine: what it copies exists, what it starts is there, and nobody is root. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const lines = readFileSync(join(ROOT, 'relay/Containerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
const ignored = readFileSync(join(ROOT, '.containerignore'), 'utf8').trim().split('\n')

const stages = lines
  .join('\n')
  .split(/^(?=FROM )/m)
  .slice(1)
const last = stages.at(-1) ?? ''
const copiesOf = (stage: string): { from: string | undefined; sources: string[]; target: string }[] =>
  stage
    .split('\n')
    .filter((line) => line.startsWith('COPY '))
    .map((line) => {
      const words = line.split(/\s+/).slice(1)
      const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined
      return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' }
    })

test('everything it copies from the repository exists and is not ignored', () => {
  const sources = stages
    .flatMap(copiesOf)
    .filter(({ from }) => from === undefined)
    .flatMap((copy) => copy.sources)
  expect(sources.length).toBeGreaterThan(10)
  for (const source of sources) {
    expect({ source, exists: existsSync(join(ROOT, source)) }).toEqual({ source, exists: true })
    expect(ignored.some((entry) => source === entry || source.startsWith(`${entry}/`))).toBe(false)
  }
})

test('the build stage has every tsconfig that the root one names: Vite follows the references', () => {
  const root = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { references: { path: string }[] }
  const copied = copiesOf(stages[0] ?? '').flatMap(({ sources }) => sources)
  for (const { path } of root.references) expect(copied).toContain(path)
})

test('stages it copies from are defined before', () => {
  const names = stages.map((stage) => /^FROM \S+ AS (\S+)/.exec(stage)?.[1])
  for (const [index, stage] of stages.entries()) {
    for (const { from } of copiesOf(stage)) if (from !== undefined) expect(names.slice(0, index)).toContain(from)
  }
})

test('the last stage holds every room that the relay imports', () => {
  const kept = copiesOf(last).flatMap(({ sources }) => sources)
  for (const room of ['relay', 'src/base', 'src/wire', 'src/crypto', 'src/p2p/protocols']) expect(kept).toContain(room)
  const entry = /^CMD \["node", "([^"]+)"\]$/m.exec(last)?.[1] ?? ''
  expect(existsSync(join(ROOT, entry))).toBe(true)
})

test('it runs as nobody special, with one volume, a health check and both ports', () => {
  const user = /^USER (\d+):(\d+)$/m.exec(last)
  expect(Number(user?.[1])).toBeGreaterThan(0)
  expect(last.match(/^VOLUME .*$/gm)).toEqual(['VOLUME /data'])
  expect(last).toMatch(/^ENV .*DATA_DIR=\/data/m)
  expect(last).toMatch(/^HEALTHCHECK .*\/healthz/m)
  expect(last).toMatch(/^EXPOSE 8080\/tcp 8080\/udp$/m)
  // exec form: the signal reaches the relay, not a shell
  expect(last).toMatch(/^CMD \[/m)
})

test('no secret and nothing that was built here gets in', () => {
  for (const entry of ['.git', 'node_modules', 'dist', '.data', '**/*.key', '**/*.pem'])
    expect(ignored).toContain(entry)
})
