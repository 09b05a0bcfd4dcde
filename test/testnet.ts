/**
 * Real relay processes for tests and scripts: number N lives on 127.0.N.1 with a data directory and an operator of its
 * own, and knows those before it. `stop` is SIGTERM, `kill` SIGKILL; `start` brings the same identity, data and port back.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface TestRelay {
  readonly number: number
  readonly url: string
  readonly peerId: string
  readonly addrs: readonly string[]
  readonly stun: string
  readonly pid: number
  readonly dataDir: string
  /** Every line on stderr, over all its lives. */
  readonly lines: readonly string[]
  start(): Promise<void>
  /** Answers the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

export interface Testnet {
  readonly relays: readonly TestRelay[]
  add(env?: Readonly<Record<string, string>>): Promise<TestRelay>
  /** Everything ends and is deleted. */
  stop(): Promise<void>
}

export interface TestnetOptions {
  readonly relays: number
  /** Serve the built app; without, no build is needed. */
  readonly app?: boolean
  readonly env?: Readonly<Record<string, string>>
}

interface Ready {
  readonly url: string
  readonly peerId: string
  readonly addrs: readonly string[]
  readonly stun: string
  readonly pid: number
}

const MAIN = join(import.meta.dirname, '../relay/main.ts')
/** Two cores may be busy with four browsers. */
const START_TIMEOUT_MS = 30_000

export const startTestnet = async ({ relays: count, app = false, env = {} }: TestnetOptions): Promise<Testnet> => {
  const folder = await mkdtemp(join(tmpdir(), 'cryptochat-testnet-'))
  const relays: TestRelay[] = []

  const add = async (extra: Readonly<Record<string, string>> = {}): Promise<TestRelay> => {
    const number = relays.length + 1
    const relay = await startTestRelay({
      number,
      dataDir: join(folder, String(number)),
      args: app ? [] : ['--no-app'],
      env: { BOOTSTRAP: relays.map(({ url }) => url).join(','), ...env, ...extra }
    })
    relays.push(relay)
    return relay
  }

  const stop = async (): Promise<void> => {
    await Promise.all(relays.map((relay) => relay.kill()))
    await rm(folder, { recursive: true, force: true })
  }

  try {
    while (relays.length < count) await add()
  } catch (error) {
    await stop()
    throw error
  }
  return { relays, add, stop }
}

const startTestRelay = async ({
  number,
  dataDir,
  args,
  env
}: {
  readonly number: number
  readonly dataDir: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}): Promise<TestRelay> => {
  const lines: string[] = []
  const launch = async (port: string): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> =>
    await launchRelay({
      args,
      lines,
      env: { HOST: `127.0.${number}.1`, DATA_DIR: dataDir, OPERATOR: `operator-${number}`, ...env, PORT: port }
    })
  let running = await launch(env['PORT'] ?? '0')
  const port = running.ready.addrs[0]?.match(/\/tcp\/(\d+)/)?.[1] ?? '0'

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const { child } = running
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    }
    return child.exitCode
  }

  return {
    number,
    dataDir,
    lines,
    get url() {
      return running.ready.url
    },
    get peerId() {
      return running.ready.peerId
    },
    get addrs() {
      return running.ready.addrs
    },
    get stun() {
      return running.ready.stun
    },
    get pid() {
      return running.ready.pid
    },
    start: async () => {
      if (running.child.exitCode === null && running.child.signalCode === null) return
      running = await launch(port)
    },
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL')
    }
  }
}

/** Runs `relay/main.ts` until its ready line. @throws with what it said when it ends before. */
const launchRelay = async ({
  args,
  env,
  lines
}: {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly lines: string[]
}): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited(), LOG_LEVEL: 'info', ...env }
  })
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
  })
  const ready = new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the relay was not ready in time')), START_TIMEOUT_MS)
    createInterface({ input: child.stdout }).on('line', (line) => {
      clearTimeout(timer)
      resolve(JSON.parse(line) as Ready)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the relay ended with ${String(code)}: ${lines.slice(-5).join('\n')}`))
    })
  })
  try {
    return { child, ready: await ready }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** What a relay must not take over from the shell that runs the tests. */
const inherited = (): NodeJS.ProcessEnv => {
  const ours = [
    'PORT',
    'HOST',
    'PUBLIC_URL',
    'TLS_CERT',
    'TLS_KEY',
    'BOOTSTRAP',
    'OPERATOR',
    'DATA_DIR',
    'NODE_OPTIONS'
  ]
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.includes(name)))
}
