/**
 * The simulated world between devices: one relay that is a directory, and connections that exist as long as both ends are
 * online. `carry` decides what happens to each envelope, so a story delivers at once and a simulation when chance says so.
 */
import { bytesToHex } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { compareHeads, verifyHead } from '../../src/crypto/head.ts'
import { attendProof, attendStatement } from '../../src/wire/directory.ts'
import type {
  Arrived,
  DeliverResult,
  DeviceId,
  Did,
  EnvelopeAnswer,
  Net,
  Path,
  Reachability
} from '../../src/messenger/net.ts'

export const RELAY = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'
export const HOME = `/ip4/127.0.0.1/tcp/4001/ws/p2p/${RELAY}`

type Handler = (arrived: Arrived) => Promise<EnvelopeAnswer>

/** One try to hand an envelope over. `run` lets the receiver work; it may be called twice, or never. */
export interface Carried {
  readonly from: DeviceId
  readonly to: DeviceId
  readonly envelope: Uint8Array
  run(): Promise<DeliverResult>
}
export type Carry = (carried: Carried) => Promise<DeliverResult>

interface Station {
  online: boolean
  handler: Handler | undefined
  did: Did | undefined
  readonly listeners: Set<(now: Reachability) => void>
  denied: ReadonlySet<DeviceId>
  /** A later start of the same device replaces the earlier one's port. */
  life: number
}

export interface SimNetwork {
  /** The port of a device; asking again is a new start of the same device. */
  join(device: DeviceId): Net
  setOnline(device: DeviceId, online: boolean): void
  isOnline(device: DeviceId): boolean
  /** No byte between these two, until healed. */
  cut(a: DeviceId, b: DeviceId): void
  heal(): void
  carry: Carry
  /** Hands over bytes as if `from` had sent them: for the hostile. */
  inject(from: DeviceId, to: DeviceId, envelope: Uint8Array): Promise<DeliverResult>
  /** Every envelope that was handed over, for whoever wants to listen on the wire. */
  readonly sniffed: Uint8Array[]
  readonly records: { readonly heads: Map<Did, Uint8Array[]>; readonly documents: Map<string, Uint8Array> }
}

/** A world publishes few heads and compares them often. */
const createHeadReader = (): typeof verifyHead => {
  const known = new Map<string, ReturnType<typeof verifyHead>>()
  return (bytes) => {
    const key = bytesToHex(sha256(bytes))
    const head = known.get(key) ?? verifyHead(bytes)
    known.set(key, head)
    return head
  }
}

const pair = (a: DeviceId, b: DeviceId): string => [a, b].toSorted().join(' ')

export const createSimNetwork = ({ path = 'direct' }: { readonly path?: Path } = {}): SimNetwork => {
  const stations = new Map<DeviceId, Station>()
  const heads = new Map<Did, Uint8Array[]>()
  const documents = new Map<string, Uint8Array>()
  const cards = new Map<string, { readonly writer: string; readonly sealed: Uint8Array | undefined }>()
  const cuts = new Set<string>()
  const links = new Set<string>()
  const sniffed: Uint8Array[] = []
  const readHead = createHeadReader()

  const reaches = (a: DeviceId, b: DeviceId): boolean => {
    const [one, other] = [stations.get(a), stations.get(b)]
    if (one?.online !== true || other?.online !== true || cuts.has(pair(a, b))) return false
    return !one.denied.has(b) && !other.denied.has(a)
  }
  const look = (device: DeviceId): Reachability => {
    const online = stations.get(device)?.online === true
    const others = online ? [...stations.keys()].filter((other) => links.has(pair(device, other))) : []
    return {
      online,
      state: online ? 'connected' : 'offline',
      devices: new Map(others.map((other) => [other, { path }])),
      homes: online ? [HOME] : []
    }
  }
  const tell = (...devices: readonly DeviceId[]): void => {
    for (const device of devices) for (const listener of stations.get(device)?.listeners ?? []) listener(look(device))
  }
  const connect = (a: DeviceId, b: DeviceId): void => {
    if (links.has(pair(a, b))) return
    links.add(pair(a, b))
    tell(a, b)
  }
  const prune = (): void => {
    for (const link of links) {
      const [a, b] = link.split(' ') as [DeviceId, DeviceId]
      if (reaches(a, b)) continue
      links.delete(link)
      tell(a, b)
    }
  }

  /** `isDirect`: a connection to the device; otherwise through its home, which names nobody. */
  const handOver = async (
    from: DeviceId,
    to: DeviceId,
    envelope: Uint8Array,
    isDirect: boolean
  ): Promise<DeliverResult> => {
    const handler = stations.get(to)?.handler
    if (!reaches(from, to) || handler === undefined) return { outcome: 'unreachable', why: 'no path' }
    if (isDirect) connect(from, to)
    sniffed.push(envelope)
    const answer = await handler({ ...(isDirect && { from }), path: isDirect ? path : 'relayed', envelope }).catch(
      (): EnvelopeAnswer => ({ outcome: 'absent' })
    )
    if (answer.outcome === 'absent') return { outcome: 'unreachable', why: 'no answer' }
    if (answer.outcome === 'refused') return answer
    return { outcome: 'delivered', device: to, answer: answer.answer, path: isDirect ? path : 'relayed' }
  }

  const network: SimNetwork = {
    carry: (carried) => carried.run(),
    inject: (from, to, envelope) => handOver(from, to, envelope, true),
    sniffed,
    records: { heads, documents },
    isOnline: (device) => stations.get(device)?.online === true,
    setOnline: (device, online) => {
      const station = stations.get(device)
      if (station === undefined || station.online === online) return
      station.online = online
      prune()
      tell(device)
    },
    cut: (a, b) => {
      cuts.add(pair(a, b))
      prune()
    },
    heal: () => cuts.clear(),
    join: (device) => {
      const life = (stations.get(device)?.life ?? 0) + 1
      const station: Station = {
        online: stations.get(device)?.online ?? true,
        handler: undefined,
        did: undefined,
        listeners: new Set(),
        denied: new Set(),
        life
      }
      stations.set(device, station)
      const isAlive = (): boolean => stations.get(device) === station && station.online
      return {
        deliver: async (target, envelope, { signal }) => {
          if (!isAlive() || signal.aborted) return { outcome: 'unreachable', why: 'offline' }
          const to =
            target.to === 'device'
              ? target.device
              : [...stations].find(([, other]) => other.did === target.did && other.online)?.[0]
          if (to === undefined) return { outcome: 'unreachable', why: 'absent' }
          const isDirect = target.to === 'device'
          const run = (): Promise<DeliverResult> => handOver(device, to, envelope, isDirect)
          const given: Promise<DeliverResult> = new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve({ outcome: 'unreachable', why: 'aborted' }), { once: true })
          })
          return await Promise.race([network.carry({ from: device, to, envelope, run }), given])
        },
        onEnvelope: (handler) => {
          station.handler = handler
        },
        directory: {
          publish: async ({ head, document }) => {
            if (!isAlive()) return 0
            const { did } = readHead(head)
            const known = [...(heads.get(did) ?? []), head].toSorted((a, b) => compareHeads(readHead(b), readHead(a)))
            // equal places with other documents are both kept (ID5); of one document the newest head
            const best = new Map(known.toReversed().map((bytes) => [bytesToHex(readHead(bytes).documentHash), bytes]))
            heads.set(did, [...best.values()].toReversed())
            documents.set(bytesToHex(sha256(document)), document)
            return 1
          },
          heads: async (did) => (isAlive() ? (heads.get(did) ?? []) : []),
          // a home knows documents too; here the caller's own check is what is tested, so it claims too much
          didsByFingerprint: async (fingerprint) =>
            isAlive() && fingerprint.some((byte) => byte !== 1) ? [...heads.keys()] : [],
          document: async (hash) => (isAlive() ? documents.get(bytesToHex(hash)) : undefined),
          putCard: async ({ id, writer, sealed }) => {
            const [key, by] = [bytesToHex(id), bytesToHex(writer.publicKey)]
            if (!isAlive() || (cards.get(key)?.writer ?? by) !== by) return 0
            cards.set(key, { writer: by, sealed })
            return 1
          },
          card: async (id) => (isAlive() ? cards.get(bytesToHex(id))?.sealed : 'unreachable')
        },
        attendInbox: (makeProof) => {
          // a home verifies the proof; here the head that was published last by this device stands for it
          station.did = attendDid(makeProof(RELAY))
        },
        warm: (targets) => {
          for (const target of targets) {
            if (target.to === 'device' && isAlive() && reaches(device, target.device)) connect(device, target.device)
          }
        },
        deny: (devices) => {
          station.denied = new Set(devices)
          prune()
        },
        reachability: () =>
          stations.get(device) === station
            ? look(device)
            : { ...look(device), online: false, state: 'offline', homes: [] },
        onReachability: (listener) => {
          station.listeners.add(listener)
          return () => station.listeners.delete(listener)
        }
      }
    }
  }
  return network
}

const attendDid = (proof: Uint8Array): Did | undefined => {
  try {
    return attendStatement.decode(attendProof.decode(proof).statement).did as Did
  } catch {
    // the contract suite attends with bytes of no meaning
    return undefined
  }
}
