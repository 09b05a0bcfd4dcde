/**
 * A SOCKS5 proxy for one device: everything its TCP says goes through here, so it can be listened to, and held back as a
 * dead network would (nothing is closed, no byte passes). Firefox needs it for `cut`; the secrecy story listens.
 */
import { connect, createServer, type Socket } from 'node:net'

export interface Proxy {
  readonly port: number
  /** Everything that passed, both ways, in pieces as they came. Only with `listen`. */
  heard(): readonly Buffer[]
  cut(): void
  mend(): void
  stop(): Promise<void>
}

export const createProxy = async ({ listen = false }: { readonly listen?: boolean } = {}): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  const pieces: Buffer[] = []
  let isCut = false

  const keep = (socket: Socket): Socket => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (isCut) socket.pause()
    return socket
  }
  const carry = (from: Socket, to: Socket): void => {
    from.on('data', (piece: Buffer) => {
      if (listen) pieces.push(piece)
      to.write(piece)
    })
    from.on('end', () => to.end())
    from.on('close', () => to.destroy())
    if (isCut) from.pause()
  }

  const server = createServer((client) => {
    keep(client)
    void greet(client).then((target) => {
      if (target === undefined) return client.destroy()
      const upstream = keep(connect(target.port, target.host))
      upstream.once('connect', () => {
        client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        carry(client, upstream)
        carry(upstream, client)
      })
      upstream.once('error', () => client.destroy())
      return undefined
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  return {
    port: address.port,
    heard: () => pieces,
    cut: () => {
      isCut = true
      for (const socket of sockets) socket.pause()
    },
    mend: () => {
      isCut = false
      for (const socket of sockets) socket.resume()
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }
}

/** RFC 1928 without authentication: greeting, then one CONNECT. */
const greet = async (client: Socket): Promise<{ host: string; port: number } | undefined> => {
  const read = createReader(client)
  const [version, methods] = await read(2)
  if (version !== 5 || methods === undefined) return undefined
  await read(methods)
  client.write(Buffer.from([5, 0]))
  const [, command, , kind] = await read(4)
  if (command !== 1) return undefined
  const host = await readHost(read, kind)
  const port = (await read(2)).readUInt16BE()
  read.done()
  return host === undefined ? undefined : { host, port }
}

const readHost = async (
  read: (size: number) => Promise<Buffer>,
  kind: number | undefined
): Promise<string | undefined> => {
  if (kind === 1) return [...(await read(4))].join('.')
  if (kind === 3) return (await read((await read(1))[0] ?? 0)).toString('latin1')
  if (kind !== 4) return undefined
  const words = await read(16)
  return Array.from({ length: 8 }, (_, at) => words.readUInt16BE(at * 2).toString(16)).join(':')
}

/** Exact reads from a socket; what is left over goes back to it. */
const createReader = (socket: Socket): ((size: number) => Promise<Buffer>) & { done(): void } => {
  let held = Buffer.alloc(0)
  let wanted: { size: number; give: (bytes: Buffer) => void } | undefined
  const serve = (): void => {
    if (wanted === undefined || held.length < wanted.size) return
    const { size, give } = wanted
    wanted = undefined
    const bytes = held.subarray(0, size)
    held = held.subarray(size)
    give(bytes)
  }
  const onData = (piece: Buffer): void => {
    held = Buffer.concat([held, piece])
    serve()
  }
  socket.on('data', onData)
  const read = (size: number): Promise<Buffer> =>
    new Promise((give) => {
      wanted = { size, give }
      serve()
    })
  return Object.assign(read, {
    done: () => {
      socket.off('data', onData)
      if (held.length > 0) socket.unshift(held)
    }
  })
}
