/**
 * IN1: the card of an invite: who waits behind it and at which devices. It lies sealed at the homes; the key comes from
 * the invite's secret, and the head key signs, so that one guest of a shared link cannot fool another.
 */
import { KiB } from '../base/bytes.ts'
import { bindings } from './binding.ts'
import { profile } from './profile.ts'
import { bytes, field, fixed, message, uint, version, type Of } from './schema.ts'

/** What the directory keeps at most under one id. */
export const MAX_SEALED_CARD_BYTES = 48 * KiB

export const cardBody = message(
  'card-body',
  { max: 44 * KiB },
  {
    version: field(0, version(1)),
    didKey: field(1, fixed(32)),
    /** The id under which it lies: a card never speaks for another invite. */
    id: field(2, fixed(32)),
    profile: field(3, profile),
    bindings: field(4, bindings),
    issued: field(5, uint()),
    endsAt: field(6, uint())
  }
)
export type CardBody = Of<typeof cardBody>

export const card = message(
  'card',
  { max: 46 * KiB },
  {
    version: field(0, version(1)),
    body: field(1, bytes({ min: 1, max: 44 * KiB })),
    signature: field(2, fixed(64))
  }
)
export type Card = Of<typeof card>

export const sealedCard = message(
  'sealed-card',
  { max: MAX_SEALED_CARD_BYTES },
  {
    version: field(0, version(1)),
    nonce: field(1, fixed(12)),
    /** AES-256-GCM. */
    sealed: field(2, bytes({ min: 16, max: 47 * KiB }))
  }
)
export type SealedCard = Of<typeof sealedCard>
