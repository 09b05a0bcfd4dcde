/**
 * From a press of *send* to a message with an id. The text is in exactly one place that a person sees: the box, then the
 * bubble; when sending fails, the box again.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import { systemRandom } from '../../base/random.ts'
import type { MessageId } from '../../model/ids.ts'
import type { Somebody } from '../../model/group-views.ts'
import type { Draft, Quote } from '../../model/views.ts'
import { pendingId } from './pending.ts'
import type { ChatSession } from './session.ts'

/** 16 Ki characters: the wire's limit for one message. */
export const MAX_CHARS = 16 * 1024

/** Blank lines around a text say nothing; spaces at the beginning of a line may (code, verse). */
export const tidy = (text: string): string => text.replace(/^(?:[^\S\n]*\n)+/u, '').trimEnd()

interface SendDeps {
  /** Whom the text names. */
  readonly mentions?: readonly Somebody[]
  readonly session: ChatSession
  readonly now: () => number
  readonly send: (draft: Draft, nonce: string) => Promise<MessageId>
}

/** Resolves when the message has its id. @throws what `send` throws; the bubble is gone by then. */
export const sendText = async (
  text: string,
  quote: Quote | undefined,
  { session, now, send, mentions = [] }: SendDeps
): Promise<void> => {
  const key = bytesToBase64url(systemRandom.bytes(12))
  const before = new Set(session.shown.filter((message) => message.mine).map((message) => message.id))
  session.pending.value = [
    ...session.pending.peek(),
    { key, text, at: now(), before, mentions, ...(quote === undefined ? {} : { quote }) }
  ]
  session.target.value = { kind: 'end', smooth: false }
  try {
    const draft: Draft = {
      text,
      ...(quote === undefined ? {} : { replyTo: quote.message }),
      ...(mentions.length === 0 ? {} : { mentions: mentions.map(({ did }) => did) })
    }
    const id = await send(draft, key)
    session.rowKeys.set(id, pendingId(key))
    session.pending.value = session.pending.peek().map((one) => (one.key === key ? { ...one, id } : one))
    setTimeout(() => forget(session, key), FORGET_AFTER_MS)
  } catch (error) {
    forget(session, key)
    throw error
  }
}

/** The node holds a message before it answers its id: by now the timeline has it, wherever the list stands. */
const FORGET_AFTER_MS = 5000

const forget = (session: ChatSession, key: string): void => {
  session.pending.value = session.pending.peek().filter((one) => one.key !== key)
}
