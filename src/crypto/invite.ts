/**
 * IN1: invite links. Everything lies in the fragment, which browsers never send. The origin of a link says only where its
 * page is loaded from: any app reads any link.
 */
import { base64urlToBytes, bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { type Home, homeToText, textToHome } from '../wire/home.ts'
import { invite } from '../wire/invite.ts'
import { type Did, didFromKey, keyFromDid } from './did.ts'
import { DOMAINS } from './domains.ts'
import { ed25519PublicKey } from './ed25519.ts'
import { hkdf } from './hash.ts'

/** IN1: short enough for a QR that a phone reads off a screen. */
export const MAX_LINK_CHARS = 400
const MAX_PASTED_CHARS = 8192
export const INVITE_SECRET_BYTES = 16

export interface InviteLink {
  readonly did: Did
  readonly didKey: Uint8Array
  /** Hash of the owner's root keys when it was made. */
  readonly roots: Uint8Array
  readonly secret: Uint8Array
  readonly homes: readonly string[]
}

export interface InviteKeys {
  /** Shown in the contact request. */
  readonly token: Uint8Array
  readonly cardId: Uint8Array
  readonly cardKey: Uint8Array
}

export const inviteKeys = (secret: Uint8Array): InviteKeys => ({
  token: hkdf(secret, DOMAINS.inviteToken, 16),
  cardId: hkdf(secret, DOMAINS.inviteCardId, 32),
  cardKey: hkdf(secret, DOMAINS.inviteCardKey, 32)
})

/** Who may write and revoke the card at the homes: the owner alone, so it is derived from the head key too. */
export const cardWriter = (
  headSeed: Uint8Array,
  cardId: Uint8Array
): { readonly seed: Uint8Array; readonly publicKey: Uint8Array } => {
  const seed = hkdf(headSeed, DOMAINS.cardWriter, 32, cardId)
  return { seed, publicKey: ed25519PublicKey(seed) }
}

/**
 * `base` is the page that the link opens, without fragment. Homes come in order of preference; as many as fit are named,
 * at most two. @throws AppError `too-large` when even without homes the base makes it too long.
 */
export const makeInviteLink = (options: {
  readonly base: string
  readonly did: string
  readonly roots: Uint8Array
  readonly secret: Uint8Array
  readonly homes: readonly string[]
}): string => {
  const base = options.base.replace(/#.*$/s, '').replace(/\/$/, '')
  const write = (homes: readonly Home[]): string => {
    const { roots, secret } = options
    return `${base}/#i/${bytesToBase64url(invite.encode({ version: 1, didKey: keyFromDid(options.did), roots, secret, homes }))}`
  }
  const homes = options.homes.map(textToHome)
  const choices = [homes.slice(0, 2), ...homes.map((one) => [one]), []]
  for (const choice of choices) {
    const link = write(choice)
    if (link.length <= MAX_LINK_CHARS) return link
  }
  throw new AppError('too-large', 'the address of the page is too long for an invite link')
}

/**
 * Finds the link in whatever was pasted, scanned or opened: other words, line breaks and trailing punctuation around it
 * do no harm. @throws AppError `malformed` or `needs-newer`.
 */
export const readInviteLink = (pasted: string): InviteLink => {
  if (pasted.length > MAX_PASTED_CHARS) throw new AppError('malformed', 'too long for an invite link')
  const data = /#\/?i\/([\w-]+)/.exec(pasted)?.[1]
  if (data === undefined) throw new AppError('malformed', 'no invite link in it')
  const { didKey, roots, secret, homes } = invite.decode(base64urlToBytes(data))
  if (secret.length !== INVITE_SECRET_BYTES) throw new AppError('malformed', 'the secret of an invite has 16 bytes')
  return { did: didFromKey(didKey), didKey, roots, secret, homes: homes.map(homeToText) }
}
