/** What is read from sealed pages is what a list of all rows would say, whatever was put, changed and deleted before. */
import * as fc from 'fast-check'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import type { ChatId, DeviceId, Did, MessageId } from '../../../src/model/ids.ts'
import { openDatabase } from '../../../src/store/database.ts'
import type { Db } from '../../../src/store/database.ts'
import type { EventRow, MessageRow } from '../../../src/store/rows.ts'
import {
  countBefore,
  countTheirsAfter,
  eventsAbout,
  eventsAfter,
  eventsOfDevice,
  firstTheirsAfter,
  getMessages,
  messagesBefore,
  messagesFrom,
  newestMessages,
  scanNewestFirst,
  theirsBetween
} from '../../../src/store/timeline.ts'
import { testVault } from '../../vault.ts'

const CHATS = ['one', 'two'] as readonly string[] as readonly ChatId[]
const orderOf = (at: number): string => at.toString().padStart(6, '0')

const message = (id: number, chat: ChatId, at: number): MessageRow => ({
  id: `m${id}` as MessageId,
  chat,
  order: `${orderOf(at)} ${id}`,
  mine: id % 3 === 0,
  author: 'did:key:z' as Did,
  device: 'd' as DeviceId,
  counter: id,
  time: at,
  arrivedAt: at,
  text: `text ${id}`,
  replyTo: undefined,
  removed: false,
  needsNewer: false,
  edits: [],
  reactions: [],
  failed: false
})

const event = (id: number, chat: ChatId, at: number, about: number | undefined): EventRow => ({
  id: `m${id}`,
  chat,
  author: 'did:key:z' as Did,
  device: `d${id % 2}` as DeviceId,
  counter: Math.floor(id / 2) + 1,
  time: at,
  tick: 0,
  order: `${orderOf(at)} ${id}`,
  kind: about === undefined ? 'message' : 'reaction',
  target: `m${about ?? id}`,
  arrivedAt: at,
  header: Uint8Array.of(1, id % 256),
  signature: new Uint8Array(64),
  body: Uint8Array.of(id % 256),
  salt: undefined,
  content: undefined
})

const open = async (indexedDB: IDBFactory): Promise<Db> =>
  openDatabase({ indexedDB, IDBKeyRange, vaults: [await testVault()] })

type Step =
  | { readonly kind: 'add'; readonly chat: number; readonly times: readonly number[] }
  | { readonly kind: 'change' | 'delete' | 'fail'; readonly which: readonly number[] }
  | { readonly kind: 'forget'; readonly chat: number }
  | { readonly kind: 'reopen' }

const chatNumber = fc.nat(1)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        chat: chatNumber,
        times: fc.array(fc.nat(999), { minLength: 1, maxLength: 60 })
      })
    },
    // as messages come: one after the other
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        chat: chatNumber,
        times: fc.nat(999).map((at) => [at + 1000])
      })
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('change', 'delete', 'fail'),
        which: fc.array(fc.nat(400), { minLength: 1, maxLength: 20 })
      })
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), chat: chatNumber }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'reopen' as const }) }
  ),
  { minLength: 1, maxLength: 40 }
)

const byOrder = (a: { order: string }, b: { order: string }): number => (a.order < b.order ? -1 : 1)

const compare = async (
  db: Db,
  messages: ReadonlyMap<string, MessageRow>,
  events: ReadonlyMap<string, EventRow>
): Promise<void> => {
  for (const chat of CHATS) {
    const rows = [...messages.values()].filter((row) => row.chat === chat).toSorted(byOrder)
    const theirs = rows.filter(({ mine }) => !mine)
    for (const at of [0, 137, 500, 999, 1500, 2100]) {
      const order = orderOf(at)
      const before = rows.filter((row) => row.order < order)
      expect(await messagesBefore(db, chat, order, 30)).toEqual(before.slice(-30))
      expect(await messagesFrom(db, chat, order, 30)).toEqual(rows.filter((row) => row.order >= order).slice(0, 30))
      expect(await countBefore(db, chat, order)).toBe(before.length)
      expect(await countTheirsAfter(db, chat, order)).toBe(theirs.filter((row) => row.order > order).length)
      expect(await firstTheirsAfter(db, chat, order)).toEqual(theirs.find((row) => row.order > order))
      const until = orderOf(at + 300)
      expect(await theirsBetween(db, chat, order, until)).toEqual(
        theirs.filter((row) => row.order > order && row.order <= until)
      )
    }
    expect(await newestMessages(db, chat, 7)).toEqual(rows.slice(-7))
    const all = [...events.values()].filter((row) => row.chat === chat).toSorted(byOrder)
    expect(await eventsAfter(db, chat, '', 1e6)).toEqual(all)
    expect(await eventsAfter(db, chat, all[3]?.order ?? '', 10)).toEqual(all.slice(all.length > 3 ? 4 : 0).slice(0, 10))
    expect((await eventsOfDevice(db, chat, 'd1' as DeviceId, 5, 40)).toSorted(byOrder)).toEqual(
      all.filter(({ device, counter }) => device === 'd1' && counter >= 5 && counter <= 40)
    )
    for (const target of ['m0', 'm7', 'm33']) {
      expect((await eventsAbout(db, chat, target)).toSorted(byOrder)).toEqual(
        all.filter((row) => row.target === target)
      )
    }
  }
  const ids = ['m0', 'm5', 'm5', 'm77', 'm200', 'nobody'] as MessageId[]
  expect(await getMessages(db, ids)).toEqual(ids.map((id) => messages.get(id)).filter((row) => row !== undefined))
  const scanned: string[] = []
  await scanNewestFirst(db, (rows) => void scanned.push(...rows.map(({ id }) => id)))
  expect(scanned.toSorted()).toEqual([...messages.keys()].toSorted())
  expect(await db.tables.messages.count()).toBe(messages.size)
}

test('every reading function answers what a list of all rows would, after any history of writes', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const disk = new IDBFactory()
      let db = await open(disk)
      const messages = new Map<string, MessageRow>()
      const events = new Map<string, EventRow>()
      let made = 0
      for (const step of list) {
        if (step.kind === 'reopen') {
          db.close()
          db = await open(disk)
          continue
        }
        if (step.kind === 'add') {
          const chat = CHATS[step.chat] ?? CHATS[0]!
          const ids = step.times.map((at) => [made++, at] as const)
          const lines = ids.map(([id, at]) => message(id, chat, at))
          const rows = ids.map(([id, at]) => event(id, chat, at, id % 5 === 4 ? id % 40 : undefined))
          await db.write(['messages', 'events'], async () => {
            await db.tables.messages.bulkPut(lines)
            await db.tables.events.bulkPut(rows)
            // a write sees what it has put, and nobody else does
            expect(await db.tables.messages.get(lines[0]!.id)).toEqual(lines[0])
            expect((await newestMessages(db, chat, 1e6)).length).toBe(
              [...messages.values()].filter((row) => row.chat === chat).length + lines.length
            )
          })
          for (const row of lines) messages.set(row.id, row)
          for (const row of rows) events.set(row.id, row)
          continue
        }
        if (step.kind === 'forget') {
          const chat = CHATS[step.chat] ?? CHATS[0]!
          await db.write(['messages', 'events'], async () => {
            await db.tables.messages.clearChat(chat)
            await db.tables.events.clearChat(chat)
          })
          for (const [id, row] of messages) if (row.chat === chat) messages.delete(id)
          for (const [id, row] of events) if (row.chat === chat) events.delete(id)
          continue
        }
        const known = step.which.map((id) => messages.get(`m${id}`)).filter((row) => row !== undefined)
        const writing = db.write(['messages', 'events'], async () => {
          if (step.kind === 'delete') {
            await db.tables.messages.bulkDelete(known.map(({ id }) => id))
            await db.tables.events.bulkDelete(known.map(({ id }) => id))
          } else await db.tables.messages.bulkPut(known.map((row) => ({ ...row, text: 'changed' })))
          if (step.kind === 'fail') throw new Error('no')
        })
        if (step.kind === 'fail') await expect(writing).rejects.toThrow('no')
        else await writing
        for (const row of step.kind === 'fail' ? [] : known) {
          if (step.kind === 'change') messages.set(row.id, { ...row, text: 'changed' })
          else {
            messages.delete(row.id)
            events.delete(row.id)
          }
        }
      }
      await compare(db, messages, events)
      db.close()
      await compare(await open(disk), messages, events)
    }),
    { numRuns: 40 }
  )
}, 60_000)
