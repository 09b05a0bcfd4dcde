/** ML-KEM-768 (FIPS 203). A private key is its 64-byte seed, expanded whenever it is used. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'

export const mlKemPublicKey = (seed: Uint8Array): Uint8Array => ml_kem768.keygen(seed).publicKey

/** `chance`: 32 bytes that nobody else knows. @throws for what is no public key. */
export const sealMlKem = (
  publicKey: Uint8Array,
  chance: Uint8Array
): { readonly sealed: Uint8Array; readonly shared: Uint8Array } => {
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, chance)
  return { sealed: cipherText, shared: sharedSecret }
}

/** What was sealed to another key gives another secret, not an error. */
export const openMlKem = (seed: Uint8Array, sealed: Uint8Array): Uint8Array =>
  ml_kem768.decapsulate(sealed, ml_kem768.keygen(seed).secretKey)
