/**
 * ID7: what two people compare. It follows from both accounts' names and root keys only, so devices come and go without
 * changing it, and it is the same on both screens.
 */
import { sha512 } from '@noble/hashes/sha2.js'
import { base64urlToBytes, bytesToBase64url, bytesToHex, concat, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { safetyCodeData } from '../wire/safety.ts'
import { DOMAINS } from './domains.ts'
import { hashIn, inDomain } from './hash.ts'

export interface RootsOf {
  readonly didKey: Uint8Array
  /** `VerifiedDocument.roots`: the hash of both root keys in force. */
  readonly roots: Uint8Array
}

/** Like Signal's: 30 digits are 100 bits, and 5,200 rounds add 12 more against a search for a look-alike. */
const ROUNDS = 5200
const GROUP = 100_000n

/** Views ask again and again; one answer costs 20 ms in a browser. */
const known = new Map<string, string>()
const MAX_KNOWN = 512

const halfOf = (account: RootsOf): string => {
  const name = bytesToHex(concat(account.didKey, account.roots))
  const half = known.get(name) ?? computeHalf(account)
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(name, half)
  return half
}

/** Six groups of five digits for one account. */
const computeHalf = ({ didKey, roots }: RootsOf): string => {
  const seed = inDomain(DOMAINS.safetyNumber, didKey, roots)
  let hash = sha512(seed)
  for (let round = 1; round < ROUNDS; round++) hash = sha512(concat(hash, didKey, roots))
  const groups = Array.from({ length: 6 }, (_, index) => {
    const five = hash.subarray(5 * index, 5 * index + 5).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    return String(five % GROUP).padStart(5, '0')
  })
  return groups.join(' ')
}

/** Twelve groups of five digits, with single spaces; the lower half stands first on both sides. */
export const safetyNumber = (mine: RootsOf, theirs: RootsOf): string =>
  [halfOf(mine), halfOf(theirs)].toSorted().join(' ')

const printOf = ({ didKey, roots }: RootsOf): Uint8Array => hashIn(DOMAINS.safetyNumber, didKey, roots)

const PREFIX = 'cryptochat:verify/'

/** What the QR on the contact page holds. */
export const safetyCode = (mine: RootsOf, theirs: RootsOf): string =>
  PREFIX + bytesToBase64url(safetyCodeData.encode({ version: 1, mine: printOf(mine), theirs: printOf(theirs) }))

/**
 * Compares a code scanned from the other's screen. `mismatch` is an alarm: the two devices do not see the same keys, or
 * it is the code of another contact.
 */
export const checkSafetyCode = (code: string, mine: RootsOf, theirs: RootsOf): 'match' | 'mismatch' | 'malformed' => {
  try {
    if (!code.trim().startsWith(PREFIX)) return 'malformed'
    const scanned = safetyCodeData.decode(base64urlToBytes(code.trim().slice(PREFIX.length)))
    const same = sameBytes(scanned.mine, printOf(theirs)) && sameBytes(scanned.theirs, printOf(mine))
    return same ? 'match' : 'mismatch'
  } catch (error) {
    if (error instanceof AppError) return 'malformed'
    throw error
  }
}
