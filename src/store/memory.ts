/**
 * The small tables that every message asks for, in memory as they were last committed. One node owns the database, writes
 * go one after the other, and Dexie's lowest layer shows each of them here, so memory and disk never differ: outside a
 * write, and in a write before it has written, this is the truth and costs no request.
 */
import type { DBCoreMutateRequest, Dexie, Middleware, DBCore } from 'dexie'
import { AppError } from '../base/errors.ts'
import type { ChatId, Did, InviteId } from '../model/ids.ts'
import type * as rows from './rows.ts'

export interface Memory {
  /** Without its keys: those are where they are guarded. */
  readonly account: ReadonlyMap<'own', rows.Profile>
  readonly contacts: ReadonlyMap<Did, rows.ContactRow>
  readonly chats: ReadonlyMap<ChatId, rows.ChatRecord>
  readonly sessions: ReadonlyMap<string, rows.SessionRow>
  readonly outbox: ReadonlyMap<string, rows.OutboxRow>
  readonly parcels: ReadonlyMap<ChatId, rows.ParcelRow>
  readonly aside: ReadonlyMap<string, rows.AsideRow>
  readonly seen: ReadonlyMap<string, rows.SeenRow>
  readonly records: ReadonlyMap<string, rows.RecordRow>
  readonly places: ReadonlyMap<Did, rows.PlaceRow>
  readonly documents: ReadonlyMap<string, rows.DocumentRow>
  readonly invites: ReadonlyMap<InviteId, rows.InviteRow>
  readonly mail: ReadonlyMap<string, rows.MailRow>
  readonly waiting: ReadonlyMap<string, rows.WaitingRow>
  readonly pieces: ReadonlyMap<string, rows.PieceRow>
  readonly passes: ReadonlyMap<string, rows.PassRow>
  /** Only the newest: what is about to be sent, and what the next events stand on. */
  readonly events: ReadonlyMap<string, rows.EventRow>
}

const KEY_BY_TABLE: Readonly<Record<keyof Memory, string>> = {
  account: 'id',
  contacts: 'did',
  chats: 'id',
  sessions: 'group',
  outbox: 'id',
  parcels: 'chat',
  aside: 'id',
  seen: 'id',
  records: 'key',
  places: 'did',
  documents: 'hash',
  invites: 'id',
  mail: 'id',
  waiting: 'id',
  pieces: 'id',
  passes: 'id',
  events: 'id'
}
const NAMES = Object.keys(KEY_BY_TABLE) as readonly (keyof Memory)[]
const isHeld = (name: string): name is keyof Memory => Object.hasOwn(KEY_BY_TABLE, name)

/** Two parcels of the most events, and the ends of some dozens of chats. */
const MAX_EVENTS = 256

export interface MemoryKeeper {
  readonly memory: Memory
  /** Once, after the database is open. */
  load(): Promise<void>
  /** Inside a transaction: what it writes is kept apart. The answer takes it over, once it has committed. */
  follow(transaction: IDBTransaction): () => void
  clear(): void
}

type Row = Readonly<Record<string, unknown>>
type Held = Map<unknown, Row>

const toHeld = (name: keyof Memory, row: Row): Row => (name === 'account' ? { ...row, keys: undefined } : row)

export const keepInMemory = (dexie: Dexie): MemoryKeeper => {
  const held = Object.fromEntries(NAMES.map((name) => [name, new Map()])) as unknown as Record<keyof Memory, Held>
  const written = new WeakMap<object, (() => void)[]>()

  const take = (name: keyof Memory, request: DBCoreMutateRequest): void => {
    const table = held[name]
    if (request.type === 'deleteRange') throw new AppError('internal', 'rows in memory are deleted by their keys')
    if (request.type === 'delete') {
      for (const key of request.keys) table.delete(key)
      return
    }
    for (const row of request.values as readonly Row[]) {
      const key = row[KEY_BY_TABLE[name]]
      // the last written is the last to be forgotten
      if (name === 'events') table.delete(key)
      table.set(key, toHeld(name, row))
    }
    if (name !== 'events') return
    for (const oldest of table.keys()) {
      if (table.size <= MAX_EVENTS) break
      table.delete(oldest)
    }
  }

  const watching: Middleware<DBCore> = {
    stack: 'dbcore',
    name: 'memory',
    create: (core) => ({
      ...core,
      table: (name) => {
        const table = core.table(name)
        if (!isHeld(name)) return table
        return {
          ...table,
          mutate: (request) => {
            const writing = written.get(request.trans)
            if (writing === undefined) throw new AppError('internal', `${name} is written outside of a write`)
            writing.push(() => take(name, request))
            return table.mutate(request)
          }
        }
      }
    })
  }
  dexie.use(watching)

  return {
    memory: held as unknown as Memory,
    load: () =>
      dexie.transaction('r', [...NAMES], async () => {
        await Promise.all(
          NAMES.filter((name) => name !== 'events').map(async (name) => {
            for (const row of await dexie.table(name).toArray())
              held[name].set(row[KEY_BY_TABLE[name]], toHeld(name, row))
          })
        )
      }),
    follow: (transaction) => {
      const writing: (() => void)[] = []
      written.set(transaction, writing)
      return () => {
        for (const apply of writing) apply()
      }
    },
    clear: () => {
      for (const name of NAMES) held[name].clear()
    }
  }
}
