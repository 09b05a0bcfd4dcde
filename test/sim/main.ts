/**
 * The command line of the simulator (scripts/sim.ts): `--seed N` or `--seeds A..B`, `--steps M`, `--people K`, `--suite S`,
 * `--plant <bug>`, and `--tell` to read what happens. One line of JSON a seed; exit 1 when one of them broke a promise.
 * `--batch` keeps what many seeds gave in bench/sim.json and goes on where it was, in `--jobs` processes.
 */
import { parseArgs } from 'node:util'
import { runBatch } from './batch.ts'
import { plantBug } from './plant-bugs.ts'
import { hostility, plants } from './plants.ts'
import { whatIsWrong } from './result.ts'
import type { SimOptions } from './result.ts'
import { swift } from './swift.ts'

const { values } = parseArgs({
  // `npm run sim basic` names no other world yet
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    steps: { type: 'string', default: '300' },
    people: { type: 'string', default: '5' },
    suite: { type: 'string' },
    plant: { type: 'string' },
    batch: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
    hostile: { type: 'boolean', default: false },
    tell: { type: 'boolean', default: false }
  }
})

/** All who have keys in test/golden/cast.json, but for the one who may be hostile. */
const MOST_PEOPLE = 13
const SUITES = ['mls-xwing', 'mls-x25519', 'pgp-v6']

const fail = (why: string): never => {
  process.stderr.write(`${why}\n`)
  process.exit(2)
}
const toNumber = (text: string | undefined): number => {
  const number = Number(text)
  return Number.isSafeInteger(number) && number >= 0 ? number : fail(`not a number: ${text}`)
}

const [from, to] = (values.seeds ?? `${values.seed}..${values.seed}`).split('..').map(toNumber)
if (from === undefined || to === undefined || to < from) fail(`no seeds: ${values.seeds}`)
const [firstSeed, lastSeed] = [from ?? 0, to ?? 0]
const [steps, people] = [toNumber(values.steps), toNumber(values.people)]
if (people < 2 || people > MOST_PEOPLE) fail(`people: 2 to ${MOST_PEOPLE}`)
if (values.suite !== undefined && !SUITES.includes(values.suite)) fail(`suites: ${SUITES.join(', ')}`)
const suite = values.suite === undefined ? {} : { suite: values.suite }

if (values.batch) {
  const isSound = await runBatch({
    from: firstSeed,
    to: lastSeed,
    steps,
    people,
    ...suite,
    jobs: toNumber(values.jobs)
  })
  process.exit(isSound ? 0 : 1)
}

const plant = values.plant === undefined ? undefined : plants[values.plant]
if (values.plant !== undefined) {
  if (plant === undefined) fail(`no such bug: ${values.plant}; there are ${Object.keys(plants).join(', ')}`)
  else plantBug(values.plant, plant, import.meta.resolve('./plants.ts'))
}
const isHostile = values.hostile || plant?.needsHostile === true
if (isHostile) plantBug('hostility', hostility, import.meta.resolve('./plants.ts'))
if (process.env['SIM_SLOW'] !== '1') plantBug('swift', swift, import.meta.resolve('./swift.ts'))
// after the bug is in the ground
const { simulate } = await import('./simulate.ts')

const wrong: string[] = []
// a browser would only grumble; here it is a bug like any other
process.on('unhandledRejection', (error) => {
  wrong.push(`nobody took care of: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
})
for (let seed = firstSeed; seed <= lastSeed; seed++) {
  const options: SimOptions = {
    seed,
    steps,
    people,
    ...suite,
    ...(isHostile && { hostile: true }),
    ...(values.tell && { tell: (line: string) => void process.stderr.write(`${line}\n`) })
  }
  try {
    const result = await simulate(options)
    process.stdout.write(`${JSON.stringify(result)}\n`)
    const why = whatIsWrong(result)
    if (why.length > 0) wrong.push(`seed ${seed}: ${why.join(', ')}`)
  } catch (error) {
    wrong.push(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
  // one world in which it shows is enough
  if (plant !== undefined && wrong.length > 0) break
}
if (wrong.length > 0) process.stderr.write(`${wrong.join('\n')}\n`)
process.exit(wrong.length > 0 ? 1 : 0)
