/**
 * Every schema that ever shipped, in order. A new one is added below the last, with an upgrade, and a filled fixture of the
 * version before goes to test/golden/store-vN. Only what is looked up by is an index.
 */
import type { Dexie } from 'dexie'

export const SCHEMA_VERSION = 2

export const applySchema = (dexie: Dexie): void => {
  dexie.version(1).stores({
    records: 'key',
    account: 'id',
    contacts: 'did, chat, fingerprint',
    sessions: 'group, chat, tag',
    places: 'did',
    documents: 'hash, did',
    chats: 'id, did',
    events: 'id, [chat+device+counter], [chat+target]',
    messages: 'id, [chat+order]',
    outbox: 'id, [chat+counter]',
    parcels: 'chat',
    invites: 'id, token',
    aside: 'id, [chat+arrivedAt]',
    seen: 'id, endsAt'
  })
  dexie.version(2).stores({
    mail: 'id',
    waiting: 'id',
    parts: '[group+name]',
    pieces: 'id',
    notes: 'chat',
    passes: 'id',
    staging: 'id'
  })
}
