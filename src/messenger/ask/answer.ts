/**
 * Answering what other devices ask. Only a known device of a contact or fellow member is answered, over its own stream;
 * to everybody else nobody is here. What an answerer gives depends on who asks; how often, on this file.
 */
import { AppError } from '../../base/errors.ts'
import { sealAnswer } from '../../crypto/answer.ts'
import type { DeviceId } from '../../model/ids.ts'
import { askAnswer, askReply, readQuestion } from '../../wire/ask.ts'
import type { AskAnswer, AskQuestion, AskReply, QuestionName, QuestionOf } from '../../wire/ask.ts'
import type { Context } from '../context.ts'
import type { Arrived, EnvelopeAnswer } from '../net.ts'
import { isFellow } from '../peers.ts'
import type { Answerer, Asker } from './answerers.ts'

const ABSENT: EnvelopeAnswer = { outcome: 'absent' }

const COST: Readonly<Record<QuestionName, number>> = {
  documents: 2,
  keyPackage: 4,
  reconcile: 2,
  events: 1,
  commits: 2
}

const MAY_ASK: readonly string[] = ['open', 'member']

/** Whose device this is, when that is somebody we talk with. */
export const askerOf = (ctx: Context, device: DeviceId): Asker | undefined => {
  for (const contact of ctx.db.memory.contacts.values()) {
    const isHere = contact.devices.some((one) => one.device === device)
    if (!isHere || contact.blocked) continue
    if (MAY_ASK.includes(contact.standing) || isFellow(ctx, contact.did)) return { did: contact.did, device, contact }
  }
  return undefined
}

export const receiveAsk = async (ctx: Context, { from }: Arrived, sealed: Uint8Array): Promise<EnvelopeAnswer> => {
  const asker = from && askerOf(ctx, from)
  if (asker === undefined) return ABSENT
  const question = readQuestion(sealed)
  if (!ctx.credits.take(asker.device, COST[question.name], ctx.clock.now())) {
    ctx.log.info('ask.busy', { question: question.name })
    return toTaken({ outcome: 'busy' })
  }
  const reply = await ctx.receiving.run(`ask ${asker.device}`, () => answerOne(ctx, asker, question))
  if (reply === undefined) return toTaken({ outcome: 'nothing' })
  const bytes = askReply.encode({ version: 1, ...reply })
  const answer = await sealAnswer(ctx.random, { key: question.key, question: sealed, reply: bytes })
  return toTaken({ outcome: 'answered', sealed: answer })
}

const toTaken = (answer: Omit<AskAnswer, 'version'>): EnvelopeAnswer => ({
  outcome: 'taken',
  answer: askAnswer.encode({ version: 1, ...answer })
})

const answerOne = async (
  ctx: Context,
  asker: Asker,
  question: AskQuestion & { readonly name: QuestionName }
): Promise<Omit<AskReply, 'version'> | undefined> => {
  try {
    return await answerBy(ctx, asker, question.name, question)
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not-found' || error.code === 'untrusted')) return undefined
    throw error
  }
}

const answerBy = async <N extends QuestionName>(
  ctx: Context,
  asker: Asker,
  name: N,
  question: { readonly [M in N]?: QuestionOf<M> | undefined }
): Promise<Omit<AskReply, 'version'> | undefined> => {
  const answerer: Answerer<N> | undefined = ctx.answerers[name]
  const asked = question[name]
  if (answerer === undefined || asked === undefined) return undefined
  const reply = await answerer(asker, asked)
  return reply && { [name]: reply }
}
