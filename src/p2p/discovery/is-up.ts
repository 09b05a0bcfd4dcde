/**
 * Asks whether anything answers at a relay's address, without a WebSocket: Chromium holds back WebSockets to a host that
 * failed often, by up to five seconds, and a relay that comes back after a minute shall not wait for that.
 */
import { multiaddr } from '@multiformats/multiaddr'

const ASK_MS = 1_500

/** `unknown` where asking is not allowed (the page's policy names only https and its own origin). */
export const isUp = async (address: string, signal: AbortSignal): Promise<'up' | 'down' | 'unknown'> => {
  const url = relayUrl(address)
  if (url === undefined || !(url.protocol === 'https:' || url.origin === globalThis.location?.origin)) return 'unknown'
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])
    // any answer will do, so no permission to read it is needed
    await fetch(new URL('/healthz', url), { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: deadline })
    return 'up'
  } catch {
    return 'down'
  }
}

/** Where the web server behind the same port is. */
export const relayUrl = (address: string): URL | undefined => {
  const parts = multiaddr(address).getComponents()
  const host = parts.find(({ name }) => name === 'ip4' || name === 'ip6' || name.startsWith('dns'))
  const port = parts.find(({ name }) => name === 'tcp')?.value
  if (host?.value === undefined || port === undefined) return undefined
  const isSecure = parts.some(({ name }) => name === 'tls' || name === 'wss')
  const named = host.name === 'ip6' ? `[${host.value}]` : host.value
  return new URL(`${isSecure ? 'https' : 'http'}://${named}:${port}`)
}
