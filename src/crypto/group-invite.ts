/** A group's invite link (IN1, RO1): like an invite, everything lies in the fragment, which browsers never send. */
import { base64urlToBytes, bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { groupInvite } from '../wire/group.ts'
import { homeToText, textToHome } from '../wire/home.ts'
import type { ChatId } from './conversation.ts'
import { type Did, didFromKey, keyFromDid } from './did.ts'

export interface GroupLink {
  readonly chat: ChatId
  readonly secret: Uint8Array
  /** The member to ask. */
  readonly did: Did
  readonly roots: Uint8Array
  readonly homes: readonly string[]
}

const MAX_PASTED_CHARS = 8192
const MAX_HOMES = 2

export const makeGroupLink = (options: {
  readonly base: string
  readonly conversation: string
  readonly secret: Uint8Array
  readonly did: string
  readonly roots: Uint8Array
  readonly homes: readonly string[]
}): string => {
  const base = options.base.replace(/#.*$/s, '').replace(/\/$/, '')
  const data = groupInvite.encode({
    version: 1,
    conversation: base64urlToBytes(options.conversation),
    secret: options.secret,
    didKey: keyFromDid(options.did),
    roots: options.roots,
    homes: options.homes.slice(0, MAX_HOMES).map(textToHome)
  })
  return `${base}/#g/${bytesToBase64url(data)}`
}

const LINK = /#\/?g\/([\w-]+)/

export const isGroupLink = (pasted: string): boolean => pasted.length <= MAX_PASTED_CHARS && LINK.test(pasted)

/** In whatever was pasted, scanned or opened. @throws AppError `malformed` or `needs-newer`. */
export const readGroupLink = (pasted: string): GroupLink => {
  const data = pasted.length > MAX_PASTED_CHARS ? undefined : LINK.exec(pasted)?.[1]
  if (data === undefined) throw new AppError('malformed', 'no group link in it')
  const { conversation, secret, didKey, roots, homes } = groupInvite.decode(base64urlToBytes(data))
  return {
    chat: bytesToBase64url(conversation) as ChatId,
    secret,
    did: didFromKey(didKey),
    roots,
    homes: homes.map(homeToText)
  }
}
