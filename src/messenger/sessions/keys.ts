/**
 * IN4: key packages. Ours: one of last resort for each MLS suite, made anew every week; the private part is kept until the
 * lifetime ends, because a Welcome may wait as long. Theirs: the newest that each device offered, checked when it is used.
 */
import { AppError } from '../../base/errors.ts'
import type { KeyPackagePair, SessionMember, Suite } from '../../crypto/suite.ts'
import type { DeviceId } from '../../model/ids.ts'
import type { Db, TableName } from '../../store/database.ts'
import { updateRecord } from '../../store/records.ts'
import type { Context, Own } from '../context.ts'

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS
const RENEW_MS = 7 * DAY_MS
/** IN4: 30 days at most, of which clocks that are behind take some. */
const LIFETIME_MS = 29 * DAY_MS
const EARLIER_MS = 12 * HOUR_MS
/** Fresh ones are asked for by whoever adds us; more than that are not kept. */
const MAX_KEPT = 200

interface OwnKeys extends KeyPackagePair {
  readonly suite: string
  readonly madeAt: number
  readonly endsAt: number
  /** Given to one asker only. */
  readonly isFresh?: boolean
}

export interface OfferedKeys {
  readonly suite: string
  readonly keyPackage: Uint8Array
}

const OWN = 'mls-keys'
const theirs = (device: DeviceId): string => `mls-keys:${device}`

const ownKeys = ({ memory }: Db): readonly OwnKeys[] => (memory.records.get(OWN)?.value as readonly OwnKeys[]) ?? []

const makeKeys = async (ctx: Context, { id, epochs }: Suite, isFresh: boolean): Promise<OwnKeys> => {
  if (epochs === undefined) throw new AppError('not-found', `${id} has no key packages`)
  const madeAt = ctx.clock.now()
  const endsAt = madeAt + LIFETIME_MS
  const pair = await epochs.makeKeyPackage({ notBefore: madeAt - EARLIER_MS, notAfter: endsAt })
  return { ...pair, suite: id, madeAt, endsAt, ...(isFresh && { isFresh }) }
}

const keepKeys = (ctx: Context, fresh: readonly OwnKeys[]): Promise<void> =>
  updateRecord<readonly OwnKeys[]>(ctx.db, OWN, (before = []) => {
    const now = ctx.clock.now()
    return [...before.filter(({ endsAt }) => endsAt > now), ...fresh].slice(-MAX_KEPT)
  })

const newestOf = (keys: readonly OwnKeys[], suite: string): OwnKeys | undefined =>
  keys.filter((one) => one.suite === suite && one.isFresh !== true).toSorted((a, b) => b.madeAt - a.madeAt)[0]

/** Those of last resort, on disk before anybody sees them. `madeAt` names what was offered. */
export const offeredKeys = (
  ctx: Context,
  own: Own
): Promise<{ readonly keys: readonly OfferedKeys[]; readonly madeAt: number }> =>
  ctx.sessions.run('keys', async () => {
    const now = ctx.clock.now()
    const suites = [...own.suites.values()].filter(({ epochs }) => epochs !== undefined)
    const due = suites.filter(({ id }) => {
      const newest = newestOf(ownKeys(ctx.db), id)
      return newest === undefined || newest.madeAt + RENEW_MS <= now || newest.madeAt > now + DAY_MS
    })
    if (due.length > 0) {
      const fresh: OwnKeys[] = []
      for (const suite of due) fresh.push(await makeKeys(ctx, suite, false))
      await keepKeys(ctx, fresh)
    }
    const found = suites.map(({ id }) => newestOf(ownKeys(ctx.db), id)).filter((one) => one !== undefined)
    return {
      keys: found.map(({ suite, keyPackage }) => ({ suite, keyPackage })),
      madeAt: Math.max(0, ...found.map(({ madeAt }) => madeAt))
    }
  })

/** For one asker. @throws AppError `not-found` for a suite without key packages. */
export const freshKeyPackage = (ctx: Context, own: Own, suite: string): Promise<Uint8Array> =>
  ctx.sessions.run('keys', async () => {
    const found = own.suites.get(suite)
    if (found === undefined) throw new AppError('not-found', `suite ${suite}`)
    const fresh = await makeKeys(ctx, found, true)
    await keepKeys(ctx, [fresh])
    return fresh.keyPackage
  })

/** All with which a Welcome may have been made, the newest first. */
export const keysFor = (ctx: Context, suite: string): readonly KeyPackagePair[] =>
  ownKeys(ctx.db)
    .filter((one) => one.suite === suite)
    .toSorted((a, b) => b.madeAt - a.madeAt)

// ── theirs ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const KEY_TABLES: readonly TableName[] = ['records']

interface TheirKeys extends OfferedKeys {
  readonly at: number
}
const theirKeys = ({ memory }: Db, device: DeviceId): readonly TheirKeys[] =>
  (memory.records.get(theirs(device))?.value as readonly TheirKeys[]) ?? []

/** Inside a write over KEY_TABLES that has not written there. What a device offers counts as its own only when it is used. */
export const takeKeys = async (ctx: Context, device: DeviceId, offered: readonly OfferedKeys[]): Promise<void> => {
  const now = ctx.clock.now()
  const suites = new Set(offered.map(({ suite }) => suite))
  const kept = theirKeys(ctx.db, device).filter(({ suite }) => !suites.has(suite))
  const fresh = [...suites].flatMap((suite): TheirKeys[] => {
    const one = offered.findLast((keys) => keys.suite === suite)
    return one === undefined ? [] : [{ ...one, at: now }]
  })
  await ctx.db.tables.records.put({ key: theirs(device), value: [...kept, ...fresh].slice(-4) })
}

/** A key package of theirs that is good now. */
export const keyPackageOf = async (
  ctx: Context,
  suite: Suite,
  { did, device }: SessionMember
): Promise<Uint8Array | undefined> => {
  const found = theirKeys(ctx.db, device as DeviceId).find((one) => one.suite === suite.id)
  return found !== undefined && (await isGood(ctx, suite, { did, device }, found.keyPackage))
    ? found.keyPackage
    : undefined
}

export const isGood = async (
  ctx: Context,
  { epochs }: Suite,
  { did, device }: SessionMember,
  keyPackage: Uint8Array
): Promise<boolean> => {
  try {
    const read = await epochs?.readKeyPackage(keyPackage)
    return read?.did === did && read.device === device && read.notAfter > ctx.clock.now()
  } catch (error) {
    if (error instanceof AppError && error.code !== 'internal') return false
    throw error
  }
}
