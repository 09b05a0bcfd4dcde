/**
 * One reservation at one relay, made again as often as needed. libp2p itself makes a configured reservation once and
 * never again (js-libp2p#3601), and after one unlucky moment it refuses that relay for ever ("previously invalid").
 */
import type { Listener } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { AppError } from '../../base/errors.ts'
import { circuitListenAddress } from '../addresses.ts'
import type { Libp2pNode } from '../libp2p.ts'

export interface Reservation {
  /** Resolves when the relay has granted it. @throws AppError `offline` */
  make(address: string): Promise<void>
  isInForce(): boolean
}

interface TransportManager {
  getListeners(): Listener[]
  getTransports(): readonly object[]
  listen(addresses: readonly unknown[]): Promise<void>
}

export const createReservation = (libp2p: Libp2pNode, peer: string): Reservation => {
  const transports = transportManagerOf(libp2p)
  // one listener a relay for ever: closing one cancels the reservations at all relays
  let listener: Listener | undefined

  const isListening = (one: Listener | undefined): boolean =>
    one?.getAddrs().some((address) => address.toString().includes(`/p2p/${peer}/p2p-circuit`)) ?? false

  const listen = async (address: string): Promise<void> => {
    const where = circuitListenAddress(address)
    if (listener !== undefined) {
      await listener.listen(where)
      return
    }
    const before = new Set(transports.getListeners())
    const listening = transports.listen([where])
    // libp2p adds it before its first wait, so nobody else's can be in between
    listener = transports.getListeners().find((other) => !before.has(other))
    await listening
  }

  return {
    make: async (address) => {
      forgetRefusal(transports, peer)
      try {
        await listen(address)
      } catch (cause) {
        throw new AppError('offline', 'no reservation', { cause })
      }
      // somebody dialled us in this moment and libp2p made the reservation for a listener of its own: that one counts
      if (!isListening(listener)) listener = transports.getListeners().find(isListening) ?? listener
      if (!isListening(listener)) throw new AppError('offline', 'no reservation')
    },
    isInForce: () => isListening(listener)
  }
}

/** A checked door: the class has these parts, its public interface does not show them. */
const transportManagerOf = (libp2p: Libp2pNode): TransportManager => {
  const { components } = libp2p as unknown as { components?: { transportManager?: TransportManager } }
  const manager = components?.transportManager
  if (manager?.listen === undefined) throw new AppError('internal', 'libp2p has no transport manager')
  return manager
}

/** Takes the relay out of the filter of "previously invalid" ones: it may have been starting when we asked. */
const forgetRefusal = (transports: TransportManager, peer: string): void => {
  for (const transport of transports.getTransports()) {
    const { reservationStore } = transport as {
      reservationStore?: { relayFilter?: { remove?(item: Uint8Array): boolean } }
    }
    reservationStore?.relayFilter?.remove?.(peerIdFromString(peer).toMultihash().bytes)
  }
}
