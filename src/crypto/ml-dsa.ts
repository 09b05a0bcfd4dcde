/** ML-DSA-65 (FIPS 204): whether a signature holds. */
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js'

/** Never throws: what is no well-formed key or signature holds not. */
export const verifyMlDsa = (
  data: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
  context: Uint8Array
): boolean => {
  try {
    return ml_dsa65.verify(signature, data, publicKey, { context })
  } catch {
    // not a well-formed key or signature: the answer is no
    return false
  }
}
