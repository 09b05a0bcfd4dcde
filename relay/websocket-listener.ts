/**
 * libp2p's WebSocket transport on our own HTTP server: its listener wants to own a port, so we keep its half that turns
 * upgraded sockets into connections and leave the listening to the door. Two of its private members are used, checked
 * at start; a new version of the package that lacks them fails loudly there.
 */
import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:net'
import type { Duplex } from 'node:stream'
import type { CreateListenerOptions, Listener, Transport, Upgrader } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@multiformats/multiaddr'
import { KiB, MiB } from '../src/base/bytes.ts'
import type { Door } from './door.ts'
import type { Refusals } from './limits.ts'

/** A Noise frame is at most 64 KiB; a sender may join a few. The library's own limit is 100 MiB. */
const MAX_MESSAGE_BYTES = 1 * MiB
/** Unsent bytes of one slow reader before its senders must wait. */
const MAX_BUFFERED_BYTES = 1 * MiB + 64 * KiB

interface UpgradedSocket {
  on(event: 'error', listener: (error: Error) => void): void
}

/** What we rely on of the package's WebSocketListener. */
interface InnerListener extends Listener {
  readonly server: Pick<Server, 'address'>
  readonly wsServer: {
    readonly options: { maxPayload: number }
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (socket: UpgradedSocket, request: IncomingMessage) => void
    ): void
  }
  onWsServerConnection(socket: UpgradedSocket, request: IncomingMessage): void
}

const checkInner = (listener: Listener): InnerListener => {
  const inner = listener as InnerListener
  const isKnown =
    typeof inner.onWsServerConnection === 'function' && typeof inner.wsServer?.handleUpgrade === 'function'
  if (!isKnown) throw new Error('@libp2p/websockets has changed: relay/websocket-listener.ts must be adapted')
  return inner
}

type Components = Parameters<ReturnType<typeof webSockets>>[0]

export const webSocketsBehind =
  (door: Door, refusals: Refusals) =>
  (components: Components): Transport => {
    const transport = webSockets({ maxBufferedAmount: MAX_BUFFERED_BYTES })(components)
    const createInner = transport.createListener.bind(transport)
    transport.createListener = ({ upgrader }: CreateListenerOptions) =>
      attach(checkInner(createInner({ upgrader: countingFailures(upgrader, refusals) })), door, refusals)
    return transport
  }

/** Too many handshakes at once, one that takes too long, or bytes that are none: the library closes, we count. */
const countingFailures = (upgrader: Upgrader, refusals: Refusals): Upgrader =>
  new Proxy(upgrader, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'upgradeInbound') return value.bind(target) as unknown
      return async (...args: Parameters<Upgrader['upgradeInbound']>) => {
        try {
          return await target.upgradeInbound(...args)
        } catch (error) {
          refusals.count('handshake')
          throw error
        }
      }
    }
  })

const attach = (inner: InnerListener, door: Door, refusals: Refusals): Listener => {
  let listening: Multiaddr | undefined
  inner.wsServer.options.maxPayload = MAX_MESSAGE_BYTES
  inner.server.address = () => door.address()

  inner.listen = async (address) => {
    listening = address
    door.onUpgrade((request, socket, head) => {
      inner.wsServer.handleUpgrade(request, socket, head, (upgraded) => {
        // without a listener a single bad WebSocket frame would end the process
        upgraded.on('error', () => {
          refusals.count('websocket')
        })
        inner.onWsServerConnection(upgraded, request)
      })
    })
    inner.dispatchEvent(new CustomEvent('listening'))
    await Promise.resolve()
  }
  inner.getAddrs = () => (listening === undefined ? [] : [multiaddr(listening.toString())])
  inner.close = async () => {
    listening = undefined
    door.onUpgrade(undefined)
    inner.dispatchEvent(new CustomEvent('close'))
    await Promise.resolve()
  }
  return inner
}
