/**
 * ID3: the DID document, what an account is: its keys, and which devices it has without telling who they are.
 * `document` is what is stored, hashed and published; both root signatures cover the bytes of `body` as received.
 */
import { KiB } from '../base/bytes.ts'
import { place } from './place.ts'
import { rotations } from './rotation.ts'
import { bytes, field, fixed, listOf, maybe, message, text, uint, version, type Of } from './schema.ts'

/** ID3: device hashes are filled up with random ones to a multiple of this. */
export const DEVICE_SLOTS = 8
export const MAX_CERTIFICATE_BYTES = 16 * KiB
export const MAX_DOCUMENT_BYTES = 32 * KiB

export const documentBody = message(
  'document-body',
  { max: 28 * KiB },
  {
    version: field(0, version(1)),
    /** The account's first Ed25519 root key; `did:key` is its text. */
    didKey: field(1, fixed(32)),
    place: field(2, place),
    /** SHA-256 of the document before; absent only in the very first. */
    previous: maybe(3, fixed(32)),
    issued: field(4, uint()),
    /** OpenPGP v6 transferable public key; its primary key is the Ed25519 root in force. */
    certificate: field(5, bytes({ min: 1, max: MAX_CERTIFICATE_BYTES })),
    mlDsaKey: field(6, fixed(1952)),
    /** Hash of the root keys of the next generation. Never changes within a generation. */
    nextRoots: field(7, fixed(32)),
    headKey: field(8, fixed(32)),
    /** VE1: lowest and highest wire version its devices speak. */
    lowest: field(9, uint({ max: 0xffff })),
    highest: field(10, uint({ max: 0xffff })),
    suites: field(11, listOf(text({ max: 32 }), { min: 1, max: 16 })),
    /** SHA-256(salt ‖ device key), shuffled among random fillers. */
    devices: field(12, listOf(fixed(32), { min: DEVICE_SLOTS, max: 64 })),
    /** As many as the generation counts. */
    rotations: field(13, rotations)
  }
)
export type DocumentBody = Of<typeof documentBody>

export const document = message(
  'document',
  { max: MAX_DOCUMENT_BYTES },
  {
    version: field(0, version(1)),
    body: field(1, bytes({ min: 1, max: 28 * KiB })),
    ed25519: field(2, fixed(64)),
    mlDsa: field(3, fixed(3309))
  }
)
export type Document = Of<typeof document>
