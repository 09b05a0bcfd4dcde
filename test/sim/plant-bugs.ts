/**
 * Puts another behaviour, mostly a wrong one, into the running app from outside: functions that one module gives to others are replaced while
 * modules are loaded. Nothing under src/ knows of it. Must be called before anything of src/ is imported.
 */
import { realpathSync } from 'node:fs'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plant } from './plants.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')

/** `home`: the URL of the module that exports the plant by its name, or `plants`. */
export const plantBug = (name: string, plant: Plant, home: string): void => {
  const missing = new Map(Object.entries(plant.replaces).map(([file, names]) => [urlOf(file), { file, names }]))
  registerHooks({
    load: (url, context, next) => {
      const [plain = url, ...marks] = url.split('?')
      const found = missing.get(plain)
      // several may replace one module: each stands before what the others left
      if (found === undefined || marks.includes(name)) return next(url, context)
      return { format: 'module', shortCircuit: true, source: shim({ real: `${url}?${name}`, ...found, name, home }) }
    }
  })
}

/** Packages may be linked in from elsewhere. */
const urlOf = (file: string): string => pathToFileURL(realpathSync(path.join(ROOT, file))).href

interface Shim {
  readonly real: string
  readonly file: string
  readonly names: readonly string[]
  readonly name: string
  readonly home: string
}

/** Hoisted functions, because modules may import one another in circles. */
const shim = ({ real, file, names, name, home }: Shim): string => `
import * as real from ${JSON.stringify(real)}
import * as garden from ${JSON.stringify(home)}
export * from ${JSON.stringify(real)}
let made
const planted = () => (made ??= (garden.plants?.[${JSON.stringify(name)}] ?? garden[${JSON.stringify(name)}]).make(${JSON.stringify(file)}, real))
${names
  .map(
    (one) => `
if (typeof real.${one} !== 'function') throw new Error('plant ${name}: ${file} has no ${one} any more')
export function ${one}(...args) { return planted().${one}(...args) }`
  )
  .join('')}
`
