/**
 * Envelopes of any size to one device. What is larger than a frame is cut; the receiver keeps the pieces on disk until all
 * are there, so a crash or a lost connection on either side goes on where it was, and a repetition changes nothing.
 */
import { bytesToBase64url, concat, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { sha256 } from '../crypto/hash.ts'
import type { DeviceId } from '../model/ids.ts'
import { dropPieces, pieceKey, piecesOf, putPiece } from '../store/pieces.ts'
import { envelope, largeEnvelope } from '../wire/envelope.ts'
import type { Envelope } from '../wire/envelope.ts'
import { MAX_PIECES, MAX_WHOLE_BYTES, piece, PIECE_BYTES, pieceAnswer } from '../wire/piece.ts'
import type { Piece } from '../wire/piece.ts'
import { deadline } from './context.ts'
import type { Context } from './context.ts'
import type { Arrived, DeliverResult, EnvelopeAnswer, Target } from './net.ts'

/** DL4: a dial has 3 s and one retry, then the answer needs the other's durable write. */
const DELIVER_MS = 20_000

/** `ctx.net.deliver` for envelopes of any size, with deadlines of its own. The caller is inside a job of `ctx.work`. */
export const deliverEnvelope = async (ctx: Context, target: Target, bytes: Uint8Array): Promise<DeliverResult> => {
  if (bytes.length <= MAX_WHOLE_BYTES || target.to === 'inbox') return await deliverOnce(ctx, target, bytes)
  const pieces = cut(bytes)
  const [object, count] = [sha256(bytes), pieces.length]
  let index = 0
  // the second half is for what was forgotten over there meanwhile
  for (let tries = 0; tries < 2 * count; tries++) {
    const part = pieces[index] ?? new Uint8Array()
    const sealed = piece.encode({ version: 1, object, index, count, bytes: part })
    const route = ctx.random.bytes(16)
    const given = await deliverOnce(ctx, target, envelope.encode({ version: 1, kind: 'piece', route, sealed }))
    if (given.outcome !== 'delivered') return given
    const { missing, whole } = readAnswer(given.answer)
    if (whole !== undefined) return { ...given, answer: whole }
    const next = missing?.find((one) => one < count)
    if (next === undefined) return { outcome: 'unreachable', why: 'an answer to a piece that makes no sense' }
    index = next
  }
  return { outcome: 'unreachable', why: 'pieces are lost over there' }
}

const deliverOnce = async (ctx: Context, target: Target, bytes: Uint8Array): Promise<DeliverResult> => {
  const { signal, done } = deadline(ctx, DELIVER_MS)
  return await ctx.work.outside(ctx.net.deliver(target, bytes, { signal }).catch(toUnreachable)).finally(done)
}

const toUnreachable = (error: unknown): DeliverResult => ({
  outcome: 'unreachable',
  why: error instanceof AppError ? error.code : 'failed'
})

const cut = (whole: Uint8Array): readonly Uint8Array[] => {
  const count = Math.ceil(whole.length / PIECE_BYTES)
  if (count > MAX_PIECES) throw new AppError('too-large', 'more than fits into all pieces')
  return Array.from({ length: count }, (_, index) => whole.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES))
}

const readAnswer = (bytes: Uint8Array): Partial<ReturnType<typeof pieceAnswer.decode>> => {
  try {
    return pieceAnswer.decode(bytes)
  } catch (error) {
    if (error instanceof AppError) return {}
    throw error
  }
}

const ABSENT: EnvelopeAnswer = { outcome: 'absent' }
const MALFORMED: EnvelopeAnswer = { outcome: 'refused', why: 'malformed' }
const MAX_REMEMBERED = 16
const HOPELESS: ReadonlySet<string> = new Set(['malformed', 'too-large', 'untrusted', 'undecryptable', 'needs-newer'])

export type TakeWhole = (
  arrived: Arrived,
  envelope: Pick<Envelope, 'kind' | 'route' | 'sealed'>
) => Promise<EnvelopeAnswer>

/** Takes pieces; `takeWhole` gets what they make. */
export const createPieces = (
  ctx: Context,
  takeWhole: TakeWhole
): ((arrived: Arrived, sealed: Uint8Array) => Promise<EnvelopeAnswer>) => {
  /** The same last piece may come over two paths; the second is answered like the first. */
  const answered = new Map<string, EnvelopeAnswer>()
  const remember = (key: string, answer: EnvelopeAnswer): void => {
    answered.set(key, answer)
    for (const oldest of answered.keys()) {
      if (answered.size <= MAX_REMEMBERED) break
      answered.delete(oldest)
    }
  }

  const take = async (from: DeviceId, arrived: Arrived, said: Piece): Promise<EnvelopeAnswer> => {
    const key = pieceKey(from, bytesToBase64url(said.object), said.count)
    const before = answered.get(key)
    if (before !== undefined) return before
    if (!piecesOf(ctx.db, key).has(said.index)) {
      await putPiece(ctx.db, key, said.index, { from, arrivedAt: ctx.clock.now(), bytes: said.bytes })
    }
    const here = piecesOf(ctx.db, key)
    const missing = Array.from({ length: said.count }, (_, index) => index).filter((index) => !here.has(index))
    if (missing.length > 0) return { outcome: 'taken', answer: pieceAnswer.encode({ version: 1, missing }) }

    const whole = concat(
      ...Array.from({ length: said.count }, (_, index) => here.get(index)?.bytes ?? new Uint8Array())
    )
    try {
      const answer = sameBytes(sha256(whole), said.object) ? await takeAll(arrived, whole) : MALFORMED
      remember(key, answer)
      await dropPieces(ctx.db, key)
      return answer
    } catch (error) {
      // what will never be accepted need not lie here; a failure of ours leaves the pieces for the next try
      if (error instanceof AppError && HOPELESS.has(error.code)) await dropPieces(ctx.db, key)
      throw error
    }
  }

  const takeAll = async (arrived: Arrived, whole: Uint8Array): Promise<EnvelopeAnswer> => {
    const inside = readWhole(whole)
    if (inside === undefined) return MALFORMED
    const answer = await takeWhole({ ...arrived, envelope: whole }, inside)
    if (answer.outcome !== 'taken') return answer
    return { outcome: 'taken', answer: pieceAnswer.encode({ version: 1, whole: answer.answer }) }
  }

  return async (arrived, sealed) => {
    const { from } = arrived
    if (from === undefined || !isExpected(ctx, from)) return ABSENT
    const said = piece.decode(sealed)
    if (said.index >= said.count) return MALFORMED
    return await ctx.receiving.run(`pieces ${from}`, () => take(from, arrived, said))
  }
}

/** Pieces of pieces, and questions that need them, are nothing that we send. */
const readWhole = (bytes: Uint8Array): Envelope | undefined => {
  try {
    const whole = largeEnvelope.decode(bytes)
    return whole.kind === 'piece' || whole.kind === 'ask' || whole.kind === 'request' ? undefined : whole
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Strangers fill no disk. Whoever we asked may answer with something large. */
const isExpected = ({ db }: Context, device: DeviceId): boolean =>
  [...db.memory.contacts.values()].some(
    ({ blocked, standing, devices }) =>
      !blocked &&
      (standing === 'open' || standing === 'member' || standing === 'asked') &&
      devices.some((one) => one.device === device)
  )
