/**
 * A real relay process (`relay/main.ts`) that also serves the built app. `kill` is SIGKILL; `start` brings the same
 * identity, data and port back.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isRunning, signal } from './processes.ts'

export interface Relay {
  readonly url: string
  readonly peerId: string
  readonly pid: number
  start(): Promise<void>
  /** SIGTERM, and back when it has ended. */
  stop(): Promise<void>
  /** SIGKILL, and back when it has ended. */
  kill(): Promise<void>
}

/** What the stories of this repository use besides the contract. */
export interface RelayProcess extends Relay {
  readonly dataDir: string
  /** Every line it wrote to stderr, over all its lives. */
  readonly lines: readonly string[]
}

export interface RelayOptions {
  readonly dataDir: string
  readonly host?: string
  readonly env?: Readonly<Record<string, string>>
  /** Node's own options, for a story that listens inside the process. */
  readonly nodeArgs?: readonly string[]
}

interface Ready {
  readonly ready: true
  readonly url: string
  readonly peerId: string
  readonly pid: number
}

const ROOT = join(import.meta.dirname, '../..')
/** A first start makes keys and opens databases; two cores may be busy with four browsers. */
const START_TIMEOUT_MS = 20_000

export const startRelay = async (options: RelayOptions): Promise<RelayProcess> => {
  await mkdir(options.dataDir, { recursive: true })
  const lines: string[] = []
  let running = await launch(options, lines, 0)
  const port = Number(new URL(running.ready.url).port)

  const end = async (name: NodeJS.Signals): Promise<void> => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return
    const ended = once(running.child, 'exit')
    signal(running.ready.pid, name)
    await ended
  }
  return {
    get url() {
      return running.ready.url
    },
    get peerId() {
      return running.ready.peerId
    },
    get pid() {
      return running.ready.pid
    },
    dataDir: options.dataDir,
    lines,
    start: async () => {
      if (isRunning(running.ready.pid)) return
      running = await launch(options, lines, port)
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL')
  }
}

const launch = async (
  { dataDir, host = '127.0.0.1', env = {}, nodeArgs = [] }: RelayOptions,
  lines: string[],
  port: number
): Promise<{ child: ChildProcess; ready: Ready }> => {
  const child = spawn(process.execPath, [...nodeArgs, 'relay/main.ts'], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), PORT: String(port), HOST: host, DATA_DIR: dataDir, LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line))
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the relay ended with ${String(code)} before it was ready:\n${lines.slice(-20).join('\n')}`)
  })
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the relay was not ready in time')), START_TIMEOUT_MS).unref()
  })
  try {
    const ready = await Promise.race([readReady(child), failed, late])
    return { child, ready }
  } catch (cause) {
    child.kill('SIGKILL')
    throw cause
  } finally {
    // once it is ready, its end is no failure of the start
    failed.catch(() => undefined)
    late.catch(() => undefined)
  }
}

const readReady = async (child: ChildProcess): Promise<Ready> => {
  if (child.stdout === null) throw new Error('the relay has no stdout')
  const reader = createInterface({ input: child.stdout })
  return new Promise((resolve) => {
    reader.on('line', (line) => {
      if (!line.startsWith('{')) return
      const said: unknown = JSON.parse(line)
      if (isReady(said)) resolve(said)
    })
  })
}

const isReady = (said: unknown): said is Ready =>
  typeof said === 'object' && said !== null && 'ready' in said && 'url' in said && 'peerId' in said && 'pid' in said

/** Settings of the person who runs the tests must not reach the relays of a story. */
const cleanEnvironment = (): NodeJS.ProcessEnv => {
  const own = ['PORT', 'HOST', 'DATA_DIR', 'PUBLIC_URL', 'TLS_CERT', 'TLS_KEY', 'BOOTSTRAP', 'OPERATOR', 'LOG_LEVEL']
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.includes(name)))
}
