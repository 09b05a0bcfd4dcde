/** Asking one device something, at once or not at all: nothing is stored and nothing is tried again here. */
import { AppError } from '../../base/errors.ts'
import { makeAnswerKey } from '../../crypto/answer.ts'
import type { AnswerKey } from '../../crypto/answer.ts'
import type { DeviceId } from '../../model/ids.ts'
import { askAnswer, askQuestion, askReply } from '../../wire/ask.ts'
import type { QuestionName, QuestionOf, ReplyTo } from '../../wire/ask.ts'
import { envelope } from '../../wire/envelope.ts'
import type { Context } from '../context.ts'
import { deadline } from '../context.ts'
import type { DeliverResult } from '../net.ts'

/** DL4: a dial has 3 s and one retry; the answer needs the other's disk. */
const ASK_MS = 20_000

export interface Asked {
  readonly device: DeviceId
  readonly homes: readonly string[]
}

export type AskResult<N extends QuestionName> =
  | { readonly outcome: 'answered'; readonly reply: ReplyTo<N> }
  /**
   * `nothing`: they have it not, or we no right to it. `busy`: asked too often, later again. `unreachable`: not there, or
   * not for us. `malformed`: an answer that makes no sense.
   */
  | { readonly outcome: 'nothing' | 'busy' | 'unreachable' | 'malformed' }

/** What a stolen key would open, and what making one for every question would cost (SY1 asks many). */
const KEY_MS = 10 * 60_000
const keys = new WeakMap<Context, { readonly madeAt: number; readonly key: Promise<AnswerKey> }>()

const currentKey = (ctx: Context): Promise<AnswerKey> => {
  const now = ctx.clock.now()
  const known = keys.get(ctx)
  if (known !== undefined && now >= known.madeAt && now - known.madeAt < KEY_MS) return known.key
  const key = makeAnswerKey(ctx.random)
  keys.set(ctx, { madeAt: now, key })
  return key
}

/** The caller is inside a job of `ctx.work` (a command, or `inBackground`). */
export const ask = async <N extends QuestionName>(
  ctx: Context,
  { device, homes }: Asked,
  name: N,
  question: QuestionOf<N>
): Promise<AskResult<N>> => {
  // DV5: before the account is this device's, and after it no longer is, nobody is asked anything
  if (ctx.own?.standing !== 'active') return { outcome: 'unreachable' }
  const key = await currentKey(ctx)
  const asked = askQuestion.encode({ version: 1, key: key.publicKey, [name]: question })
  const bytes = envelope.encode({ version: 1, kind: 'ask', route: ctx.random.bytes(16), sealed: asked })
  const { relayOnly } = ctx.settings
  const { signal, done } = deadline(ctx, ASK_MS)
  const given = await ctx.work
    .outside(
      ctx.net
        .deliver({ to: 'device', device, homes, relayOnly }, bytes, { signal })
        .catch((): DeliverResult => ({ outcome: 'unreachable', why: 'failed' }))
    )
    .finally(done)
  if (given.outcome === 'refused') return { outcome: 'nothing' }
  if (given.outcome !== 'delivered') return { outcome: 'unreachable' }
  try {
    const answer = askAnswer.decode(given.answer)
    if (answer.outcome !== 'answered') return { outcome: answer.outcome }
    if (answer.sealed === undefined) return { outcome: 'malformed' }
    const reply = askReply.decode(await key.open(asked, answer.sealed))[name] as ReplyTo<N> | undefined
    return reply === undefined ? { outcome: 'malformed' } : { outcome: 'answered', reply }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    ctx.log.warn('ask.unreadable', { question: name, code: error.code })
    return { outcome: 'malformed' }
  }
}
