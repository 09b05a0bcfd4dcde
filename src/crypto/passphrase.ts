/**
 * From a passphrase to a key: Argon2id (RFC 9106, version 0x13). What it costs is stored beside what it protects, and
 * is bounded before any work: a foreign file must not eat all memory, and no file of ours may be cheap to guess.
 */
import { MiB, KiB, utf8 } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'

export interface Argon2Cost {
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
}
export interface CostBounds {
  readonly min: Argon2Cost
  readonly max: Argon2Cost
}

/** About 0.4 s on a desktop: asked at every unlocking. */
export const UNLOCK_COST: Argon2Cost = { memoryKiB: (64 * MiB) / KiB, passes: 3, lanes: 1 }
/** DV5: 1.2 to 3.4 s: asked once in years, and the file may lie where strangers find it. */
export const BACKUP_COST: Argon2Cost = { memoryKiB: (256 * MiB) / KiB, passes: 3, lanes: 1 }

/** Twice the memory of a backup is what a phone's browser still gives one tab. */
const MAX_COST: Argon2Cost = { memoryKiB: (512 * MiB) / KiB, passes: 8, lanes: 4 }
export const UNLOCK_BOUNDS: CostBounds = { min: UNLOCK_COST, max: MAX_COST }
export const BACKUP_BOUNDS: CostBounds = { min: BACKUP_COST, max: MAX_COST }

const COSTS = ['memoryKiB', 'passes', 'lanes'] as const

/**
 * The passphrase is taken as NFKC, so that keyboards that compose letters differently type the same one.
 * @throws AppError `untrusted` for a cost outside the bounds or an empty passphrase.
 */
export const stretchPassphrase = async (options: {
  readonly passphrase: string
  readonly salt: Uint8Array
  readonly cost: Argon2Cost
  readonly bounds: CostBounds
}): Promise<Uint8Array> => {
  const { cost, bounds } = options
  const outside = COSTS.find((name) => cost[name] < bounds.min[name] || cost[name] > bounds.max[name])
  if (outside !== undefined) throw new AppError('untrusted', `Argon2id with ${outside} ${cost[outside]}`)
  if (options.passphrase === '') throw new AppError('untrusted', 'an empty passphrase')
  // 11 kB that most starts do not need
  const { argon2id } = await import('hash-wasm')
  return argon2id({
    password: utf8(options.passphrase.normalize('NFKC')),
    salt: options.salt,
    memorySize: cost.memoryKiB,
    iterations: cost.passes,
    parallelism: cost.lanes,
    hashLength: 32,
    outputType: 'binary'
  })
}
