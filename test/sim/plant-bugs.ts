/**
 * Puts a wrong behaviour into the running app from outside: functions that one module gives to others are replaced while
 * modules are loaded. Nothing under src/ knows of it. Must be called before anything of src/ is imported.
 */
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plant } from './plants.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
const REAL = '?real'

/** `home`: the URL of the module that exports `plants`. */
export const plantBug = (name: string, plant: Plant, home: string): void => {
  const missing = new Map(Object.entries(plant.replaces).map(([file, names]) => [urlOf(file), names]))
  registerHooks({
    load: (url, context, next) => {
      const names = missing.get(url)
      if (names === undefined) return next(url, context)
      const file = path.relative(ROOT, new URL(url).pathname)
      return { format: 'module', shortCircuit: true, source: shim({ url, file, names, name, home }) }
    }
  })
}

const urlOf = (file: string): string => pathToFileURL(path.join(ROOT, file)).href

interface Shim {
  readonly url: string
  readonly file: string
  readonly names: readonly string[]
  readonly name: string
  readonly home: string
}

/** Hoisted functions, because modules may import one another in circles. */
const shim = ({ url, file, names, name, home }: Shim): string => `
import * as real from ${JSON.stringify(`${url}${REAL}`)}
import { hostility, plants } from ${JSON.stringify(home)}
export * from ${JSON.stringify(`${url}${REAL}`)}
let made
const planted = () => (made ??= (plants[${JSON.stringify(name)}] ?? hostility).make(${JSON.stringify(file)}, real))
${names
  .map(
    (one) => `
if (typeof real.${one} !== 'function') throw new Error('plant ${name}: ${file} has no ${one} any more')
export function ${one}(...args) { return planted().${one}(...args) }`
  )
  .join('')}
`
