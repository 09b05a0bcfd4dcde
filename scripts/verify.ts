/** `npm run verify`: types, lint, format, dead code, architecture, sizes. Runs all, then says which failed. */
import { spawnSync } from 'node:child_process'
import { ensureBuilt } from './ensure-built.ts'

const CHECKS: readonly (readonly [name: string, ...command: string[]])[] = [
  ['types', 'node_modules/typescript/bin/tsc', '-b'],
  ['lint', 'node_modules/oxlint/bin/oxlint', '--type-aware'],
  ['format', 'node_modules/oxfmt/bin/oxfmt', '--check', 'src', 'relay', 'test', 'scripts', 'bench'],
  ['dead code', 'node_modules/knip/bin/knip.js'],
  [
    'architecture',
    'node_modules/vitest/vitest.mjs',
    'run',
    'test/unit/architecture.test.ts',
    'test/unit/wire-version.test.ts'
  ],
  ['sizes', 'node_modules/size-limit/bin.js']
]

ensureBuilt()
const failed = CHECKS.filter(([name, ...command]) => {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
  if (status !== 0) process.stdout.write(`${stdout}${stderr}\n`)
  return status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
