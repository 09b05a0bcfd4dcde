/**
 * `node relay/main.ts [--no-app]`: reads the environment, starts one relay, prints one JSON line on stdout when it is
 * ready, and stops on SIGTERM or SIGINT. Everything else goes to stderr. Exit: 0 stopped, 1 crashed, 2 misconfigured.
 */
import { ConfigError, readConfig } from './config.ts'
import type { Config } from './config.ts'
import { catchCrashes } from './crash.ts'
import { createRelayLog } from './log.ts'
import { startRelay } from './relay.ts'
import type { Relay } from './relay.ts'

/** The port must be free 3 s after the signal, even when a peer does not let go. */
const STOP_MS = 2_500

const complain = (error: unknown): never => {
  const sentence = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${sentence}\n`)
  process.exit(error instanceof ConfigError ? 2 : 1)
}

const howToReach = ({ host, publicUrl }: Config, { ready }: Relay): string | undefined => {
  const isLocal = /^127\.|^::1$/.test(host)
  if (publicUrl !== undefined || !isLocal) return undefined
  return (
    `Only this machine can reach ${ready.url}. For other devices give the address they will use: ` +
    'PUBLIC_URL=https://your.name npm start, with TLS_CERT and TLS_KEY or behind a proxy that does https ' +
    '(browsers refuse the app on plain http).\n'
  )
}

const readOrComplain = (): Config => {
  try {
    return readConfig(process.env, process.argv.slice(2), new URL('../', import.meta.url))
  } catch (error) {
    return complain(error)
  }
}

// what we write is for our own user only
process.umask(0o077)
const config = readOrComplain()
const log = createRelayLog(config.logLevel)
catchCrashes(log)

let relay: Relay | undefined
let isStopping = false
const stop = (signal: NodeJS.Signals): void => {
  if (isStopping) return
  isStopping = true
  log.info('relay.stopping', { signal })
  setTimeout(() => process.exit(0), STOP_MS).unref()
  void (relay?.stop() ?? Promise.resolve()).finally(() => process.exit(0))
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

try {
  relay = await startRelay(config, log)
  process.stdout.write(`${JSON.stringify(relay.ready)}\n`)
  const hint = howToReach(config, relay)
  if (hint !== undefined) process.stderr.write(hint)
} catch (error) {
  complain(error)
}
