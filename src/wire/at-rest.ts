/**
 * The keyring: the one thing of the sealed store that lies open. It holds the data encryption key, wrapped once for
 * every way of opening it. It never leaves the device; it is declared here because it must be readable for ever (EN5).
 */
import { KiB } from '../base/bytes.ts'
import { bytes, field, fixed, listOf, maybe, message, oneOf, uint, version, type Of } from './schema.ts'

/** What Argon2id was given. Bounds that mean safety are `crypto/passphrase.ts`; these only keep numbers sane. */
export const argon2Cost = message(
  'argon2-cost',
  { max: 32 },
  {
    memoryKiB: field(1, uint({ max: 0xffff_ffff })),
    passes: field(2, uint({ max: 0xffff })),
    lanes: field(3, uint({ max: 0xff }))
  }
)

/** Authenticated by the wrapping, in the bytes that stand in the keyring. */
export const wrapperHead = message(
  'at-rest-wrapper-head',
  { max: 2 * KiB },
  {
    version: field(0, version(1)),
    /** `device`: the secret lies on the same disk, which protects from nobody who has the disk. */
    kind: field(1, oneOf('passphrase', 'prf', 'device')),
    salt: field(2, fixed(32)),
    nonce: field(3, fixed(12)),
    /** For a passphrase only. */
    cost: maybe(4, argon2Cost),
    /** WebAuthn credential id, for `prf` only. */
    credential: maybe(5, bytes({ min: 1, max: 1023 }))
  }
)
export type WrapperHead = Of<typeof wrapperHead>

const wrapper = message(
  'at-rest-wrapper',
  { max: 3 * KiB },
  {
    head: field(1, bytes({ max: 2 * KiB })),
    sealed: field(2, fixed(48))
  }
)
export type Wrapper = Of<typeof wrapper>

export const keyring = message(
  'at-rest-keyring',
  { max: 32 * KiB },
  {
    version: field(0, version(1)),
    id: field(1, fixed(16)),
    /** A passphrase, this device, and a few security keys. */
    wrappers: field(2, listOf(wrapper, { min: 1, max: 8 }))
  }
)
export type Keyring = Of<typeof keyring>
