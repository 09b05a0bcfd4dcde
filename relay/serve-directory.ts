/** Puts the directory protocol on the host: heads checked with the clients' own code, limits and counters of this relay. */
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { sameBytes } from '../src/base/bytes.ts'
import type { Clock } from '../src/base/clock.ts'
import { AppError } from '../src/base/errors.ts'
import type { Log } from '../src/base/log.ts'
import { didFromKey, keyFromDid } from '../src/crypto/did.ts'
import { DOMAINS } from '../src/crypto/domains.ts'
import { verifyEd25519 } from '../src/crypto/ed25519.ts'
import { sha256 } from '../src/crypto/hash.ts'
import { inboxId, verifyHead } from '../src/crypto/head.ts'
import { deliverOnce } from '../src/p2p/protocols/deliver/client.ts'
import { createAttendance } from '../src/p2p/protocols/directory/attendance.ts'
import { createDirectoryServer } from '../src/p2p/protocols/directory/server.ts'
import type { DirectoryServerDeps, DirectoryVerifier } from '../src/p2p/protocols/directory/server.ts'
import type { DirectoryStore, StoredDocument, StoredHead } from '../src/p2p/protocols/directory/store.ts'
import { DIRECTORY_PROTOCOL } from '../src/wire/directory.ts'
import { document, documentBody } from '../src/wire/document.ts'
import { verifiedToStored } from './dht-records.ts'
import { certificateCreated, rootFingerprint } from './fingerprint.ts'
import type { RelayHost } from './host.ts'
import { createDirectoryLimits } from './directory-limits.ts'
import { createRateLimit } from './limits.ts'
import type { Refusals } from './limits.ts'

export interface ServeDirectoryDeps {
  readonly host: RelayHost
  readonly store: DirectoryStore
  readonly clock: Clock
  readonly refusals: Refusals
  readonly log: Log
  readonly onChanged: () => Promise<void>
}

/** A first contact and its repetitions from everybody. */
const RING_RATE = { burst: 60, perSecond: 0.5 }
/** A device answers after its durable write. */
const RING_MS = 10_000

/** A start asks a dozen things at once. */
const MAX_STREAMS = 32

export const serveDirectory = async (deps: ServeDirectoryDeps): Promise<void> => {
  const { host, store, refusals, log } = deps
  const attendance = createAttendance()
  const serve = createDirectoryServer({
    self: host.peerId.toString(),
    store: tellAfterWrites(store, deps.onChanged),
    verifier,
    attendance,
    ring: createRing(deps),
    allow: createDirectoryLimits(deps.clock),
    log,
    onRefused: (why) => {
      refusals.count(`directory-${why}`)
    }
  })
  // ours is counted, the library's only catches what ours would have to look at first
  const options = { maxInboundStreams: 4 * MAX_STREAMS, runOnLimitedConnection: false }
  await host.handle(DIRECTORY_PROTOCOL, limitStreams(serve, refusals), options)
  host.addEventListener('peer:disconnect', ({ detail: peer }: CustomEvent<PeerId>) => {
    attendance.remove(peer.toString())
  })
}

/** Hands an envelope to a device that is connected here. */
const createRing = ({ host, clock, refusals, log }: ServeDirectoryDeps): DirectoryServerDeps['ring'] => {
  const rings = createRateLimit({ clock, ...RING_RATE })
  return async (device, envelope) => {
    if (!rings.take(device)) {
      refusals.count('knock-rate')
      return { serial: 0, outcome: 'later' }
    }
    // the newest connection is the one that works
    const connection = host.getConnections(peerIdFromString(device)).findLast(({ status }) => status === 'open')
    if (connection === undefined) return undefined
    try {
      return await deliverOnce(connection, envelope, { signal: AbortSignal.timeout(RING_MS) })
    } catch (error) {
      // gone in this moment, or it does not want to be heard of: both are nobody at home
      log.debug('directory.no-answer', { code: error instanceof AppError ? error.code : 'internal' })
      return undefined
    }
  }
}

type Serve = (stream: Stream, connection: Connection) => Promise<void>

const limitStreams = (serve: Serve, refusals: Refusals): Serve => {
  const open = new Map<string, number>()
  return async (stream, connection) => {
    const count = (open.get(connection.id) ?? 0) + 1
    if (count > MAX_STREAMS) {
      refusals.count('directory-streams')
      stream.abort(new AppError('quota', 'too many questions at once'))
      return
    }
    open.set(connection.id, count)
    try {
      await serve(stream, connection)
    } finally {
      const left = (open.get(connection.id) ?? 1) - 1
      if (left === 0) open.delete(connection.id)
      else open.set(connection.id, left)
    }
  }
}

const tellAfterWrites = (store: DirectoryStore, onChanged: () => Promise<void>): DirectoryStore => ({
  ...store,
  keepHead: async (head, found) => {
    const outcome = await store.keepHead(head, found)
    if (outcome === 'ok') await onChanged()
    return outcome
  },
  keepCard: async (card) => {
    const outcome = await store.keepCard(card)
    if (outcome === 'ok') await onChanged()
    return outcome
  }
})

const readDocument = (bytes: Uint8Array, head: StoredHead): StoredDocument => {
  const hash = sha256(bytes)
  if (!sameBytes(hash, head.documentHash)) throw new AppError('untrusted', 'not the document that the head names')
  const { body, ed25519 } = document.decode(bytes)
  const said = documentBody.decode(body)
  const isItsOwn =
    sameBytes(said.didKey, head.didKey) && said.place.generation === head.generation && said.place.seq === head.seq
  if (!isItsOwn) throw new AppError('untrusted', 'a document of somebody or somewhere else')
  const { root } = verifyHead(head.bytes)
  if (!verifyEd25519(DOMAINS.document, body, ed25519, root)) throw new AppError('untrusted', 'root signature')
  // after a rotation the certificate's key is another one: the fingerprint of the first stays as it was learnt
  const created = certificateCreated(said.certificate, said.didKey)
  return { hash, bytes, fingerprint: created === undefined ? undefined : rootFingerprint(created, said.didKey) }
}

const verifier: DirectoryVerifier = {
  readHead: (bytes) => {
    const head = verifyHead(bytes)
    return { ...verifiedToStored(head), headKey: head.headKey }
  },
  readDocument,
  hash: sha256,
  didToKey: keyFromDid,
  keyToDid: didFromKey,
  inboxOf: inboxId,
  isAttendSigned: ({ statement, signature }, headKey) => verifyEd25519(DOMAINS.attend, statement, signature, headKey),
  isCardSigned: ({ statement, signature, writer }) => verifyEd25519(DOMAINS.cardWrite, statement, signature, writer)
}
