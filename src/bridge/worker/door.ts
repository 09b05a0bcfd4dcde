/**
 * Where pages come in. One entry file serves both kinds of worker: a SharedWorker gets a port per tab from the
 * browser; a dedicated worker talks to its own tab, and to the other tabs over a BroadcastChannel each, because a port
 * cannot be handed to a stranger without a service worker in between (docs/decisions/0050).
 */
import type { Port } from '../port.ts'

/** Other tabs knock here, naming a channel of their own; whoever serves answers `open` on that channel. */
export const DOOR = 'cryptochat-door'

interface SharedScope {
  addEventListener(type: 'connect', listener: (event: { readonly ports: readonly MessagePort[] }) => void): void
}

export const workerKind = (scope: object): 'shared' | 'dedicated' => ('onconnect' in scope ? 'shared' : 'dedicated')

const isKnock = (data: unknown): data is { readonly kind: 'knock'; readonly channel: string } =>
  typeof data === 'object' &&
  data !== null &&
  (data as Record<string, unknown>)['kind'] === 'knock' &&
  typeof (data as Record<string, unknown>)['channel'] === 'string'

/** Calls `welcome` for every page that comes, for as long as the worker lives. */
export const openDoor = (scope: object, welcome: (port: Port) => void): void => {
  if (workerKind(scope) === 'shared') {
    ;(scope as SharedScope).addEventListener('connect', ({ ports: [port] }) => {
      if (port !== undefined) welcome(port)
    })
    return
  }
  welcome(scope as Port)
  const known = new Set<string>()
  new BroadcastChannel(DOOR).addEventListener('message', ({ data }: MessageEvent) => {
    if (!isKnock(data) || known.has(data.channel)) return
    known.add(data.channel)
    const channel = new BroadcastChannel(data.channel)
    welcome(channel)
    channel.postMessage({ kind: 'open' })
  })
}
