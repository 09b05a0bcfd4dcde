/** The command line of the simulator; see scripts/sim.ts. */
import { parseArgs } from 'node:util'
import { isSound, simulate } from './simulate.ts'

const { values } = parseArgs({
  // `npm run sim basic` names no other world yet
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '300' },
    people: { type: 'string', default: '3' }
  }
})
const result = await simulate({ seed: Number(values.seed), steps: Number(values.steps), people: Number(values.people) })
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exit(isSound(result) ? 0 : 1)
