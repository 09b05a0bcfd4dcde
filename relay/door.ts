/**
 * The one TCP port: our own HTTP(S) server in front. Ordinary requests go to the web, upgrades to libp2p. Every socket
 * is counted, limited and destroyed at the end, so that the port is free at once.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Log } from '../src/base/log.ts'
import { ConfigError } from './config.ts'
import type { Config } from './config.ts'
import type { ConnectionBook, Refusals } from './limits.ts'

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface Door {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  address(): AddressInfo | null
  /** Who takes WebSocket upgrades; undefined refuses them. */
  onUpgrade(listener: UpgradeListener | undefined): void
  close(): Promise<void>
}

export interface DoorDeps {
  readonly config: Pick<Config, 'host' | 'port' | 'tls'>
  readonly connections: ConnectionBook
  readonly refusals: Refusals
  readonly log: Log
  readonly onRequest: RequestListener
}

/** A request that is not complete by then is a slow-loris, not a slow phone. */
const SERVER_OPTIONS: ServerOptions = {
  noDelay: true, // PLATFORM: without it 7 ms become 89 ms
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024
}

/** @throws ConfigError when the port cannot be had. */
export const openDoor = async ({ config, connections, refusals, log, onRequest }: DoorDeps): Promise<Door> => {
  const sockets = new Set<Socket>()
  let upgrade: UpgradeListener | undefined

  const server = makeServer(config, onRequest)
  server.on('connection', (socket: Socket) => {
    const entry = connections.open(socket.remoteAddress ?? 'unknown')
    if ('refused' in entry) {
      refusals.count(entry.refused)
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      entry.close()
    })
    // a reset by the other side is its own business
    socket.on('error', () => {
      socket.destroy()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {
      socket.destroy()
    })
    if (upgrade === undefined) {
      refusals.count('websocket')
      socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
      return
    }
    upgrade(request, socket, head)
  })
  server.on('clientError', (_error, socket) => {
    refusals.count('http')
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
    else socket.destroy()
  })
  server.on('tlsClientError', (_error: Error, socket: Socket) => {
    refusals.count('tls')
    socket.destroy()
  })

  const { port } = await listen(server, config)
  log.info('door.open', { port, tls: config.tls !== undefined })

  return {
    host: config.host,
    port,
    isSecure: config.tls !== undefined,
    address: () => server.address() as AddressInfo | null,
    onUpgrade: (listener) => {
      upgrade = listener
    },
    close: async () => {
      upgrade = undefined
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    }
  }
}

const makeServer = ({ tls }: DoorDeps['config'], onRequest: RequestListener): Server => {
  if (tls === undefined) return createServer(SERVER_OPTIONS, onRequest)
  try {
    return createTlsServer({ ...SERVER_OPTIONS, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 }, onRequest)
  } catch (cause) {
    throw new ConfigError('TLS_CERT and TLS_KEY are not a certificate and its key in PEM.', { cause })
  }
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is no address of this machine'
}

const listen = async (server: Server, { host, port }: DoorDeps['config']): Promise<AddressInfo> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port, backlog: 1024 }, resolve)
  try {
    await promise
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new ConfigError(`${host}:${port} ${WHY_NOT[code] ?? `cannot be used (${code})`}.`, { cause })
  } finally {
    server.off('error', reject)
  }
  // later errors of the listening socket (out of file handles) pass: the next accept may work again
  server.on('error', () => undefined)
  return server.address() as AddressInfo
}
