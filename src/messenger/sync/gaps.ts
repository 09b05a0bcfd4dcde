/** LG7: what is missing, seen from what is kept aside. What is in the log is whole: an event gets there after its parents. */
import { findGaps } from '../../model/gaps.ts'
import type { Gaps, Link } from '../../model/gaps.ts'
import type { DeviceId } from '../../model/ids.ts'
import type { ChatRecord } from '../../store/rows.ts'
import { getEvents } from '../../store/timeline.ts'
import type { Context } from '../context.ts'
import { toNewEvent } from '../events.ts'
import { loadAside } from '../incoming.ts'

/** What one question holds. */
const MAX_HEADS = 256

export const gapsOf = async (ctx: Context, chat: ChatRecord): Promise<Gaps> => {
  const links = (await loadAside(ctx, chat.id)).map(toNewEvent).map((event): Link => {
    const { id, device, counter, previous, heads, content } = event
    const target = content !== undefined && 'target' in content ? [content.target] : []
    return { id, device, counter, parents: [...(previous === undefined ? [] : [previous]), ...heads, ...target] }
  })
  if (links.length === 0) return { heads: [], counters: [], isCut: false }
  const known = await getEvents(ctx.db, [...new Set(links.flatMap(({ parents }) => parents))])
  // a chain that is here is whole up to its end
  const ends = Object.entries(chat.chains).map(([device, { counter }]) => [device as DeviceId, counter + 1] as const)
  const floors = new Map(ends)
  const gaps = findGaps(links, { floors, refused: new Set(known.map(({ id }) => id)) })
  // what comes next of a chain may stand on others' events that are missing
  const here = new Set([...known.map(({ id }) => id), ...links.map(({ id }) => id)])
  const next = links.filter(({ device, counter }) => counter === (floors.get(device) ?? 1))
  const missing = next.flatMap(({ parents }) => parents).filter((id) => !here.has(id))
  return { ...gaps, heads: [...new Set([...gaps.heads, ...missing])].toSorted().slice(0, MAX_HEADS) }
}
