/** `npm run sim -- --seed N --steps M --people K`: one simulated world, one line of JSON; exit 1 when a promise was broken. */
import { enableCompileCache } from 'node:module'
import path from 'node:path'

// what was compiled the last time need not be again
enableCompileCache()

// by name: the simulation brings the whole app along, which this room's types know nothing of
const main: string = path.join(import.meta.dirname, '..', 'test', 'sim', 'main.ts')
await import(main)
