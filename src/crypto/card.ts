/** IN1: sealing and opening the card behind an invite. Sealed for those with the link, signed by the owner's head key. */
import { gcm } from '@noble/ciphers/aes.js'
import { sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { card, cardBody, sealedCard, type CardBody } from '../wire/card.ts'
import { DOMAINS } from './domains.ts'
import { signEd25519, verifyEd25519 } from './ed25519.ts'
import { inDomain } from './hash.ts'
import type { InviteKeys } from './invite.ts'

export const sealCard = (options: {
  readonly body: Omit<CardBody, 'version' | 'id'>
  readonly keys: InviteKeys
  readonly headSeed: Uint8Array
  readonly random: Random
}): Uint8Array<ArrayBuffer> => {
  const { cardId, cardKey } = options.keys
  const body = cardBody.encode({ ...options.body, version: 1, id: cardId })
  const plain = card.encode({ version: 1, body, signature: signEd25519(DOMAINS.card, body, options.headSeed) })
  const nonce = options.random.bytes(12)
  const sealed = gcm(cardKey, nonce, inDomain(DOMAINS.card, cardId)).encrypt(plain)
  return sealedCard.encode({ version: 1, nonce, sealed })
}

const unseal = (keys: InviteKeys, nonce: Uint8Array, sealed: Uint8Array): Uint8Array => {
  try {
    return gcm(keys.cardKey, nonce, inDomain(DOMAINS.card, keys.cardId)).decrypt(sealed)
  } catch (cause) {
    throw new AppError('undecryptable', 'not a card of this invite', { cause })
  }
}

/**
 * `owner` comes from the verified head. Bindings inside are still to be verified one by one.
 * @throws AppError `malformed`, `too-large`, `needs-newer`, `undecryptable` or `untrusted`.
 */
export const openCard = (
  bytes: Uint8Array,
  keys: InviteKeys,
  owner: { readonly didKey: Uint8Array; readonly headKey: Uint8Array }
): CardBody => {
  const { nonce, sealed } = sealedCard.decode(bytes)
  const { body, signature } = card.decode(unseal(keys, nonce, sealed))
  if (!verifyEd25519(DOMAINS.card, body, signature, owner.headKey)) throw new AppError('untrusted', 'card signature')
  const said = cardBody.decode(body)
  if (!sameBytes(said.didKey, owner.didKey) || !sameBytes(said.id, keys.cardId)) {
    throw new AppError('untrusted', 'a card of somebody or something else')
  }
  return said
}
