/**
 * Signatures that were verified before: five devices of one world check the same bytes with the same key. What was answered
 * once for the very same data, signature and key is answered again without asking.
 */
import { hash } from 'node:crypto'

const MOST = 20_000
const verdicts = new Map<string, boolean>()

export const rememberVerdict = (
  data: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
  verify: () => boolean
): boolean => {
  // signatures and keys of one algorithm have one length each, so nothing runs together
  const name = hash('sha256', Buffer.concat([publicKey, signature, data]), 'base64')
  const known = verdicts.get(name)
  if (known !== undefined) return known
  if (verdicts.size >= MOST) verdicts.clear()
  const verdict = verify()
  verdicts.set(name, verdict)
  return verdict
}
