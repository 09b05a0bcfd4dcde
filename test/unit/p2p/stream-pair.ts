/** Real libp2p streams on the memory transport: both ends of one, as often as wanted. */
import { memory } from '@libp2p/memory'
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

export interface StreamPairs {
  /** Ours is the one that asks. */
  open(): Promise<{ readonly ours: Stream; readonly theirs: Stream; readonly connection: Connection }>
  /** From us to them; `onStream` gets their end of every stream opened on it. */
  readonly connection: Connection
  stop(): Promise<void>
}

let next = 0

const make = async (listen: string[]) =>
  await createLibp2p({
    addresses: { listen },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }
  })

export const createStreamPairs = async (protocol: string): Promise<StreamPairs> => {
  const address = `/memory/streams-${next++}-${Math.floor(performance.now())}`
  const [server, client] = [await make([address]), await make([])]
  let arrived = Promise.withResolvers<{ stream: Stream; connection: Connection }>()
  await server.handle(protocol, (stream, connection) => arrived.resolve({ stream, connection }), {
    maxInboundStreams: 1e6
  })
  const connection = await client.dial(multiaddr(address))
  return {
    connection,
    open: async () => {
      arrived = Promise.withResolvers()
      const ours = await connection.newStream(protocol, { maxOutboundStreams: 1e6 })
      const { stream: theirs, connection: other } = await arrived.promise
      return { ours, theirs, connection: other }
    },
    stop: async () => {
      await Promise.all([server.stop(), client.stop()])
    }
  }
}
