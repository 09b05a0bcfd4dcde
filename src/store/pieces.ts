/** Pieces of large envelopes until all are there. Bounded for each device and in all, oldest objects out first. */
import type { DeviceId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { PieceRow } from './carried-rows.ts'

/** Two at once: what goes to us in two chats. */
const MAX_OBJECTS_EACH = 2
const MAX_OBJECTS = 16
const KEEP_MS = 30 * 24 * 3600 * 1000

const objectOf = ({ id }: PieceRow): string => id.slice(0, id.lastIndexOf(' '))

export const pieceKey = (from: DeviceId, object: string, count: number): string => `${from} ${object} ${count}`

/** As last committed, by index. */
export const piecesOf = (db: Db, key: string): ReadonlyMap<number, PieceRow> =>
  new Map(
    [...db.memory.pieces.values()]
      .filter((row) => objectOf(row) === key)
      .map((row) => [Number(row.id.slice(row.id.lastIndexOf(' ') + 1)), row])
  )

/** One write: the piece, and what has to go for it. */
export const putPiece = (db: Db, key: string, index: number, row: Omit<PieceRow, 'id'>): Promise<void> =>
  db.write(['pieces'], async () => {
    const newestByObject = new Map<string, number>()
    for (const one of db.memory.pieces.values()) {
      newestByObject.set(objectOf(one), Math.max(one.arrivedAt, newestByObject.get(objectOf(one)) ?? 0))
    }
    newestByObject.delete(key)
    const oldestFirst = [...newestByObject].toSorted((a, b) => a[1] - b[1]).map(([object]) => object)
    const own = oldestFirst.filter((object) => object.startsWith(`${row.from} `))
    const gone = new Set([
      ...own.slice(0, Math.max(0, own.length - MAX_OBJECTS_EACH + 1)),
      ...oldestFirst.slice(0, Math.max(0, oldestFirst.length - MAX_OBJECTS + 1)),
      ...oldestFirst.filter((object) => (newestByObject.get(object) ?? 0) + KEEP_MS < row.arrivedAt)
    ])
    const ids = [...db.memory.pieces.values()].filter((one) => gone.has(objectOf(one))).map(({ id }) => id)
    if (ids.length > 0) await db.tables.pieces.bulkDelete(ids)
    await db.tables.pieces.put({ ...row, id: `${key} ${index}` })
  })

export const dropPieces = (db: Db, key: string): Promise<void> =>
  db.write(['pieces'], async () => {
    const ids = [...piecesOf(db, key).values()].map(({ id }) => id)
    if (ids.length > 0) await db.tables.pieces.bulkDelete(ids)
  })

export const dropOldPieces = async (db: Db, now: number): Promise<void> => {
  const old = [...db.memory.pieces.values()].filter(({ arrivedAt }) => arrivedAt + KEEP_MS < now).map(({ id }) => id)
  if (old.length > 0) await db.write(['pieces'], () => db.tables.pieces.bulkDelete(old))
}
