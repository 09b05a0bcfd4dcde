/**
 * Taking what arrives: decode, find whose it is, open, verify, write in one transaction, and only then answer. A duplicate
 * changes nothing and is answered again. To the blocked, and to strangers we have not accepted, nobody is here.
 */
import { bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { findByTag } from '../store/chats.ts'
import { envelope } from '../wire/envelope.ts'
import type { Envelope } from '../wire/envelope.ts'
import { receiveAsk } from './ask/answer.ts'
import type { Context, Own } from './context.ts'
import type { Arrived, EnvelopeAnswer } from './net.ts'
import { isFellow, ownerOf } from './peers.ts'
import { encodeAnswer } from './receipts.ts'
import { receiveRequest } from './requests.ts'
import { keepWaiting } from './sessions/waiting.ts'
import { receiveSealed } from './taking.ts'

const ABSENT: EnvelopeAnswer = { outcome: 'absent' }

export const receive = async (ctx: Context, arrived: Arrived): Promise<EnvelopeAnswer> => {
  const { own } = ctx
  if (own?.standing !== 'active') return ABSENT
  try {
    return await dispatch(ctx, own, arrived, envelope.decode(arrived.envelope))
  } catch (error) {
    const answer = refusal(ctx, error)
    // IN5: anybody rings at a home, and "no" would tell them that we are here
    return arrived.from === undefined ? ABSENT : answer
  }
}

/** Also for what was put together again from pieces. */
export const dispatch = async (
  ctx: Context,
  own: Own,
  arrived: Arrived,
  { kind, route, sealed }: Pick<Envelope, 'kind' | 'route' | 'sealed'>
): Promise<EnvelopeAnswer> => {
  switch (kind) {
    case 'request':
      return await ctx.receiving.run('requests', () => receiveRequest(ctx, own, arrived, sealed))
    case 'ask':
      return await receiveAsk(ctx, arrived, sealed)
    case 'sealed': {
      const session = findByTag(ctx.db, bytesToBase64url(route))
      if (session === undefined) return await keepForLater(ctx, arrived)
      return await ctx.receiving.run(session.chat, () => receiveSealed(ctx, own, { arrived, session, sealed }))
    }
    default:
      return (await ctx.handlers[kind]?.(own, arrived, { route, sealed })) ?? { outcome: 'refused', why: 'needs-newer' }
  }
}

/** Its session may be on its way (an opening); from whom we know nothing it is nobody's. */
const keepForLater = async (ctx: Context, { from, envelope: bytes }: Arrived): Promise<EnvelopeAnswer> => {
  const owner = from && ownerOf(ctx, from)
  const isKnown = owner !== undefined && !owner.blocked && (owner.standing === 'open' || isFellow(ctx, owner.did))
  if (from === undefined || !isKnown) {
    // DV5: who took our account over knocks so, because no session joins us
    if (from !== undefined) ctx.lookAtOwn()
    return { outcome: 'refused', why: 'untrusted' }
  }
  await keepWaiting(ctx, { from, envelope: bytes })
  return { outcome: 'taken', answer: encodeAnswer({ outcome: 'kept' }) }
}

/** Bytes that will never be accepted are refused; a failure of ours is not their fault, so they keep it and try again. */
const refusal = (ctx: Context, error: unknown): EnvelopeAnswer => {
  if (!(error instanceof AppError)) throw error
  switch (error.code) {
    case 'malformed':
    case 'too-large':
      ctx.log.info('receive.refused', { code: error.code })
      return { outcome: 'refused', why: 'malformed' }
    case 'undecryptable':
    case 'untrusted':
    // ML4: what could have read it is gone; it is sealed again
    case 'not-found':
      ctx.log.info('receive.refused', { code: error.code })
      return { outcome: 'refused', why: 'untrusted' }
    case 'needs-newer':
      return { outcome: 'refused', why: 'needs-newer' }
    default:
      throw error
  }
}
