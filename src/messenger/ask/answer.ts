/**
 * Answering what other devices ask. Only a known device of a contact or fellow member is answered, over its own stream;
 * to everybody else nobody is here. What an answerer gives depends on who asks; how often, on this file.
 */
import { AppError } from '../../base/errors.ts'
import { sealAnswer } from '../../crypto/answer.ts'
import type { DeviceId, Did } from '../../model/ids.ts'
import type { ContactRow } from '../../store/rows.ts'
import { askAnswer, askReply, readQuestion } from '../../wire/ask.ts'
import type { AskAnswer, AskReply, AskQuestion, QuestionName, QuestionOf, ReplyTo } from '../../wire/ask.ts'
import type { Context } from '../context.ts'
import type { Arrived, EnvelopeAnswer } from '../net.ts'

export interface Asker {
  readonly did: Did
  readonly device: DeviceId
  readonly contact: ContactRow
}

/** `undefined`: no such thing, or no right to it; the asker is not told which. */
export type Answerer<N extends QuestionName> = (
  asker: Asker,
  question: QuestionOf<N>
) => Promise<ReplyTo<N> | undefined>
/** By name; whoever can answer a question puts himself here when the messenger is made. */
export type Answerers = { [N in QuestionName]?: Answerer<N> }

const ABSENT: EnvelopeAnswer = { outcome: 'absent' }

/** A newcomer who fetches a long history asks some hundred times; who asks for ever is slowed to the rate. */
const MOST_CREDIT = 240
const CREDIT_A_SECOND = 2
const COST: Readonly<Record<QuestionName, number>> = {
  documents: 2,
  keyPackage: 4,
  reconcile: 2,
  events: 1,
  commits: 2
}

export interface Credits {
  /** Takes `cost` from a device's credit; false when it has used it up. */
  take(device: DeviceId, cost: number, now: number): boolean
}

/** A device at a time fills up again by itself; whoever is full again is forgotten. */
export const createCredits = (): Credits => {
  const byDevice = new Map<DeviceId, { readonly left: number; readonly at: number }>()
  const leftOf = (device: DeviceId, now: number): number => {
    const known = byDevice.get(device)
    if (known === undefined) return MOST_CREDIT
    return Math.min(MOST_CREDIT, known.left + (Math.max(0, now - known.at) / 1000) * CREDIT_A_SECOND)
  }
  return {
    take: (device, cost, now) => {
      const left = leftOf(device, now)
      if (left < cost) return false
      byDevice.set(device, { left: left - cost, at: now })
      if (byDevice.size > 256) {
        for (const one of byDevice.keys()) if (leftOf(one, now) === MOST_CREDIT) byDevice.delete(one)
      }
      return true
    }
  }
}

const MAY_ASK: readonly string[] = ['open', 'member']

/** Whose device this is, when that is somebody we talk with. */
export const askerOf = ({ db }: Context, device: DeviceId): Asker | undefined => {
  for (const contact of db.memory.contacts.values()) {
    if (contact.blocked || !MAY_ASK.includes(contact.standing)) continue
    if (contact.devices.some((one) => one.device === device)) return { did: contact.did, device, contact }
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
