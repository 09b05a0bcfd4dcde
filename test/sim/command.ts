/** Runs `npm run sim` as anybody would: a process of its own, and what it says. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import type { SimResult } from './result.ts'

export interface Outcome {
  readonly code: number
  readonly results: readonly SimResult[]
  /** What it complained about. */
  readonly why: string
}

const SCRIPT = path.join(import.meta.dirname, '..', '..', 'scripts', 'sim.ts')

export const runSim = (...args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 2
      resolve({ code, results: lines.map((line) => JSON.parse(line) as SimResult), why: stderr.slice(-2000) })
    })
  })
