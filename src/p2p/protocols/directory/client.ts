/**
 * Asks one relay's directory, over one connection: one question, one answer, one stream (EN3). Nothing that comes back
 * is believed here beyond its format: heads and documents are verified by whoever asked.
 */
import type { Connection } from '@libp2p/interface'
import { sameBytes } from '../../../base/bytes.ts'
import { AppError } from '../../../base/errors.ts'
import {
  attendProof,
  cardStatement,
  DIRECTORY_PROTOCOL,
  directoryAnswer,
  directoryRequest
} from '../../../wire/directory.ts'
import type { DirectoryAnswer, DirectoryOutcome, DirectoryRequest } from '../../../wire/directory.ts'
import { ask } from '../frames.ts'
import { inboxIdOf } from './inbox.ts'

export interface AskOptions {
  readonly signal: AbortSignal
}

export interface CardPut {
  readonly id: Uint8Array
  readonly writer: { readonly publicKey: Uint8Array; sign(statement: Uint8Array): Uint8Array | Promise<Uint8Array> }
  /** Absent: the card is taken back. */
  readonly sealed: Uint8Array | undefined
  readonly issued: number
  readonly endsAt: number
}

export type KnockAnswer =
  | { readonly outcome: 'taken'; readonly device: string; readonly answer: Uint8Array }
  | { readonly outcome: 'refused'; readonly why: string }
  | { readonly outcome: 'absent' | 'busy' }

/** Every call throws AppError `offline`, `timeout`, `aborted`, `malformed`, `too-large` when the stream fails. */
export interface DirectoryClient {
  /** With a document whenever the relay may not have it: `needed` asks for it. */
  publish(
    record: { readonly head: Uint8Array; readonly document?: Uint8Array },
    options: AskOptions
  ): Promise<DirectoryOutcome>
  heads(did: string, options: AskOptions): Promise<readonly Uint8Array[]>
  document(hash: Uint8Array, options: AskOptions): Promise<Uint8Array | undefined>
  didsByFingerprint(fingerprint: Uint8Array, options: AskOptions): Promise<readonly string[]>
  putCard(card: CardPut, options: AskOptions): Promise<DirectoryOutcome>
  card(id: Uint8Array, options: AskOptions): Promise<Uint8Array | undefined>
  /** `proof` is an encoded `attendProof`. `needed`: publish the head first. */
  attend(proof: Uint8Array, options: AskOptions): Promise<DirectoryOutcome>
  knock(did: string, envelope: Uint8Array, options: AskOptions): Promise<KnockAnswer>
}

export const createDirectoryClient = (connection: Connection): DirectoryClient => {
  const request = async (question: DirectoryRequest, { signal }: AskOptions): Promise<DirectoryAnswer> => {
    const stream = await connection.newStream(DIRECTORY_PROTOCOL, { signal, runOnLimitedConnection: true })
    return directoryAnswer.decode(await ask(stream, directoryRequest.encode(question), { signal }))
  }

  return {
    publish: async (record, options) => (await request({ publish: record }, options)).outcome,
    heads: async (did, options) => (await request({ heads: did }, options)).heads ?? [],
    document: async (hash, options) => {
      const { document } = await request({ document: hash }, options)
      if (document !== undefined && !sameBytes(await sha256(document), hash)) {
        throw new AppError('malformed', 'not the document that was asked for')
      }
      return document
    },
    didsByFingerprint: async (fingerprint, options) => (await request({ dids: fingerprint }, options)).dids ?? [],
    putCard: async ({ id, writer, sealed, issued, endsAt }, options) => {
      const sealedHash = sealed === undefined ? undefined : await sha256(sealed)
      const statement = cardStatement.encode({ id, issued, endsAt, sealedHash })
      const signature = await writer.sign(statement)
      return (await request({ putCard: { statement, writer: writer.publicKey, signature, sealed } }, options)).outcome
    },
    card: async (id, options) => (await request({ card: id }, options)).sealed,
    attend: async (proof, options) => (await request({ attend: attendProof.decode(proof) }, options)).outcome,
    knock: async (did, envelope, options) => {
      const { outcome, device, answer, why } = await request(
        { knock: { inbox: await inboxIdOf(did), envelope } },
        options
      )
      if (outcome === 'ok' && device !== undefined)
        return { outcome: 'taken', device, answer: answer ?? new Uint8Array() }
      if (outcome === 'refused') return { outcome, why: why ?? 'refused' }
      return { outcome: outcome === 'absent' ? 'absent' : 'busy' }
    }
  }
}

const sha256 = async (data: Uint8Array): Promise<Uint8Array> =>
  // a copy: WebCrypto's types want memory that is not shared
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)))
