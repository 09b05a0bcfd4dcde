/**
 * The directory in one SQLite file: WAL, synchronous=FULL, writes that arrive together share one commit. A promise
 * resolves after the commit. Accounts are stored by their raw key, never as text. ID5: the highest place of each account
 * is pinned for longer than its head lives.
 */
import { DatabaseSync } from 'node:sqlite'
import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { MiB } from '../src/base/bytes.ts'
import { MAX_FRESH_MS } from '../src/wire/head.ts'
import type { Clock } from '../src/base/clock.ts'
import { compareStored, placeHead } from '../src/p2p/protocols/directory/store.ts'
import type { DirectoryStore, StoredCard, StoredDocument, StoredHead } from '../src/p2p/protocols/directory/store.ts'
import { createWriter } from './sqlite-writer.ts'

const DAY_MS = 24 * 3600 * 1000
/**
 * A head that nobody refreshed is still the best there is for a while: readers see that it is stale (ID3a). Counted from a
 * month after it came at the latest: a clock that is years ahead buys no years here.
 */
const KEEP_STALE_HEAD_MS = 60 * DAY_MS
/** Longer than any head lives, so that no old one comes back after its successor was forgotten. */
const KEEP_PIN_MS = 400 * DAY_MS
/** Documents that no head names any more: readers on an older head still fetch them. */
const KEEP_DOCUMENT_MS = 60 * DAY_MS
/** IN1: what an invite lives at most; a card taken back stays closed as long. */
export const MAX_CARD_LIFE_MS = 30 * DAY_MS

/** About 50,000 accounts with photos on their invites. */
const MAX_BYTES = 4096 * MiB
const MAX_PINS = 1_000_000
/** Anybody puts heads of made-up accounts into the DHT: those may not take the places of accounts that publish here. */
const DHT_SHARE = 0.5

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS heads (did BLOB, hash BLOB, generation INT, seq INT, document_hash BLOB, issued INT,
    fresh_until INT, bytes BLOB, PRIMARY KEY (did, hash));
  CREATE INDEX IF NOT EXISTS heads_by_document ON heads (document_hash);
  CREATE TABLE IF NOT EXISTS pins (did BLOB PRIMARY KEY, generation INT, seq INT, issued INT, hash BLOB, seen INT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS documents (hash BLOB PRIMARY KEY, bytes BLOB, seen INT);
  CREATE TABLE IF NOT EXISTS fingerprints (fingerprint BLOB, did BLOB, PRIMARY KEY (fingerprint, did)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS cards (id BLOB PRIMARY KEY, writer BLOB, issued INT, ends_at INT, sealed BLOB);
`
const SCHEMA_VERSION = 1

type Row = Record<string, SQLOutputValue>
const blob = (value: SQLOutputValue | undefined): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array())
const number = (value: SQLOutputValue | undefined): number => Number(value ?? 0)

const rowToHead = (row: Row): StoredHead => ({
  didKey: blob(row['did']),
  generation: number(row['generation']),
  seq: number(row['seq']),
  documentHash: blob(row['document_hash']),
  issued: number(row['issued']),
  freshUntil: number(row['fresh_until']),
  hash: blob(row['hash']),
  bytes: blob(row['bytes'])
})

export const openDirectoryStore = ({
  file,
  clock,
  maxBytes = MAX_BYTES,
  maxPins = MAX_PINS
}: {
  readonly file: string
  readonly clock: Clock
  readonly maxBytes?: number
  readonly maxPins?: number
}): DirectoryStore => {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
  const version = number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > SCHEMA_VERSION) throw new Error(`the directory was written by a newer relay (version ${version})`)
  db.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}`)

  const statements = new Map<string, StatementSync>()
  const sql = (text: string): StatementSync => {
    const ready = statements.get(text) ?? db.prepare(text)
    statements.set(text, ready)
    return ready
  }
  const used = countUsage(sql)
  const { write, drain } = createWriter(db, used.recount)

  const headsOf = (didKey: Uint8Array): StoredHead[] =>
    sql('SELECT * FROM heads WHERE did = ?').all(didKey).map(rowToHead)
  const hasDocument = (hash: Uint8Array): boolean =>
    sql('SELECT 1 FROM documents WHERE hash = ?').get(hash) !== undefined

  /** `old`, or raises the pin. */
  const raisePin = (head: StoredHead, limit: number): 'ok' | 'old' | 'full' => {
    const pin = sql('SELECT * FROM pins WHERE did = ?').get(head.didKey)
    if (pin !== undefined) {
      const pinned = { ...rowToHead(pin), bytes: head.bytes }
      if (pinned.generation > head.generation) return 'old'
      if (pinned.generation === head.generation && pinned.seq > head.seq) return 'old'
      if (compareStored(pinned, head) >= 0) return 'ok'
    } else if (used.pins >= limit) return 'full'
    if (pin === undefined) used.pins++
    sql('INSERT OR REPLACE INTO pins VALUES (?, ?, ?, ?, ?, ?)').run(
      head.didKey,
      head.generation,
      head.seq,
      head.issued,
      head.hash,
      clock.now()
    )
    return 'ok'
  }

  const insertHead = (head: StoredHead): void => {
    sql('INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
      head.didKey,
      head.hash,
      head.generation,
      head.seq,
      head.documentHash,
      head.issued,
      Math.min(head.freshUntil, clock.now() + MAX_FRESH_MS),
      head.bytes
    )
    used.add(head.bytes.length)
  }

  const insertDocument = ({ hash, bytes, fingerprint }: StoredDocument, didKey: Uint8Array): void => {
    if (!hasDocument(hash)) {
      sql('INSERT INTO documents VALUES (?, ?, ?)').run(hash, bytes, clock.now())
      used.add(bytes.length)
    }
    if (fingerprint !== undefined) sql('INSERT OR IGNORE INTO fingerprints VALUES (?, ?)').run(fingerprint, didKey)
  }

  const keepHead = (
    head: StoredHead,
    document: StoredDocument | undefined
  ): 'ok' | 'known' | 'old' | 'needed' | 'full' => {
    const known = headsOf(head.didKey)
    const { outcome, keep } = placeHead(known, head)
    if (outcome !== 'ok') return outcome
    if (document === undefined && !hasDocument(head.documentHash)) return 'needed'
    if (used.bytes + head.bytes.length + (document?.bytes.length ?? 0) > maxBytes) return 'full'
    const pinned = raisePin(head, maxPins)
    if (pinned !== 'ok') return pinned
    for (const one of known.filter((before) => !keep.includes(before))) {
      sql('DELETE FROM heads WHERE did = ? AND hash = ?').run(one.didKey, one.hash)
      sql('UPDATE documents SET seen = ? WHERE hash = ?').run(clock.now(), one.documentHash)
      used.take(one.bytes.length)
    }
    insertHead(head)
    if (document !== undefined) insertDocument(document, head.didKey)
    return 'ok'
  }

  const keepCard = ({
    id,
    writer,
    issued,
    endsAt,
    sealed
  }: StoredCard): 'ok' | 'known' | 'old' | 'refused' | 'full' => {
    const before = sql('SELECT * FROM cards WHERE id = ?').get(id)
    if (before !== undefined) {
      if (Buffer.compare(blob(before['writer']), writer) !== 0) return 'refused'
      if (number(before['issued']) === issued) return 'known'
      if (number(before['issued']) > issued) return 'old'
    }
    const size = sealed?.length ?? 0
    const sizeBefore = blob(before?.['sealed']).length
    if (used.bytes + size - sizeBefore > maxBytes) return 'full'
    const until = Math.min(endsAt, clock.now() + MAX_CARD_LIFE_MS)
    // one that was taken back stays closed for as long as it could have lived
    const keepUntil = sealed === undefined ? clock.now() + MAX_CARD_LIFE_MS : until
    sql('INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?, ?)').run(id, writer, issued, keepUntil, sealed ?? null)
    used.take(sizeBefore)
    used.add(size)
    return 'ok'
  }

  return {
    keepHead: async (head, document) => await write(() => keepHead(head, document)),
    pinHead: async (head) => await write(() => raisePin(head, maxPins * DHT_SHARE)),
    heads: async (didKey) =>
      headsOf(didKey)
        .toSorted(compareStored)
        .map(({ bytes }) => bytes),
    document: async (hash) => {
      const row = sql('SELECT bytes FROM documents WHERE hash = ?').get(hash)
      return row === undefined ? undefined : blob(row['bytes'])
    },
    didKeys: async (fingerprint) =>
      sql('SELECT did FROM fingerprints WHERE fingerprint = ? LIMIT 4')
        .all(fingerprint)
        .map(({ did }) => blob(did)),
    keepCard: async (card) => await write(() => keepCard(card)),
    card: async (id) => {
      const row = sql('SELECT sealed FROM cards WHERE id = ? AND ends_at > ? AND sealed IS NOT NULL').get(
        id,
        clock.now()
      )
      return row === undefined ? undefined : blob(row['sealed'])
    },
    usage: async () => ({ blobs: used.blobs, bytes: used.bytes }),
    sweep: async () => {
      const now = clock.now()
      await write(() => {
        sql('UPDATE documents SET seen = ? WHERE hash IN (SELECT document_hash FROM heads WHERE fresh_until < ?)').run(
          now,
          now - KEEP_STALE_HEAD_MS
        )
        sql('DELETE FROM heads WHERE fresh_until < ?').run(now - KEEP_STALE_HEAD_MS)
        sql('DELETE FROM pins WHERE seen < ? AND did NOT IN (SELECT did FROM heads)').run(now - KEEP_PIN_MS)
        sql('DELETE FROM documents WHERE seen < ? AND hash NOT IN (SELECT document_hash FROM heads)').run(
          now - KEEP_DOCUMENT_MS
        )
        sql('DELETE FROM fingerprints WHERE did NOT IN (SELECT did FROM pins)').run()
        sql('DELETE FROM cards WHERE ends_at <= ?').run(now)
        used.recount()
      })
    },
    close: async () => {
      await drain()
      db.close()
    }
  }
}

interface Usage {
  blobs: number
  bytes: number
  pins: number
  add(bytes: number): void
  take(bytes: number): void
  recount(): void
}

/** Kept by adding up, counted anew at start and at each sweep: a count over all rows for every put would not scale. */
const countUsage = (sql: (text: string) => StatementSync): Usage => {
  const usage: Usage = {
    blobs: 0,
    bytes: 0,
    pins: 0,
    add: (bytes) => {
      usage.bytes += bytes
      if (bytes > 0) usage.blobs++
    },
    take: (bytes) => {
      usage.bytes -= bytes
      if (bytes > 0) usage.blobs--
    },
    recount: () => {
      usage.blobs = 0
      usage.bytes = 0
      for (const [table, column] of [
        ['heads', 'bytes'],
        ['documents', 'bytes'],
        ['cards', 'sealed']
      ] as const) {
        const row = sql(
          `SELECT count(${column}) AS blobs, coalesce(sum(length(${column})), 0) AS bytes FROM ${table}`
        ).get()
        usage.blobs += number(row?.['blobs'])
        usage.bytes += number(row?.['bytes'])
      }
      usage.pins = number(sql('SELECT count(*) AS pins FROM pins').get()?.['pins'])
    }
  }
  usage.recount()
  return usage
}
