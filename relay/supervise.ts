/**
 * What libp2p leaves undone on a relay: a reservation ends with its peer's last connection; of two connections of one
 * peer the older must answer a ping or go, because circuits are opened over the oldest one (DL4); and peers that are
 * gone are forgotten, so that visitors do not fill the memory.
 */
import type { Connection, PeerId } from '@libp2p/interface'
import type { Log } from '../src/base/log.ts'
import { DHT_PROTOCOL } from './dht-records.ts'
import type { RelayHost } from './host.ts'

/** A phone that changed networks leaves a connection that looks open for minutes. */
const PROOF_OF_LIFE_MS = 1_500

export const superviseHost = (host: RelayHost, log: Log): { stop(): void } => {
  const stopping = new AbortController()

  const endReservation = (peer: PeerId): void => {
    const { reservations } = host.services.circuits
    // its timer would otherwise end a later reservation of the same peer
    reservations.get(peer)?.signal.clear()
    reservations.delete(peer)
  }

  const forget = async (peer: PeerId): Promise<void> => {
    endReservation(peer)
    const known = await host.peerStore.get(peer).catch(() => undefined)
    const isServer = known?.protocols.includes(DHT_PROTOCOL) === true
    if (known !== undefined && !isServer) await host.peerStore.delete(peer)
  }

  const prove = async (older: Connection): Promise<void> => {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PROOF_OF_LIFE_MS)])
    try {
      const stream = await older.newStream('/ipfs/ping/1.0.0', { signal })
      const answered = new Promise<void>((resolve, reject) => {
        stream.addEventListener('message', () => resolve(), { once: true })
        stream.addEventListener('close', () => reject(new Error('closed')), { once: true })
        signal.addEventListener('abort', () => reject(new Error('no answer')), { once: true })
      })
      stream.send(crypto.getRandomValues(new Uint8Array(32)))
      await answered
      await stream.close({ signal })
    } catch {
      if (stopping.signal.aborted) return
      log.debug('relay.stale-connection')
      older.abort(new Error('replaced by a newer connection'))
    }
  }

  const onOpen = ({ detail: fresh }: CustomEvent<Connection>): void => {
    for (const older of host.getConnections(fresh.remotePeer)) {
      if (older.id !== fresh.id && older.status === 'open') void prove(older)
    }
  }
  const onGone = ({ detail: peer }: CustomEvent<PeerId>): void => {
    forget(peer).catch((error: unknown) => {
      log.debug('relay.forget-failed', { error: error instanceof Error ? error.name : 'unknown' })
    })
  }
  host.addEventListener('connection:open', onOpen)
  host.addEventListener('peer:disconnect', onGone)

  return {
    stop: () => {
      stopping.abort()
      host.removeEventListener('connection:open', onOpen)
      host.removeEventListener('peer:disconnect', onGone)
    }
  }
}
