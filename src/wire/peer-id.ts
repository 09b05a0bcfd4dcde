/**
 * libp2p PeerIds of Ed25519 keys as text (`12D3KooW…`) and back, without libp2p: the identity multihash of the
 * protobuf-wrapped key, which is a constant prefix before the 32 key bytes.
 */
import { base58ToBytes, bytesToBase58 } from '../base/base58.ts'
import { concat, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'

/** Multihash identity (0x00), 36 bytes; protobuf: type = Ed25519 (1), data = 32 bytes. */
const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)
const KEY_BYTES = 32

export const keyToPeerId = (key: Uint8Array): string => {
  if (key.length !== KEY_BYTES) throw new AppError('malformed', 'an Ed25519 key has 32 bytes')
  return bytesToBase58(concat(PREFIX, key))
}

/** @throws AppError `malformed` when the text is not the PeerId of an Ed25519 key. */
export const peerIdToKey = (text: string): Uint8Array<ArrayBuffer> => {
  const whole = base58ToBytes(text)
  const isEd25519 = whole.length === PREFIX.length + KEY_BYTES && sameBytes(whole.subarray(0, PREFIX.length), PREFIX)
  if (!isEd25519) throw new AppError('malformed', 'not the PeerId of an Ed25519 key')
  return whole.slice(PREFIX.length)
}
