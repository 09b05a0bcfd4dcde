/** ID6: a device belongs to an account because the account's OpenPGP root signed these bytes, and its document lists it. */
import { KiB } from '../base/bytes.ts'
import { bytes, field, fixed, listOf, maybe, message, uint, version, type Of } from './schema.ts'

/** ID6. */
export const MAX_BINDING_MS = 366 * 24 * 3600 * 1000
export const MAX_BINDING_BYTES = KiB

export const bindingBody = message(
  'binding-body',
  { max: 512 },
  {
    version: field(0, version(1)),
    didKey: field(1, fixed(32)),
    generation: field(2, uint({ max: 0xffff })),
    /** The device's Ed25519 key: its PeerId, and what signs its events. */
    device: field(3, fixed(32)),
    /** Fingerprint (v6) of the OpenPGP subkey with which this device signs what it seals. */
    signing: field(4, fixed(32)),
    /** Fingerprints of its encryption subkeys, the preferred one first. */
    encryption: field(5, listOf(fixed(32), { min: 1, max: 4 })),
    /** SHA-256(salt ‖ device) stands in the document. */
    salt: field(6, fixed(32)),
    /** Commits to the device's name, which only contacts learn. */
    nameHash: maybe(7, fixed(32)),
    issued: field(8, uint()),
    expires: field(9, uint())
  }
)
export type BindingBody = Of<typeof bindingBody>

export const binding = message(
  'binding',
  { max: MAX_BINDING_BYTES },
  {
    version: field(0, version(1)),
    body: field(1, bytes({ min: 1, max: 512 })),
    /** Detached OpenPGP v6 signature by the primary key over domain and body. */
    signature: field(2, bytes({ min: 1, max: 400 }))
  }
)
export type Binding = Of<typeof binding>

/** How bindings travel inside other messages. */
export const bindings = listOf(bytes({ min: 1, max: MAX_BINDING_BYTES }), { max: 16 })
