/** Argon2id for tests: real, and over in a millisecond. Product calls refuse it. */
import type { Argon2Cost, CostBounds } from '../../../src/crypto/passphrase.ts'

export const CHEAP: Argon2Cost = { memoryKiB: 32, passes: 1, lanes: 1 }
export const CHEAP_BOUNDS: CostBounds = { min: CHEAP, max: { memoryKiB: 65536, passes: 3, lanes: 4 } }
