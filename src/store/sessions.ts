/**
 * The state of sessions that have it in parts (decision 0082): only parts that changed are written. Which parts there are
 * stands in one of its own, so that they are read by their names. Beside them lie commits and Welcomes that are still given out.
 */
import type { Db } from './database.ts'
import type { SessionRow } from './rows.ts'

/** Names of all parts of the state. No part of a state has this name. */
const INDEX = '.index'

export interface PartsChange {
  readonly put: ReadonlyMap<string, Uint8Array>
  readonly drop: readonly string[]
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Nothing when any part is missing: half a state is none. */
export const readState = async (db: Db, group: string): Promise<ReadonlyMap<string, Uint8Array> | undefined> => {
  const index = await db.tables.parts.get([group, INDEX])
  if (index === undefined) return undefined
  const names = decoder.decode(index.value).split('\n')
  const rows = await db.tables.parts.bulkGet(names.map((name): [string, string] => [group, name]))
  const parts = new Map<string, Uint8Array>()
  for (const [at, row] of rows.entries()) {
    const name = names[at]
    if (row === undefined || name === undefined) return undefined
    parts.set(name, row.value)
  }
  return parts
}

/** Whether there is a state at all, without reading it. */
export const hasState = async (db: Db, group: string): Promise<boolean> =>
  (await db.tables.parts.get([group, INDEX])) !== undefined

/** Inside a write. `names`: all parts that there are from now on. */
export const writeParts = async (
  db: Db,
  group: string,
  { put, drop }: PartsChange,
  names: Iterable<string>
): Promise<void> => {
  const isOther = drop.length > 0 || [...put.keys()].some((name) => !name.endsWith('/secrets'))
  const rows = [...put].map(([name, value]) => ({ group, name, value }))
  if (isOther) rows.push({ group, name: INDEX, value: encoder.encode([...names].join('\n')) })
  await db.tables.parts.bulkPut(rows)
  if (drop.length > 0) await db.tables.parts.bulkDelete(drop.map((name): [string, string] => [group, name]))
}

/** Inside a write: the whole state. */
export const eraseState = async (db: Db, group: string, also: readonly string[] = []): Promise<void> => {
  const index = await db.tables.parts.get([group, INDEX])
  const names = index === undefined ? [] : decoder.decode(index.value).split('\n')
  await db.tables.parts.bulkDelete([INDEX, ...names, ...also].map((name): [string, string] => [group, name]))
}

// ── what is given out: commits, Welcomes, trees ─────────────────────────────────────────────────────────────────────

export type Given = 'commit' | 'welcome' | 'opening-tree'
const givenName = (kind: Given, id: string): string => `.${kind}/${id}`

export const readGiven = async (db: Db, group: string, kind: Given, id: string): Promise<Uint8Array | undefined> =>
  (await db.tables.parts.get([group, givenName(kind, id)]))?.value

/** Inside a write. */
export const putGiven = async (db: Db, group: string, kind: Given, id: string, value: Uint8Array): Promise<void> => {
  await db.tables.parts.put({ group, name: givenName(kind, id), value })
}

/** Inside a write. */
export const dropGiven = async (
  db: Db,
  group: string,
  kinds: readonly Given[],
  ids: readonly string[]
): Promise<void> => {
  if (ids.length === 0) return
  await db.tables.parts.bulkDelete(
    kinds.flatMap((kind) => ids.map((id): [string, string] => [group, givenName(kind, id)]))
  )
}

/** Inside a write: the row and all that belongs to it. */
export const eraseSession = async (db: Db, { group, mls }: SessionRow): Promise<void> => {
  await eraseState(db, group)
  const welcomes = mls?.welcomes.map(({ epoch }) => epoch) ?? []
  await dropGiven(db, group, ['commit'], mls?.commits.map(({ id }) => id) ?? [])
  await dropGiven(db, group, ['welcome', 'opening-tree'], welcomes)
  await db.tables.sessions.bulkDelete([group])
}
