/** What the operator decides, read once from the environment. A mistake is one sentence on stderr, never a half-started relay. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import { LOG_LEVELS } from '../src/base/log.ts'
import type { LogLevel } from '../src/base/log.ts'

export interface Config {
  /** 0: any free one. TCP for web and libp2p, UDP of the same number for STUN. */
  readonly port: number
  /** What we bind. Without PUBLIC_URL only this machine can reach us. */
  readonly host: string
  readonly dataDir: string
  /** The origin that invites, QR codes and announced addresses use. */
  readonly publicUrl: URL | undefined
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** Other relays: URLs or multiaddrs. */
  readonly bootstrap: readonly string[]
  readonly operator: string
  readonly logLevel: LogLevel | 'silent'
  /** Where the built app lies; undefined for a relay without app. */
  readonly appDir: string | undefined
  /** Who may read /metrics. Behind a proxy everybody looks local, so there it must be asked for. */
  readonly metricsFor: 'everybody' | 'this machine' | 'nobody'
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
}

/** A sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Env = Readonly<Record<string, string | undefined>>

const DEFAULT_PORT = 8080
/** PLATFORM: 1,000 reservations cost 184 MB in one process. */
const DEFAULT_MAX_CONNECTIONS = 4_000
/** A school behind one address, or everybody behind one proxy that the operator put in front. */
const DEFAULT_MAX_PER_ADDRESS = 500

/** @throws ConfigError */
export const readConfig = (env: Env, args: readonly string[], root: URL): Config => {
  const unknown = args.find((arg) => arg !== '--no-app')
  if (unknown !== undefined) throw new ConfigError(`${unknown} is no option of the relay; it knows only --no-app.`)
  const publicUrl = readPublicUrl(set(env, 'PUBLIC_URL'))
  const tls = readTls(set(env, 'TLS_CERT'), set(env, 'TLS_KEY'))
  const isProxied = publicUrl !== undefined && tls === undefined
  return {
    port: readNumber(env, 'PORT', { fallback: DEFAULT_PORT, min: 0, max: 65_535 }),
    host: readHost(set(env, 'HOST'), publicUrl),
    dataDir: set(env, 'DATA_DIR') ?? '.data',
    publicUrl,
    tls,
    bootstrap: (set(env, 'BOOTSTRAP') ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map(checkBootstrap),
    operator: readOperator(set(env, 'OPERATOR')),
    logLevel: readLogLevel(set(env, 'LOG_LEVEL')),
    appDir: args.includes('--no-app') ? undefined : (set(env, 'DIST') ?? fileURLToPath(new URL('dist', root))),
    metricsFor: set(env, 'METRICS') === '1' ? 'everybody' : isProxied ? 'nobody' : 'this machine',
    maxConnections: readNumber(env, 'MAX_CONNECTIONS', { fallback: DEFAULT_MAX_CONNECTIONS, min: 1, max: 100_000 }),
    maxConnectionsPerAddress: readNumber(env, 'MAX_CONNECTIONS_PER_ADDRESS', {
      fallback: DEFAULT_MAX_PER_ADDRESS,
      min: 1,
      max: 100_000
    })
  }
}

const set = (env: Env, name: string): string | undefined => {
  const value = env[name]?.trim()
  return value === undefined || value === '' ? undefined : value
}

const readNumber = (
  env: Env,
  name: string,
  { fallback, min, max }: { fallback: number; min: number; max: number }
): number => {
  const value = set(env, name)
  if (value === undefined) return fallback
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not “${value}”.`)
  }
  return number
}

const readPublicUrl = (value: string | undefined): URL | undefined => {
  if (value === undefined) return undefined
  const url = URL.canParse(value) ? new URL(value) : undefined
  const isOrigin =
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    `${url.search}${url.hash}${url.username}${url.password}` === ''
  if (!isOrigin) {
    throw new ConfigError(
      `PUBLIC_URL must be an http(s) address without a path, like https://chat.example.org, not “${value}”.`
    )
  }
  return url
}

const readHost = (value: string | undefined, publicUrl: URL | undefined): string => {
  if (value === undefined) return publicUrl === undefined ? '127.0.0.1' : '0.0.0.0'
  if (value === 'localhost') return '127.0.0.1'
  if (isIP(value) === 0) throw new ConfigError(`HOST must be an IP address to bind, not “${value}”.`)
  return value
}

const readFile = (name: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ConfigError(`${name} points at ${path}, which cannot be read.`, { cause })
  }
}

const readTls = (cert: string | undefined, key: string | undefined): Config['tls'] => {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw new ConfigError('TLS_CERT and TLS_KEY must be given together.')
  return { cert: readFile('TLS_CERT', cert), key: readFile('TLS_KEY', key) }
}

const checkBootstrap = (entry: string): string => {
  if (entry.startsWith('/') || (/^https?:\/\//.test(entry) && URL.canParse(entry))) return entry
  throw new ConfigError(`BOOTSTRAP takes addresses like https://relay.example.org or /dns4/…/p2p/…, not “${entry}”.`)
}

const readOperator = (value: string | undefined): string => {
  if (value === undefined) return ''
  // eslint-disable-next-line no-control-regex -- control characters are what is refused here
  if (value.length > 64 || /[\u0000-\u001f]/.test(value)) {
    throw new ConfigError('OPERATOR must be a short name of at most 64 characters.')
  }
  return value
}

const readLogLevel = (value: string | undefined): Config['logLevel'] => {
  const level = value ?? 'info'
  const known = [...LOG_LEVELS, 'silent' as const].find((name) => name === level)
  if (known === undefined)
    throw new ConfigError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')} or silent, not “${level}”.`)
  return known
}
