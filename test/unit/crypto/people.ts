/** Accounts for these tests: real keys, made once a file. */
import { systemRandom } from '../../../src/base/random.ts'
import { type AccountSecrets, makeAccount } from '../../../src/crypto/account.ts'
import { type VerifiedBinding, verifyBinding } from '../../../src/crypto/binding.ts'
import { type VerifiedDocument, verifyDocument } from '../../../src/crypto/document.ts'
import { memberOf, type Member } from '../../../src/crypto/suite.ts'

export const NOW = Date.UTC(2026, 10, 20, 12)
export const DAY = 86_400_000
export const random = systemRandom

export interface Known {
  readonly account: AccountSecrets
  readonly document: VerifiedDocument
  readonly binding: VerifiedBinding
  readonly member: Member
}

export const meet = async (now = NOW): Promise<Known> => {
  const account = await makeAccount({ random, now, deviceSeed: random.bytes(32) })
  const document = await verifyDocument(account.document)
  const binding = await verifyBinding(account.device.binding, document, now)
  return { account, document, binding, member: memberOf(document, binding) }
}

/** The same bytes with one bit changed. */
export const flip = (data: Uint8Array, at: number): Uint8Array => {
  const copy = new Uint8Array(data)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
