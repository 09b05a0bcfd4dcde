/** People we know of, the newest document each is pinned to (ID5), and things that must not be taken twice. */
import { bytesToBase64url } from '../base/bytes.ts'
import type { ChatId, Did } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { SeenRow } from './carried-rows.ts'
import type { ContactRow, DocumentRow, PlaceRow } from './rows.ts'
import type { Change } from './watch.ts'

export const getContact = (db: Db, did: Did): Promise<ContactRow | undefined> => db.tables.contacts.get(did)

/** As last committed. */
export const knownContacts = (db: Db, dids: readonly Did[]): readonly ContactRow[] =>
  dids.map((did) => db.memory.contacts.get(did)).filter((row) => row !== undefined)

/** As last committed. */
export const contactOf = (db: Db, chat: ChatId): ContactRow | undefined =>
  [...db.memory.contacts.values()].find((contact) => contact.chat === chat)

export const listContacts = (db: Db): Promise<ContactRow[]> => db.tables.contacts.toArray()

/** Inside a write. */
export const putContact = async (db: Db, change: Change, contact: ContactRow): Promise<void> => {
  await db.tables.contacts.put(contact)
  change.contacts.add(contact.did)
  change.chats.add(contact.chat)
}

export const updateContact = (
  db: Db,
  did: Did,
  edit: (contact: ContactRow) => Partial<ContactRow> | undefined
): Promise<ContactRow | undefined> =>
  db.write(['contacts'], async (change) => {
    const contact = await db.tables.contacts.get(did)
    const edited = contact && edit(contact)
    if (contact === undefined || edited === undefined) return contact
    const next = { ...contact, ...edited }
    await putContact(db, change, next)
    return next
  })

// ── ID5: pinned places and the documents that claim them ──────────────────────────────────────────────────────────

export const getPlace = (db: Db, did: Did): Promise<PlaceRow | undefined> => db.tables.places.get(did)

/** Inside a write. */
export const putPlace = async (db: Db, place: PlaceRow): Promise<void> => {
  await db.tables.places.put(place)
}

export const getDocument = (db: Db, hash: Uint8Array): Promise<DocumentRow | undefined> =>
  db.tables.documents.get(bytesToBase64url(hash))

/** Inside a write. */
export const putDocument = async (db: Db, did: Did, hash: Uint8Array, bytes: Uint8Array): Promise<void> => {
  await db.tables.documents.put({ hash: bytesToBase64url(hash), did, bytes })
}

export const listDocuments = (db: Db): Promise<DocumentRow[]> => db.tables.documents.toArray()

// ── seen once ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** As last committed. */
export const getSeen = (db: Db, id: string): SeenRow | undefined => db.memory.seen.get(id)

export const countSeen = async (db: Db, prefix: string): Promise<number> =>
  (await db.tables.seen.toArray()).filter(({ id }) => id.startsWith(prefix)).length

/** Inside a write; forgets what has ended. */
export const markSeen = async (db: Db, row: SeenRow, now: number): Promise<void> => {
  const over = [...db.memory.seen.values()].filter(({ endsAt }) => endsAt < now)
  await db.tables.seen.bulkDelete(over.map(({ id }) => id))
  await db.tables.seen.put(row)
}
