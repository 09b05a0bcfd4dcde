/**
 * How a conversation's rows are cut into pages. The newest lie in small ones, so that a new row costs a small write; eight
 * small pages become one, and history lies in pages of a hundred. Pages of a chat follow one another and never overlap.
 */
import { compareText } from '../../model/text.ts'
import type { Prints } from './lookup.ts'

/** A row that a page can hold. */
export interface PageRow {
  readonly id: string
  readonly chat: string
  readonly order: string
}

export interface Page<Row> {
  readonly id: string
  /** Its number in the lookup. */
  readonly slot: number
  readonly chat: string
  readonly count: number
  /** Lowest and highest order key in it. */
  readonly first: string
  readonly last: string
  readonly prints: Prints
  /** Kept in memory while they are few. */
  readonly rows: readonly Row[] | undefined
}

/** A page of fewer rows is read at the start and kept in memory. */
export const HOT_ROWS = 8
/** Eight hot pages become one, and eight of those become history. */
const RUN = 8
const HALF_ROWS = 64
export const PAGE_ROWS = 100
/** Split when rows were put in between. */
const MOST_ROWS = 150

/** One page of the plan: as it was (`rows` absent), or to be made. */
export interface Cut<Row> {
  readonly page?: Page<Row>
  readonly rows?: readonly Row[]
}

export interface Editing<Row> {
  readonly pages: readonly Page<Row>[]
  /** New content of pages of this chat. */
  readonly edits: ReadonlyMap<Page<Row>, readonly Row[]>
  readonly fresh: readonly Row[]
  load(page: Page<Row>): Promise<readonly Row[]>
}

export const byOrder = (a: PageRow, b: PageRow): number => compareText(a.order, b.order) || compareText(a.id, b.id)

const chunk = <Row>(rows: readonly Row[]): readonly Row[][] => {
  const parts = Math.ceil(rows.length / PAGE_ROWS)
  const size = Math.ceil(rows.length / parts)
  return Array.from({ length: parts }, (_, index) => rows.slice(index * size, (index + 1) * size))
}

/** The pages of one chat after a write. */
export const cutPages = async <Row extends PageRow>({
  pages,
  edits,
  fresh,
  load
}: Editing<Row>): Promise<readonly Cut<Row>[]> => {
  const cuts: Cut<Row>[] = pages.map((page) => {
    const rows = edits.get(page)
    return rows === undefined ? { page } : { page, rows }
  })
  const ends = pages.map(({ last }) => last)
  const newest: Row[] = []
  const between = new Map<number, Row[]>()
  for (const row of fresh.toSorted(byOrder)) {
    const at = ends.findLastIndex((last) => last < row.order) + 1
    if (at >= ends.length) newest.push(row)
    else between.set(at, [...(between.get(at) ?? []), row])
  }
  for (const [at, rows] of between) {
    const cut = cuts[at]
    if (cut?.page !== undefined)
      cuts[at] = { page: cut.page, rows: [...(cut.rows ?? (await load(cut.page))), ...rows].toSorted(byOrder) }
  }
  const next = cuts.flatMap((cut): readonly Cut<Row>[] => {
    if (cut.rows === undefined) return [cut]
    if (cut.rows.length <= MOST_ROWS) return cut.rows.length === 0 ? [] : [cut]
    return chunk(cut.rows).map((rows) => ({ rows }))
  })
  if (newest.length > 0) next.push(...chunk(newest).map((rows) => ({ rows })))
  return await joinSmall(next, load)
}

const sizeOf = <Row>({ page, rows }: Cut<Row>): number => rows?.length ?? page?.count ?? 0

const joinSmall = async <Row extends PageRow>(
  cuts: readonly Cut<Row>[],
  load: Editing<Row>['load']
): Promise<readonly Cut<Row>[]> => {
  const join = async (from: number, to: number): Promise<readonly Cut<Row>[]> => {
    const rows: Row[] = []
    for (const cut of cuts.slice(from, to)) rows.push(...(cut.rows ?? (cut.page ? await load(cut.page) : [])))
    return [...cuts.slice(0, from), ...chunk(rows).map((part) => ({ rows: part })), ...cuts.slice(to)]
  }
  const hotFrom = cuts.findLastIndex((cut) => sizeOf(cut) >= HOT_ROWS) + 1
  if (cuts.length - hotFrom >= RUN) return await joinSmall(await join(hotFrom, cuts.length), load)
  const halfFrom = cuts.slice(0, hotFrom).findLastIndex((cut) => sizeOf(cut) >= HALF_ROWS) + 1
  return hotFrom - halfFrom >= RUN ? await join(halfFrom, hotFrom) : cuts
}
