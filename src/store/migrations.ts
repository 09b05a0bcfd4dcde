/**
 * Every schema that ever shipped, in order. A new one is added below the last, with an upgrade, and a filled fixture of the
 * version before goes to test/golden/store-vN.
 *
 * 1: plain rows, a table each. 2: sealed rows and pages (`sealed/`); what lay in the tables of version 1 is moved when the
 * store is unlocked for the first time (`legacy.ts`), because sealing needs a key.
 */
import type { Dexie } from 'dexie'

export const SCHEMA_VERSION = 2

export const LEGACY = {
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
} as const

export const applySchema = (dexie: Dexie): void => {
  dexie.version(1).stores(LEGACY)
  dexie.version(2).stores({
    // sealed, by ids that say nothing
    rows: '',
    pages: '',
    // what must be readable before anything is unlocked
    keyring: ''
  })
}
