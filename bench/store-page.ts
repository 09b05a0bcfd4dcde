/** What `store.ts` measures, run in a real browser: the sealed store beside plain Dexie tables, both on its disk. */
import { Dexie } from 'dexie'
import type { Table as PlainTable } from 'dexie'
import { systemRandom } from '../src/base/random.ts'
import { createKeyring, unlockKeyring } from '../src/crypto/keyring.ts'
import { createVault } from '../src/crypto/vault.ts'
import { orderKey } from '../src/model/fold.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../src/model/ids.ts'
import { emptyChat } from '../src/store/chats.ts'
import { openDatabase, type Db } from '../src/store/database.ts'
import { LEGACY, SCHEMA_VERSION } from '../src/store/migrations.ts'
import type { OutboxRow } from '../src/store/carried-rows.ts'
import type { ChatRecord, EventRow, MessageRow } from '../src/store/rows.ts'
import type { Vault } from '../src/store/sealed/vault.ts'
import { messagesBefore, newestMessages } from '../src/store/timeline.ts'

const CHATS = 40
const BATCH = 500
const START = Date.UTC(2024, 0)
const SCREEN = 60
const DEVICE = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN' as DeviceId

export interface Line {
  readonly chat: ChatRecord
  readonly event: EventRow
  readonly message: MessageRow
  readonly queued: OutboxRow
}

/** A batch is of one chat: what came while one was away. */
const chatOf = (number: number): ChatId => `chat-${Math.floor(number / BATCH) % CHATS}` as ChatId
const idOf = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll(/[+/=]/g, '_')
const digits = (number: number): string => number.toString().padStart(44, '1')

/** What one message writes: its event, its line, its chat, and its place in the outbox. */
const makeLine = (number: number): Line => {
  const bytes = systemRandom.bytes(32)
  const [id, chat, time] = [idOf(bytes), chatOf(number), START + number * 60_000]
  const author = `did:key:z6Mk${digits(number % 2)}` as Did
  const order = orderKey({ time, tick: 0 }, bytes, [])
  const text = `message ${number} `.padEnd(20 + ((number * 7) % 160), 'lorem ipsum dolor ')
  const place = { id, chat, author, device: DEVICE, counter: number, time, order, arrivedAt: time + 300 }
  const event: EventRow = {
    ...place,
    tick: 0,
    kind: 'message',
    target: id,
    header: systemRandom.bytes(220),
    signature: systemRandom.bytes(64),
    body: systemRandom.bytes(text.length + 8),
    salt: systemRandom.bytes(16),
    content: { kind: 'message', text }
  }
  const message: MessageRow = {
    ...place,
    id: id as MessageId,
    mine: number % 2 === 0,
    text,
    replyTo: undefined,
    removed: false,
    needsNewer: false,
    edits: [],
    reactions: [],
    failed: false
  }
  const queued: OutboxRow = { id, chat, counter: number, queuedAt: time, endsAt: time, state: 'queued' }
  return {
    event,
    message,
    queued,
    chat: { ...emptyChat(chat, author, 'direct', START), activeAt: time, total: number }
  }
}

interface Side {
  /** `isQueued`: our own, to be sent. */
  write(lines: readonly Line[], isQueued: boolean): Promise<void>
  screen(chat: ChatId): Promise<number>
  older(chat: ChatId, order: string): Promise<number>
}

const plainSide = async (): Promise<Side> => {
  const dexie = new Dexie('plain', { chromeTransactionDurability: 'strict' })
  dexie.version(1).stores(LEGACY)
  await dexie.open()
  const names = ['chats', 'events', 'messages', 'outbox'] as const
  const [chats, events, messages, outbox] = names.map((name) => dexie.table(name)) as [
    PlainTable<ChatRecord>,
    PlainTable<EventRow>,
    PlainTable<MessageRow>,
    PlainTable<OutboxRow>
  ]
  const before = (chat: ChatId, order: string, count: number): Promise<MessageRow[]> =>
    // oxlint-disable-next-line unicorn/no-array-reverse -- a Dexie collection, which is read backwards
    messages.where('[chat+order]').between([chat, ''], [chat, order], true, false).reverse().limit(count).toArray()
  return {
    write: (lines, isQueued) =>
      dexie.transaction('rw', [...names], async () => {
        await Promise.all([
          events.bulkPut(lines.map(({ event }) => event)),
          messages.bulkPut(lines.map(({ message }) => message)),
          isQueued ? outbox.bulkPut(lines.map(({ queued }) => queued)) : undefined,
          chats.bulkPut(lines.map(({ chat }) => chat))
        ])
      }),
    screen: async (chat) => (await before(chat, '\uffff', SCREEN)).length,
    older: async (chat, order) => (await before(chat, order, 100)).length
  }
}

const sealedSide = (db: Db): Side => ({
  write: (lines, isQueued) =>
    db.write(['chats', 'events', 'messages', 'outbox'], async () => {
      await Promise.all([
        db.tables.events.bulkPut(lines.map(({ event }) => event)),
        db.tables.messages.bulkPut(lines.map(({ message }) => message)),
        isQueued ? db.tables.outbox.bulkPut(lines.map(({ queued }) => queued)) : undefined,
        db.tables.chats.bulkPut(lines.map(({ chat }) => chat))
      ])
    }),
  screen: async (chat) => (await newestMessages(db, chat, SCREEN)).length,
  older: async (chat, order) => (await messagesBefore(db, chat, order, 100)).length
})

let ring: Uint8Array | undefined
const secret = new Uint8Array(32).fill(7)
const makeVault = async (): Promise<Vault> => {
  const opener = { kind: 'device' as const, secret }
  ring ??= (await createKeyring(opener, { random: systemRandom })).keyring
  const keys = await unlockKeyring(ring, opener)
  return createVault({ keys, generation: 'a', schema: SCHEMA_VERSION, random: systemRandom })
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

export interface Figures {
  readonly write: Readonly<Record<'sealed' | 'plain', number>>
  readonly read: Readonly<Record<'sealed' | 'plain', number>>
  readonly bulk: Readonly<Record<'sealed' | 'plain', number>>
  readonly page: number
}

let open: Db | undefined

const api = {
  /** Fills both, in turns, and measures single writes and reads of screens in both, in turns. */
  fill: async (messages: number, runs: number): Promise<Figures> => {
    const db = await openDatabase({ vaults: [await makeVault()] })
    const sides = { sealed: sealedSide(db), plain: await plainSide() }
    const bulk = { sealed: 0, plain: 0 }
    let number = 0
    for (; number < messages; number += BATCH) {
      const from = number
      const lines = Array.from({ length: BATCH }, (_, index) => makeLine(from + index))
      for (const name of ['sealed', 'plain'] as const) bulk[name] += await timed(() => sides[name].write(lines, false))
    }
    const write = { sealed: [] as number[], plain: [] as number[] }
    const read = { sealed: [] as number[], plain: [] as number[] }
    for (let run = 0; run < runs; run++) {
      const line = makeLine(number++)
      for (const name of run % 2 === 0 ? (['sealed', 'plain'] as const) : (['plain', 'sealed'] as const)) {
        write[name].push(await timed(() => sides[name].write([line], true)))
        const chat = `chat-${(run * 13) % CHATS}` as ChatId
        read[name].push(await timed(() => sides[name].screen(chat)))
      }
    }
    db.close()
    return {
      bulk,
      write: { sealed: median(write.sealed), plain: median(write.plain) },
      read: { sealed: median(read.sealed), plain: median(read.plain) },
      page: 0
    }
  },
  /** The sealed store alone, from its disk. */
  open: async (): Promise<number> => {
    const vault = await makeVault()
    return await timed(async () => {
      open = await openDatabase({ vaults: [vault] })
    })
  },
  /** A hundred messages somewhere in history, nothing of it in memory. */
  page: async (runs: number, messages: number): Promise<number> => {
    const times: number[] = []
    for (let run = 0; run < runs; run++) {
      const number = Math.floor((messages * (run + 0.5)) / runs)
      const order = orderKey({ time: START + number * 60_000, tick: 0 }, new Uint8Array(32), [])
      if (open === undefined) throw new Error('not open')
      const side = sealedSide(open)
      times.push(await timed(() => side.older(`chat-${run % CHATS}` as ChatId, order)))
    }
    return median(times)
  }
}

declare global {
  var storeBench: typeof api | undefined
}
globalThis.storeBench = api
