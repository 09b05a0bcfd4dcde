/** What one write has put so far: seen by itself alone, sealed and written when it is done. */
import { AppError } from '../../base/errors.ts'
import type { TableName } from '../tables.ts'
import type { PagedDraft } from './paged.ts'
import type { SmallDraft } from './small.ts'

export interface Draft {
  readonly tx: IDBTransaction
  /** Of a small or a cold table. */
  rowsOf(name: TableName): SmallDraft
  /** `pending`: what lies over the pages already. */
  pagedOf<Row>(name: TableName, pending: ReadonlyMap<string, Row>): PagedDraft<Row>
  readonly touched: ReadonlySet<TableName>
  /** The write has ended: who still looks through it was no part of it. */
  end(): void
  isOver(): boolean
}

/** `names`: the tables that the write said it would touch. */
export const createDraft = (tx: IDBTransaction, names: readonly TableName[]): Draft => {
  const small = new Map<TableName, SmallDraft>()
  const paged = new Map<TableName, PagedDraft<never>>()
  const touched = new Set<TableName>()
  let hasEnded = false
  const isOver = (): boolean => hasEnded
  const touch = (name: TableName): void => {
    if (!names.includes(name)) throw new AppError('internal', `${name} is written, but the write did not name it`)
    touched.add(name)
  }
  return {
    tx,
    isOver,
    end: () => {
      hasEnded = true
    },
    touched,
    rowsOf: (name) => {
      touch(name)
      const draft = small.get(name) ?? new Map()
      small.set(name, draft)
      return draft
    },
    pagedOf: <Row>(name: TableName, pending: ReadonlyMap<string, Row>) => {
      touch(name)
      const draft = paged.get(name) as PagedDraft<Row> | undefined
      if (draft !== undefined) return draft
      const fresh: PagedDraft<Row> = { tx, isOver, rows: new Map(pending), own: new Set(), cleared: new Set() }
      paged.set(name, fresh as unknown as PagedDraft<never>)
      return fresh
    }
  }
}
