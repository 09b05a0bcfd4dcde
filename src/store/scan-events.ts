/** Every event of a chat once, each after what it stands on, a page at a time: for whoever writes all of it elsewhere. */
import type { DeviceId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { ChatRecord, EventRow } from './rows.ts'
import { eventsOfDevice } from './timeline.ts'

const PAGE = 200

interface Line {
  readonly device: DeviceId
  readonly end: number
  next: number
  rows: EventRow[]
}

/**
 * As of `chat`: what comes while this runs is left out, so that what is answered is whole. Device by device in the order of
 * their counters, merged by order key; where a device has forked, an event may come before its parent.
 */
export async function* scanEvents(db: Db, chat: ChatRecord): AsyncGenerator<readonly EventRow[], void> {
  const lines = Object.entries(chat.chains).map(([device, { counter }]): Line => ({
    device: device as DeviceId,
    end: counter,
    next: 1,
    rows: []
  }))
  let page: EventRow[] = []
  for (;;) {
    for (const line of lines) if (line.rows.length === 0 && line.next <= line.end) await fill(db, chat, line)
    const [first, ...others] = lines.filter(({ rows }) => rows.length > 0)
    if (first === undefined) break
    const earliest = others.reduce((best, line) => (orderOf(line) < orderOf(best) ? line : best), first)
    const row = earliest.rows.shift()
    if (row !== undefined) page.push(row)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

const orderOf = ({ rows }: Line): string => rows[0]?.order ?? ''

/** By counters and not by rows: two of one counter (LG6) stay together. */
const fill = async (db: Db, { id }: ChatRecord, line: Line): Promise<void> => {
  while (line.rows.length === 0 && line.next <= line.end) {
    const last = Math.min(line.end, line.next + PAGE - 1)
    line.rows = await eventsOfDevice(db, id, line.device, line.next, last)
    line.next = last + 1
  }
}
