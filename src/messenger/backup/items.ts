/** DV5: items into parts and back. A part is filled with as many items as fit, so that a phone holds one of them at a time. */
import { AppError } from '../../base/errors.ts'
import type { Part } from '../../crypto/backup.ts'
import { backupItems, ITEM_KINDS, type ItemKind } from '../../wire/backup-items.ts'
import type { Section } from '../../wire/backup.ts'

export interface Item {
  readonly kind: ItemKind
  readonly data: Uint8Array
}

const SECTION_OF: Readonly<Record<ItemKind, Section>> = {
  account: 'roots',
  document: 'documents',
  contact: 'contacts',
  invite: 'contacts',
  settings: 'settings',
  chat: 'history',
  event: 'history',
  floor: 'history'
}

/** CBOR heads and kind around an item, and what else is in a part. */
const ITEM_OVERHEAD = 32
const PART_ROOM = 1000 * 1024
const MAX_ITEMS = 4096

/** `items` come in the order of their sections. */
export async function* packParts(items: AsyncIterable<Item>): AsyncGenerator<Part, void> {
  let held: Item[] = []
  let size = 0
  let section: Section = 'roots'
  const flush = (): Part => {
    const data = backupItems.encode({ version: 1, items: held })
    held = []
    size = 0
    return { section, data }
  }
  for await (const item of items) {
    const wanted = SECTION_OF[item.kind]
    const isFull = size + item.data.length + ITEM_OVERHEAD > PART_ROOM || held.length === MAX_ITEMS
    if (held.length > 0 && (isFull || wanted !== section)) yield flush()
    section = wanted
    held.push(item)
    size += item.data.length + ITEM_OVERHEAD
  }
  if (held.length > 0) yield flush()
}

/** @throws AppError `malformed`, `too-large`, `needs-newer`. */
export const unpackPart = ({ section, data }: Part): readonly Item[] => {
  const { items } = backupItems.decode(data)
  let last = 0
  for (const { kind } of items) {
    if (SECTION_OF[kind] !== section) throw new AppError('malformed', `backup: ${kind} in ${section}`)
    const at = ITEM_KINDS.indexOf(kind)
    // a chat is followed by its own events, and then comes the next one
    if (section !== 'history' && at < last) throw new AppError('malformed', `backup: ${kind} comes too late`)
    last = at
  }
  return items
}
