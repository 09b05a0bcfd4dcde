/** Small tables, session parts and messages through any history of writes, restarts and changes of keys, whole or half. */
import * as fc from 'fast-check'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import type { ChatId, DeviceId, Did, MessageId } from '../../../src/model/ids.ts'
import { openDatabase } from '../../../src/store/database.ts'
import type { Db } from '../../../src/store/database.ts'
import type { MessageRow } from '../../../src/store/rows.ts'
import { newestMessages } from '../../../src/store/timeline.ts'
import { testVault } from '../../vault.ts'

const CHAT = 'chat' as ChatId
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

const message = (id: number, text: string): MessageRow => ({
  id: `m${id}` as MessageId,
  chat: CHAT,
  order: id.toString().padStart(6, '0'),
  mine: false,
  author: 'did:key:z' as Did,
  device: 'd' as DeviceId,
  counter: id,
  time: id,
  arrivedAt: id,
  text,
  replyTo: undefined,
  removed: false,
  needsNewer: false,
  edits: [],
  reactions: [],
  failed: false
})

type Step =
  | { readonly kind: 'record' | 'part' | 'message'; readonly key: number; readonly value: number | undefined }
  | { readonly kind: 'many'; readonly count: number }
  | { readonly kind: 'reopen' | 'renew' | 'half' }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        kind: fc.constantFrom('record', 'part', 'message'),
        key: fc.nat(12),
        value: fc.option(fc.nat(99), { nil: undefined })
      })
    },
    // past the journal
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('many' as const), count: fc.nat(80) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('reopen', 'renew', 'half') }) }
  ),
  { minLength: 1, maxLength: 50 }
)

test('nothing is lost and nothing comes back', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const disk = new IDBFactory()
      /** Of the keyrings that something may still be sealed under, the newest first. */
      let rings = ['a']
      const open = async (): Promise<Db> => {
        const [first, ...rest] = await Promise.all(rings.map((letter) => testVault(undefined, letter)))
        return openDatabase({ indexedDB: disk, IDBKeyRange, vaults: [first!, ...rest] })
      }
      const nextRing = (): string => LETTERS[(LETTERS.indexOf(rings[0]!) + 1) % LETTERS.length]!
      let db = await open()
      const records = new Map<string, number>()
      const parts = new Map<string, number>()
      const messages = new Map<string, string>()
      let made = 100
      const restart = async (): Promise<void> => {
        db.close()
        db = await open()
        if (rings.length > 1) await db.renew()
        rings = rings.slice(0, 1)
      }

      for (const step of list) {
        if (step.kind === 'reopen') await restart()
        else if (step.kind === 'renew' || step.kind === 'half') {
          const ring = nextRing()
          const renewing = db.renew(await testVault(undefined, ring))
          rings = [ring, ...rings]
          if (step.kind === 'renew') {
            await renewing
            rings = rings.slice(0, 1)
          } else {
            const ended = renewing.catch(() => undefined)
            for (let turn = 0; turn < made % 7; turn++) await new Promise((resolve) => setImmediate(resolve))
            db.close()
            await ended
            await restart()
          }
        } else if (step.kind === 'many') {
          const rows = Array.from({ length: step.count }, () => message(made++, 'many'))
          await db.write(['messages'], () => db.tables.messages.bulkPut(rows))
          for (const { id, text } of rows) messages.set(id, text)
        } else if ('value' in step) {
          const { kind, value } = step
          const key = `key ${step.key}`
          await db.write(['records', 'parts', 'messages'], async () => {
            if (kind === 'record' && value === undefined) await db.tables.records.delete(key)
            else if (kind === 'record') await db.tables.records.put({ key, value })
            else if (kind === 'part' && value === undefined) await db.tables.parts.delete(['g', key])
            else if (kind === 'part')
              await db.tables.parts.put({ group: 'g', name: key, value: Uint8Array.of(value ?? 0) })
            else if (value === undefined) await db.tables.messages.delete(`m${step.key}`)
            else await db.tables.messages.put(message(step.key, String(value)))
          })
          const model: Map<string, unknown> = { record: records, part: parts, message: messages }[kind]
          const name = kind === 'message' ? `m${step.key}` : key
          if (value === undefined) model.delete(name)
          else model.set(name, kind === 'message' ? String(value) : value)
        }
      }
      for (const look of ['now', 'after a restart']) {
        if (look !== 'now') await restart()
        const found = await newestMessages(db, CHAT, 1e6)
        expect(new Map(found.map(({ id, text }) => [id, text]))).toEqual(messages)
        expect(new Map([...db.memory.records.values()].map(({ key, value }) => [key, value]))).toEqual(records)
        const rows = await db.tables.parts.toArray()
        expect(new Map(rows.map(({ name, value }) => [name, value[0]]))).toEqual(parts)
      }
      db.close()
    }),
    { numRuns: 60 }
  )
}, 120_000)
