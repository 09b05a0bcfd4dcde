/**
 * LG7: the set that two members compare: what they hold of a conversation from a time on, under ids that only the two of
 * them can compute, so that nobody can write events which look equal. A device's times rise, so its newest are a tail.
 */
import { base64urlToBytes, bytesToBase64url, concat } from '../../base/bytes.ts'
import { DOMAINS } from '../../crypto/domains.ts'
import { hkdf, hmac } from '../../crypto/hash.ts'
import type { DeviceId } from '../../model/ids.ts'
import type { Db } from '../../store/database.ts'
import type { ChatRecord, EventRow } from '../../store/rows.ts'
import { eventsOfDevice } from '../../store/timeline.ts'
import { createItemSet } from './negentropy.ts'
import type { Item, ItemSet } from './negentropy.ts'

export interface Window {
  readonly nonce: Uint8Array
  /** Claimed times from here on. */
  readonly since: number
  /** What is part of it at all. */
  readonly isIn: (row: EventRow) => boolean
}

export interface Keyed {
  readonly set: ItemSet
  /** The events' own ids by keyed ones, base64url. */
  readonly idByKey: ReadonlyMap<string, string>
}

const PAGE = 256

export const keyFor = (chat: ChatRecord['id'], nonce: Uint8Array): Uint8Array =>
  hkdf(concat(base64urlToBytes(chat), nonce), DOMAINS.reconcile, 32)

export const keyedId = (key: Uint8Array, id: string): Uint8Array => hmac(key, base64urlToBytes(id))

export const collect = async (db: Db, chat: ChatRecord, { nonce, since, isIn }: Window): Promise<Keyed> => {
  const key = keyFor(chat.id, nonce)
  const items: Item[] = []
  const idByKey = new Map<string, string>()
  for (const [device, { counter }] of Object.entries(chat.chains)) {
    for await (const rows of newestFirst(db, chat, device as DeviceId, counter)) {
      for (const row of rows) {
        if (row.time < since || !isReal(row) || !isIn(row)) continue
        const id = keyedId(key, row.id)
        items.push({ time: row.time, id })
        idByKey.set(bytesToBase64url(id), row.id)
      }
      if (rows.every(({ time }) => time < since)) break
    }
  }
  return { set: createItemSet(items), idByKey }
}

/** A floor is only a place in the order, nothing to hand on. */
export const isReal = ({ header }: Pick<EventRow, 'header'>): boolean => header.length > 0

async function* newestFirst(
  db: Db,
  { id }: ChatRecord,
  device: DeviceId,
  end: number
): AsyncGenerator<readonly EventRow[], void> {
  for (let to = end; to > 0; to -= PAGE) {
    yield await eventsOfDevice(db, id, device, Math.max(1, to - PAGE + 1), to)
  }
}
