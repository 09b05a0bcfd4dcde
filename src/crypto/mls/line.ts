/**
 * The epochs of one session that a device still has. ML3: whole ones, up to five behind the current one and all that lead on
 * from them, so that another branch can be followed. ML4: older ones only to read what comes late, 32 epochs and 7 days at
 * most; whole ones do not outlive those days either. Immutable, like what it holds.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { EpochId, EpochInfo } from '../suite.ts'
import type { Epoch, EpochParts, Mls, PastEpoch } from './mls.ts'

const WHOLE_EPOCHS = 5
const READABLE_EPOCHS = 32
const READABLE_MS = 7 * 24 * 3600 * 1000

/** A whole epoch. One whose commit removed us has nothing but its name. */
export interface Kept {
  readonly info: EpochInfo
  readonly endedAt?: number
  readonly parts: EpochParts | undefined
  readonly epoch: () => Epoch
}
export interface Past {
  readonly id: EpochId
  readonly number: number
  readonly endedAt: number
  readonly data: Uint8Array
  readonly past: () => PastEpoch
}
export interface Line {
  readonly group: Uint8Array
  readonly generation: number
  readonly current: EpochId
  readonly epochs: readonly Kept[]
  readonly pasts: readonly Past[]
  /** The list as it is written, as long as only ratchets moved. */
  readonly head?: Uint8Array | undefined
}

export const idOf = (hash: Uint8Array): EpochId => bytesToBase64url(hash) as EpochId

export const keep = (mls: Mls, info: EpochInfo, epoch: Epoch | undefined): Kept => ({
  info,
  parts: epoch && mls.save(epoch),
  epoch: () => {
    if (epoch === undefined) throw new AppError('not-ready', 'no longer a member')
    return epoch
  }
})

export const currentOf = (line: Line): Kept => find(line, line.current)

export const find = (line: Line, id: EpochId): Kept => {
  const found = line.epochs.find(({ info }) => info.id === id)
  if (found === undefined) throw new AppError('not-found', `epoch ${id}`)
  return found
}

/** The same line with one epoch moved on or new. */
export const put = (line: Line, kept: Kept): Line => {
  const isNew = line.epochs.every(({ info }) => info.id !== kept.info.id)
  if (isNew) return { ...line, epochs: [...line.epochs, kept], head: undefined }
  return {
    ...line,
    epochs: line.epochs.map((old) =>
      old.info.id === kept.info.id ? { ...kept, ...(old.endedAt !== undefined && { endedAt: old.endedAt }) } : old
    )
  }
}

export const putPast = (mls: Mls, line: Line, id: EpochId, past: PastEpoch): Line => ({
  ...line,
  pasts: line.pasts.map((old) => (old.id === id ? { ...old, data: mls.savePast(past), past: () => past } : old))
})

/** Marks what ended, turns whole epochs that are too old into readable ones, and lets go of those that are older still. */
export const age = (mls: Mls, line: Line, now: number, who: (credential: Uint8Array) => Uint8Array): Line => {
  const { number } = currentOf(line).info
  const isLate = ({ info, endedAt }: Kept): boolean => info.number < number && endedAt === undefined
  const marked = line.epochs.map((kept) => (isLate(kept) ? { ...kept, endedAt: now } : kept))
  const isWhole = ({ info, endedAt = now }: Kept): boolean =>
    info.id === line.current || (info.number >= number - WHOLE_EPOCHS && now - endedAt <= READABLE_MS)
  const turned = marked.flatMap((kept): Past[] => {
    if (isWhole(kept) || kept.parts === undefined) return []
    const past = mls.toPast(kept.epoch(), who)
    const { id } = kept.info
    return [{ id, number: kept.info.number, endedAt: kept.endedAt ?? now, data: mls.savePast(past), past: () => past }]
  })
  const isReadable = (past: Past): boolean =>
    past.number >= number - READABLE_EPOCHS && now - past.endedAt <= READABLE_MS
  const epochs = marked.filter(isWhole)
  const pasts = [...line.pasts, ...turned].filter(isReadable)
  const isSame = !line.epochs.some(isLate) && epochs.length === line.epochs.length && pasts.length === line.pasts.length
  return isSame ? line : { ...line, epochs, pasts, head: undefined }
}
