/** LG0: a conversation's id follows from who is in it, for ever; both sides compute it alone. */
import { bytesToBase64url, compareBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Branded } from '../base/ids.ts'
import { keyFromDid } from './did.ts'
import { DOMAINS } from './domains.ts'
import { hashIn } from './hash.ts'

/** The same type as the model's: this room may not import it. */
export type ChatId = Branded<string, 'ChatId'>

/** Between two people. @throws AppError `malformed` for a did with itself. */
export const directConversation = (one: string, other: string): Uint8Array => {
  const keys = [keyFromDid(one), keyFromDid(other)].toSorted(compareBytes)
  const [first = new Uint8Array(), second = new Uint8Array()] = keys
  if (compareBytes(first, second) === 0) throw new AppError('malformed', 'a direct conversation has two people')
  return hashIn(DOMAINS.conversationDirect, first, second)
}

/** Note to self. */
export const selfConversation = (did: string): Uint8Array => hashIn(DOMAINS.conversationSelf, keyFromDid(did))

/** A group: who founded it, and the very bytes of the founding body, which hold a nonce. */
export const groupConversation = (founder: string, foundingBody: Uint8Array): Uint8Array =>
  hashIn(DOMAINS.conversationGroup, keyFromDid(founder), foundingBody)

export const chatIdOf = (conversation: Uint8Array): ChatId => bytesToBase64url(conversation) as ChatId
