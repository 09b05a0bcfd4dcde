/**
 * Which tables there are, and of which sort. *Small* ones are in memory whole, as they were last committed; of *large* ones
 * memory knows what is where. Rows are plain data; whoever reads one must not change it.
 */
import type { ChatId, Did, InviteId } from '../model/ids.ts'
import type * as carried from './carried-rows.ts'
import type * as rows from './rows.ts'
import type { Span } from './sealed/paged.ts'

/** Inside a write it sees what that write has put; outside, what was last committed. Only a write may put or delete. */
export interface Table<Row, Key = string> {
  get(key: Key): Promise<Row | undefined>
  /** In the order of `keys`. */
  bulkGet(keys: readonly Key[]): Promise<(Row | undefined)[]>
  put(row: Row): Promise<void>
  bulkPut(rows: readonly Row[]): Promise<void>
  delete(key: Key): Promise<void>
  bulkDelete(keys: readonly Key[]): Promise<void>
  /** Everything goes. */
  clear(): Promise<void>
  /** Of a large table: for tests, and where there are few. */
  toArray(): Promise<Row[]>
  count(): Promise<number>
}

/** Large, looked up by its key alone. */
export interface ColdTable<Row, Key = string> extends Table<Row, Key> {
  /** As last committed. */
  keys(): readonly Key[]
}

/** Large, rows of conversations. */
export interface PagedTable<Row> extends Table<Row> {
  /** Oldest first. */
  range(chat: string, span: Span<Row>): Promise<Row[]>
  countIn(chat: string, span: Span<Row>): Promise<number>
  /** Rows that have `text` among what they are looked up by. */
  find(text: string): Promise<Row[]>
  /** Page by page, the newest first, as last committed; waits for `visit`, which ends it by answering false. */
  scan(visit: (rows: readonly Row[]) => Promise<boolean | void> | boolean | void): Promise<void>
  /** All of a chat. */
  clearChat(chat: string): Promise<void>
}

export interface Tables {
  readonly records: Table<rows.RecordRow>
  readonly account: Table<rows.AccountRow>
  readonly contacts: Table<rows.ContactRow>
  readonly places: Table<rows.PlaceRow>
  readonly documents: Table<rows.DocumentRow>
  readonly sessions: Table<rows.SessionRow>
  readonly chats: Table<rows.ChatRecord>
  readonly outbox: Table<carried.OutboxRow>
  readonly invites: Table<rows.InviteRow>
  readonly aside: Table<carried.AsideRow>
  readonly seen: Table<carried.SeenRow>
  readonly mail: Table<carried.MailRow>
  readonly waiting: Table<carried.WaitingRow>
  readonly pieces: Table<carried.PieceRow>
  readonly passes: Table<rows.PassRow>
  readonly events: PagedTable<rows.EventRow>
  readonly messages: PagedTable<rows.MessageRow>
  readonly parts: ColdTable<rows.PartRow, readonly [string, string]>
  readonly notes: ColdTable<rows.NoteRow>
  /** Sealed pieces of a backup that is being read. */
  readonly staging: ColdTable<rows.StagingRow>
}
export type TableName = keyof Tables

export interface Memory {
  /** Without its keys: those are where they are guarded. */
  readonly account: ReadonlyMap<'own', rows.Profile>
  readonly contacts: ReadonlyMap<Did, rows.ContactRow>
  readonly chats: ReadonlyMap<ChatId, rows.ChatRecord>
  readonly sessions: ReadonlyMap<string, rows.SessionRow>
  readonly outbox: ReadonlyMap<string, carried.OutboxRow>
  readonly aside: ReadonlyMap<string, carried.AsideRow>
  readonly seen: ReadonlyMap<string, carried.SeenRow>
  readonly records: ReadonlyMap<string, rows.RecordRow>
  readonly places: ReadonlyMap<Did, rows.PlaceRow>
  readonly documents: ReadonlyMap<string, rows.DocumentRow>
  readonly invites: ReadonlyMap<InviteId, rows.InviteRow>
  readonly mail: ReadonlyMap<string, carried.MailRow>
  readonly waiting: ReadonlyMap<string, carried.WaitingRow>
  readonly pieces: ReadonlyMap<string, carried.PieceRow>
  readonly passes: ReadonlyMap<string, rows.PassRow>
  /** Only the newest: what is about to be sent, and what the next events stand on. */
  readonly events: ReadonlyMap<string, rows.EventRow>
}

export const KEY_BY_SMALL = {
  account: 'id',
  contacts: 'did',
  chats: 'id',
  sessions: 'group',
  outbox: 'id',
  aside: 'id',
  seen: 'id',
  records: 'key',
  places: 'did',
  documents: 'hash',
  invites: 'id',
  mail: 'id',
  waiting: 'id',
  pieces: 'id',
  passes: 'id'
} as const satisfies Partial<Record<TableName, string>>
export type SmallName = keyof typeof KEY_BY_SMALL
export const SMALL_NAMES = Object.keys(KEY_BY_SMALL) as readonly SmallName[]

/** A key of several parts as one text; no part has a line break in it. */
export const KEYS_BY_COLD = {
  parts: ['group', 'name'],
  notes: ['chat'],
  staging: ['id']
} as const satisfies Partial<Record<TableName, readonly string[]>>
export type ColdName = keyof typeof KEYS_BY_COLD
export const COLD_NAMES = Object.keys(KEYS_BY_COLD) as readonly ColdName[]

/** What an event is found by, besides its id and its place. */
export const aboutText = (chat: string, target: string): string => `${chat} ${target}`
export const counterText = (chat: string, device: string, counter: number): string => `${chat} ${device} ${counter}`

export const ALSO_BY_PAGED = {
  events: ({ id, chat, target, device, counter }: rows.EventRow): readonly string[] => [
    counterText(chat, device, counter),
    ...(target === id ? [] : [aboutText(chat, target)])
  ],
  messages: (): readonly string[] => []
} as const
export type PagedName = keyof typeof ALSO_BY_PAGED
