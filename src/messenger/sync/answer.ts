/** LG7: handing over what another member lacks. Checked when it came in, so a bad row would be ours. */
import { bytesToBase64url } from '../../base/bytes.ts'
import { deviceIdFromKey } from '../../crypto/device-id.ts'
import type { ChatId } from '../../model/ids.ts'
import type { EventRow } from '../../store/rows.ts'
import { eventsOfDevice, getEvents } from '../../store/timeline.ts'
import { ASK_REPLY_ROOM, MAX_ASKED_IDS, MAX_RECONCILE_BYTES } from '../../wire/ask.ts'
import type { QuestionOf } from '../../wire/ask.ts'
import type { Answerer, Asker } from '../ask/answerers.ts'
import type { Context } from '../context.ts'
import { toWire } from '../events.ts'
import { respond } from './negentropy.ts'
import { rightsIn } from './rights.ts'
import type { Rights } from './rights.ts'
import { collect, isReal } from './window.ts'
import type { Keyed } from './window.ts'

/** One exchange asks several times about the same set. */
const KEEP_MS = 2 * 60_000
const MAX_KEPT = 8
/** Of one range; a longer one is asked for again from where this ends. */
const MAX_RANGE = 256

export const createSyncAnswers = (
  ctx: Context
): { readonly reconcile: Answerer<'reconcile'>; readonly events: Answerer<'events'> } => {
  const kept = new Map<string, { readonly at: number; readonly keyed: Keyed }>()

  /** Below their joining, and above cuts, there is nothing to compare: headers come only when they are missed. */
  const keyedFor = async (asker: Asker, rights: Rights, nonce: Uint8Array, since: number): Promise<Keyed> => {
    const key = [asker.device, rights.chat.id, bytesToBase64url(nonce), since].join(' ')
    const now = ctx.clock.now()
    const known = kept.get(key)
    if (known !== undefined && now - known.at < KEEP_MS) return known.keyed
    const isIn = (row: EventRow): boolean => rights.share(row) === 'whole'
    const keyed = await collect(ctx.db, rights.chat, { nonce, since, isIn })
    kept.delete(key)
    kept.set(key, { at: now, keyed })
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break
      kept.delete(oldest)
    }
    return keyed
  }

  const find = async (asker: Asker, rights: Rights, asked: QuestionOf<'events'>): Promise<readonly EventRow[]> => {
    const ids = asked.ids.map(bytesToBase64url)
    const { nonce } = asked
    const keyed = nonce && (await keyedFor(asker, rights, nonce, asked.since ?? 0))
    const own = keyed ? ids.map((id) => keyed.idByKey.get(id)).filter((id) => id !== undefined) : ids
    const rows = new Map((await getEvents(ctx.db, own)).map((row) => [row.id, row]))
    for (const { device, from, to } of asked.ranges) {
      if (rows.size >= MAX_ASKED_IDS) break
      const last = Math.min(to, from + MAX_RANGE - 1)
      for (const row of await eventsOfDevice(ctx.db, rights.chat.id, deviceIdFromKey(device), from, last)) {
        rows.set(row.id, row)
      }
    }
    return [...rows.values()].filter((row) => row.chat === rights.chat.id && isReal(row))
  }

  return {
    reconcile: async (asker, { conversation, nonce, since, message }) => {
      const rights = await rightsIn(ctx, bytesToBase64url(conversation) as ChatId, asker.did)
      if (rights === undefined) return undefined
      const { set } = await keyedFor(asker, rights, nonce, since)
      return { message: respond(set, message, MAX_RECONCILE_BYTES) }
    },
    events: async (asker, asked) => {
      const rights = await rightsIn(ctx, bytesToBase64url(asked.conversation) as ChatId, asker.did)
      if (rights === undefined) return undefined
      const rows = await find(asker, rights, asked)
      const events: Uint8Array[] = []
      let size = 0
      const wanted = rows.toSorted((a, b) => (a.order < b.order ? -1 : 1))
      for (const row of wanted) {
        const share = rights.share(row)
        const bytes = toWire(share === 'whole' ? row : { ...row, body: undefined, salt: undefined })
        size += bytes.length + 4
        if (size > ASK_REPLY_ROOM || events.length >= MAX_ASKED_IDS) return { events, isCut: true }
        events.push(bytes)
      }
      return { events, isCut: false }
    }
  }
}
