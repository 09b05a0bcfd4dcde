/**
 * The directory of a relay, one question at a time. Nothing is kept or passed on that was not checked first; what cannot
 * be read resets the stream, what breaks a limit is answered `busy` or `full`, and both are counted. The answer to a
 * `publish` or `put` leaves after the durable write.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { sameBytes } from '../../../base/bytes.ts'
import { AppError } from '../../../base/errors.ts'
import type { Log } from '../../../base/log.ts'
import type { DeliverAnswer } from '../../../wire/deliver.ts'
import { attendStatement, cardStatement, directoryAnswer, readDirectoryRequest } from '../../../wire/directory.ts'
import type {
  AttendProof,
  DirectoryAnswer,
  DirectoryAsk,
  DirectoryRequest,
  KnockRequest,
  PublishRequest,
  PutCardRequest
} from '../../../wire/directory.ts'
import { envelope } from '../../../wire/envelope.ts'
import { serveRequests } from '../frames.ts'
import type { Attendance } from './attendance.ts'
import type { DirectoryStore, StoredDocument, StoredHead } from './store.ts'

/** Signatures and hashes, given by the room that may do crypto. Reading throws AppError. */
export interface DirectoryVerifier {
  readHead(bytes: Uint8Array): StoredHead & { readonly headKey: Uint8Array }
  /** Checks that it is the document that the head names. */
  readDocument(bytes: Uint8Array, head: StoredHead): StoredDocument
  hash(bytes: Uint8Array): Uint8Array
  didToKey(did: string): Uint8Array
  keyToDid(key: Uint8Array): string
  inboxOf(didKey: Uint8Array): Uint8Array
  isAttendSigned(proof: AttendProof, headKey: Uint8Array): boolean
  isCardSigned(put: PutCardRequest): boolean
}

export interface DirectoryServerDeps {
  readonly self: string
  readonly store: DirectoryStore
  readonly verifier: DirectoryVerifier
  readonly attendance: Attendance
  /** Hands an envelope to a connected device. Undefined: it did not answer. */
  readonly ring: (device: string, envelope: Uint8Array) => Promise<DeliverAnswer | undefined>
  /** Asked before any work is done. `bytes`: how long the question is. */
  readonly allow: (ask: DirectoryAsk, connection: Connection, bytes: number) => boolean
  readonly onRefused: (why: 'rate' | 'frame' | 'refused' | 'full') => void
  readonly log: Log
}

/** A question fits one packet train; who takes longer is not asking. */
const IDLE_MS = 10_000

export const createDirectoryServer = (deps: DirectoryServerDeps) => {
  const answer = async (data: Uint8Array, connection: Connection): Promise<Uint8Array> => {
    const { ask, request } = readDirectoryRequest(data)
    if (!deps.allow(ask, connection, data.length)) {
      deps.onRefused('rate')
      return directoryAnswer.encode({ outcome: 'busy' })
    }
    const result = await decide(request, connection, deps)
    if (result.outcome === 'refused' || result.outcome === 'full') deps.onRefused(result.outcome)
    return directoryAnswer.encode(result)
  }

  return async (stream: Stream, connection: Connection): Promise<void> => {
    await serveRequests(stream, {
      handle: (request) => answer(request, connection),
      idleMs: IDLE_MS,
      maxRequests: 1,
      onRefused: ({ code, cause }) => {
        if (code === 'internal')
          deps.log.error('directory.failed', { cause: cause instanceof Error ? cause.message : '' })
        else if (code !== 'offline') deps.onRefused('frame')
      }
    })
  }
}

const decide = async (
  { publish, heads, document, dids, putCard, card, attend, knock }: DirectoryRequest,
  connection: Connection,
  deps: DirectoryServerDeps
): Promise<DirectoryAnswer> => {
  const { store, verifier } = deps
  if (publish !== undefined) return await checked(() => keep(publish, deps))
  if (putCard !== undefined) return await checked(() => keepCard(putCard, deps))
  if (attend !== undefined) return await checked(() => admit(attend, connection, deps))
  if (knock !== undefined) return await checked(() => passOn(knock, deps))
  if (heads !== undefined) {
    return await checked(async () => {
      const found = await store.heads(verifier.didToKey(heads))
      return { outcome: found.length === 0 ? 'absent' : 'ok', heads: found }
    })
  }
  if (document !== undefined) {
    const found = await store.document(document)
    return found === undefined ? { outcome: 'absent' } : { outcome: 'ok', document: found }
  }
  if (dids !== undefined) {
    const found = await store.didKeys(dids)
    return { outcome: found.length === 0 ? 'absent' : 'ok', dids: found.map((key) => verifier.keyToDid(key)) }
  }
  const sealed = card === undefined ? undefined : await store.card(card)
  return sealed === undefined ? { outcome: 'absent' } : { outcome: 'ok', sealed }
}

/** What does not verify is an answer, with its reason; only our own failures are exceptions. */
const checked = async (work: () => Promise<DirectoryAnswer>): Promise<DirectoryAnswer> => {
  try {
    return await work()
  } catch (error) {
    const isTheirs =
      error instanceof AppError && ['malformed', 'untrusted', 'needs-newer', 'too-large'].includes(error.code)
    if (!isTheirs) throw error
    return { outcome: 'refused', why: error.code }
  }
}

const keep = async (
  { head: headBytes, document: documentBytes }: PublishRequest,
  { store, verifier }: DirectoryServerDeps
): Promise<DirectoryAnswer> => {
  const head = verifier.readHead(headBytes)
  const document = documentBytes === undefined ? undefined : verifier.readDocument(documentBytes, head)
  return { outcome: await store.keepHead(head, document) }
}

const keepCard = async (put: PutCardRequest, { store, verifier }: DirectoryServerDeps): Promise<DirectoryAnswer> => {
  const { id, issued, endsAt, sealedHash } = cardStatement.decode(put.statement)
  const isSameContent =
    put.sealed === undefined
      ? sealedHash === undefined
      : sealedHash !== undefined && sameBytes(verifier.hash(put.sealed), sealedHash)
  if (!isSameContent) throw new AppError('malformed', 'another card than the one that was signed')
  if (!verifier.isCardSigned(put)) throw new AppError('untrusted', 'card signature')
  const { writer, sealed } = put
  return { outcome: await store.keepCard({ id, writer, issued, endsAt, sealed }) }
}

const admit = async (
  proof: AttendProof,
  connection: Connection,
  { self, store, verifier, attendance }: DirectoryServerDeps
): Promise<DirectoryAnswer> => {
  const { did, relay, device } = attendStatement.decode(proof.statement)
  if (relay !== self || device !== connection.remotePeer.toString()) {
    throw new AppError('untrusted', 'made for another relay or device')
  }
  const didKey = verifier.didToKey(did)
  const known = await store.heads(didKey)
  if (known.length === 0) return { outcome: 'needed' }
  // ID5: while there are two, each side's devices ring
  const isSigned = known.some((bytes) => verifier.isAttendSigned(proof, verifier.readHead(bytes).headKey))
  if (!isSigned) throw new AppError('untrusted', 'not signed by the head key')
  return { outcome: attendance.add(verifier.inboxOf(didKey), device) ? 'ok' : 'full' }
}

const passOn = async (
  { inbox, envelope: sealed }: KnockRequest,
  { attendance, ring }: DirectoryServerDeps
): Promise<DirectoryAnswer> => {
  // IN3: an inbox takes first contact and nothing else
  if (envelope.decode(sealed).kind !== 'request') throw new AppError('untrusted', 'not a request')
  const devices = attendance.devices(inbox)
  const answers = await Promise.all(devices.map(async (device) => ({ device, answer: await ring(device, sealed) })))
  const taken = answers.find(({ answer }) => answer?.outcome === 'taken')
  if (taken?.answer !== undefined) return { outcome: 'ok', device: taken.device, answer: taken.answer.answer }
  const refused = answers.find(({ answer }) => answer?.outcome === 'refused')
  if (refused !== undefined) return { outcome: 'refused', device: refused.device, why: refused.answer?.why }
  return { outcome: answers.some(({ answer }) => answer?.outcome === 'later') ? 'busy' : 'absent' }
}
