/** Group `size`: what a browser downloads for each entry, in bytes of brotli, static imports included. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

export interface Size {
  readonly firstPaint: number
  readonly nodeWorker: number
  readonly serviceWorker: number
  readonly css: number
  /** Every script, chunks loaded on demand included. */
  readonly allScripts: number
}

const DIST = 'dist'
const ASSETS = join(DIST, 'assets')

const compressed = (path: string): number => brotliCompressSync(readFileSync(path)).length

/** The file and what it imports before it runs; `import(…)` comes later and does not count. */
const withImports = (path: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(path)) return seen
  seen.add(path)
  const text = readFileSync(path, 'utf8')
  for (const [, name] of text.matchAll(/(?:import|from)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) {
    if (name !== undefined) withImports(join(ASSETS, name), seen)
  }
  return seen
}

const total = (paths: Iterable<string>): number => [...paths].reduce((sum, path) => sum + compressed(path), 0)

export const measureSize = (): Size => {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const assets = readdirSync(ASSETS)
  const named = (pattern: RegExp): string[] =>
    [...html.matchAll(pattern)].flatMap(([, path]) => (path === undefined ? [] : [join(ASSETS, basename(path))]))
  const worker = assets.find((name) => /^node\.worker-.*\.js$/.test(name))
  const entries = named(/<script[^>]+src="([^"]+)"/g)
  if (worker === undefined || entries.length === 0) throw new Error('dist/ has no page or no node worker')
  const early = new Set([...entries, ...named(/<link[^>]+rel="modulepreload"[^>]+href="([^"]+)"/g)])
  return {
    firstPaint: total([...early].reduce((seen, path) => withImports(path, seen), new Set<string>())),
    nodeWorker: total(withImports(join(ASSETS, worker))),
    serviceWorker: compressed(join(DIST, 'sw.js')),
    css: total(named(/<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"/g)),
    allScripts: total(assets.filter((name) => name.endsWith('.js')).map((name) => join(ASSETS, name)))
  }
}
