/**
 * The messenger's port, on libp2p: deliver, receive, the directory, and who is in reach. What arrives is handed on with
 * the Noise-authenticated device it came from; nothing is answered before the handler has written it.
 */
import { AppError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type {
  Arrived,
  DeliverResult,
  DeviceId,
  EnvelopeAnswer,
  Net,
  Path,
  Reachability,
  Target
} from '../messenger/net.ts'
import { DELIVER_PROTOCOL, MAX_ENVELOPE_BYTES } from '../wire/deliver.ts'
import { isPeerId, pathOf } from './addresses.ts'
import type { Connections } from './connections.ts'
import { createDeliver } from './deliver.ts'
import type { Dialer } from './dial.ts'
import { createDirectory } from './directory.ts'
import { shortened } from './discovery/relays.ts'
import type { Relays } from './discovery/relays.ts'
import type { Libp2pNode } from './libp2p.ts'
import { createDirectoryClient } from './protocols/directory/client.ts'
import { createDeliverServer } from './protocols/deliver/server.ts'

export interface P2pNet {
  readonly net: Net
  /** A reservation is in force: the inbox is attended there. */
  onReserved(relay: string): void
  /** Tells every listener, soon and once for many changes. */
  changed(): void
  /** Frames and envelopes refused, by reason. */
  refusals(): Readonly<Record<string, number>>
  /** We wrote to it or were told to be close to it, and not by relay only: it may learn our address by meeting directly. */
  mayMeet(device: string): boolean
  isDenied(device: string): boolean
}

export interface NetDeps {
  readonly libp2p: Libp2pNode
  readonly relays: Relays
  readonly connections: Connections
  readonly dialer: Dialer
  readonly isOnline: () => boolean
  readonly clock: Clock
  readonly log: Log
}

const ATTEND_MS = 5_000
const KNOCK_MS = 12_000
/** Changes come in bursts: a relay lost is five events. */
const TELL_AFTER_MS = 20
/** Streams are opened once a connection and stay; a few more are answers to a reconnect or a relay's knocks. */
const MAX_STREAMS = 32

export const createNet = async ({
  libp2p,
  relays,
  connections,
  dialer,
  isOnline,
  clock,
  log
}: NetDeps): Promise<P2pNet> => {
  const deliverTo = createDeliver({ connections, dialer, clock })
  const directory = createDirectory({ relays, clock, log })
  const listeners = new Set<(now: Reachability) => void>()
  const refused = new Map<string, number>()
  // a stranger who knows our device id must not make us show where we are
  const mayMeet = new Set<string>()
  let denied: ReadonlySet<string> = new Set()
  let handler: ((arrived: Arrived) => Promise<EnvelopeAnswer>) | undefined
  let makeProof: ((relay: string) => Uint8Array) | undefined
  let published: Parameters<Net['directory']['publish']>[0] | undefined
  let telling = false

  const countRefusal = (why: string): void => {
    refused.set(why, (refused.get(why) ?? 0) + 1)
    log.warn('p2p.refused', { why, count: refused.get(why) ?? 0 })
  }

  const serve = createDeliverServer({
    log,
    onRefused: countRefusal,
    handle: async ({ connection, envelope }) => {
      // not started yet: the sender keeps it
      if (handler === undefined) return { outcome: 'later' }
      const path = pathOf(connection.remoteAddr)
      const arrived: Arrived =
        path === 'relay'
          ? { path: 'relayed', envelope }
          : { path, envelope, from: connection.remotePeer.toString() as DeviceId }
      return await handler(arrived)
    }
  })
  await libp2p.handle(DELIVER_PROTOCOL, (stream, connection) => void serve(stream, connection), {
    runOnLimitedConnection: true,
    maxInboundStreams: MAX_STREAMS,
    maxOutboundStreams: MAX_STREAMS
  })

  const rememberWish = (target: Target): void => {
    if (target.to !== 'device') return
    if (target.relayOnly === true) {
      mayMeet.delete(target.device)
      return
    }
    if (mayMeet.has(target.device)) return
    mayMeet.add(target.device)
    // who is connected already may have tried to meet us, and been turned away: now it is our turn
    if (connections.find(target.device, 'relayed') !== undefined) dialer.replace(target.device)
  }

  /** Every home is rung until one device takes it: only the first answer counts. */
  const knock = async (
    { did, homes }: Extract<Target, { to: 'inbox' }>,
    envelope: Uint8Array,
    signal: AbortSignal
  ): Promise<DeliverResult> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(KNOCK_MS)])
    const answers = await directory.askAll(homes, (client, asked) => client.knock(did, envelope, { signal: asked }), {
      isEnough: ({ outcome }) => outcome === 'taken',
      signal: deadline
    })
    const taken = answers.find((answer) => answer.outcome === 'taken')
    if (taken !== undefined && isPeerId(taken.device)) {
      return { outcome: 'delivered', device: taken.device as DeviceId, answer: taken.answer, path: 'relayed' }
    }
    const no = answers.find((answer) => answer.outcome === 'refused')
    if (no !== undefined) return { outcome: 'refused', why: no.why }
    return { outcome: 'unreachable', why: answers.length === 0 ? 'no home answers' : 'nobody is home' }
  }

  const attend = async (relay: string): Promise<void> => {
    const connection = relays.connectionTo(relay)
    if (connection === undefined || makeProof === undefined) return
    const client = createDirectoryClient(connection)
    const signal = AbortSignal.timeout(ATTEND_MS)
    let outcome = await client.attend(makeProof(relay), { signal })
    if (outcome === 'needed' && published !== undefined) {
      await client.publish(published, { signal })
      outcome = await client.attend(makeProof(relay), { signal })
    }
    log.debug('p2p.attend', { relay: shortened(relay), outcome })
  }

  const attendSoon = (relay: string): void => {
    attend(relay).catch((error: unknown) => {
      log.info('p2p.attend-failed', { relay: shortened(relay), why: error instanceof Error ? error.message : '' })
    })
  }

  const attendEverywhere = (): void => {
    for (const home of relays.homes()) attendSoon(home.split('/p2p/').at(-1) ?? '')
  }

  const reachability = (): Reachability => {
    const homes = relays.homes()
    const online = isOnline()
    const devices = new Map<DeviceId, { readonly path: Path; readonly roundTripMs?: number }>()
    for (const device of connections.devices()) {
      const best = connections.find(device, 'direct') ?? connections.find(device, 'relayed')
      if (best === undefined) continue
      const { path, roundTripMs } = best
      devices.set(device as DeviceId, roundTripMs === undefined ? { path } : { path, roundTripMs })
    }
    const state = homes.length > 0 ? 'connected' : online ? 'connecting' : 'offline'
    return { online, state, devices, homes }
  }

  const tell = async (): Promise<void> => {
    await clock.sleep(TELL_AFTER_MS)
    telling = false
    const now = reachability()
    for (const listener of listeners) listener(now)
  }

  const changed = (): void => {
    if (telling) return
    telling = true
    void tell()
  }

  const net: Net = {
    deliver: async (target, envelope, { signal }) => {
      if (envelope.length > MAX_ENVELOPE_BYTES) throw new AppError('too-large', 'the envelope does not fit a frame')
      if (target.to === 'inbox') return await knock(target, envelope, signal)
      if (!isPeerId(target.device)) throw new AppError('malformed', 'not a device id')
      if (denied.has(target.device)) return { outcome: 'unreachable', why: 'denied' }
      rememberWish(target)
      const { device, homes, relayOnly: noDirect } = target
      return await deliverTo({ device, homes, direct: noDirect !== true, envelope, signal })
    },
    onEnvelope: (next) => {
      handler = next
    },
    directory: {
      ...directory,
      publish: async (record) => {
        published = record
        const count = await directory.publish(record)
        // a relay that did not know us could not let us attend
        attendEverywhere()
        return count
      }
    },
    attendInbox: (make) => {
      makeProof = make
      attendEverywhere()
    },
    warm: (targets) => {
      for (const target of targets) {
        if (target.to !== 'device' || denied.has(target.device) || !isPeerId(target.device)) continue
        rememberWish(target)
        dialer
          .relayed(target.device, target.homes, AbortSignal.timeout(KNOCK_MS))
          .then(() => dialer.upgrade(target.device))
          .catch(() => log.debug('p2p.warm-failed', { device: shortened(target.device) }))
      }
    },
    deny: (devices) => {
      denied = new Set(devices)
      for (const device of devices) {
        mayMeet.delete(device)
        connections.closeAll(device)
      }
    },
    reachability,
    onReachability: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }

  return {
    net,
    onReserved: attendSoon,
    changed,
    refusals: () => Object.fromEntries(refused),
    mayMeet: (device) => mayMeet.has(device) && !denied.has(device),
    isDenied: (device) => denied.has(device)
  }
}
