/** Run in a browser by `store.spec.ts`: the store on a real IndexedDB, with its own ideas of when a transaction is over. */
import { Dexie } from 'dexie'
import type { ChatId, DeviceId, Did, MessageId } from '../../src/model/ids.ts'
import { openDatabase, type Db } from '../../src/store/database.ts'
import { LEGACY } from '../../src/store/migrations.ts'
import { getRecord, setRecord } from '../../src/store/records.ts'
import type { MessageRow } from '../../src/store/rows.ts'
import { getMessage, newestMessages } from '../../src/store/timeline.ts'
import { testVault } from '../vault.ts'

const CHAT = 'chat' as ChatId

const message = (id: number, text = `text ${id}`): MessageRow => ({
  id: `message ${id}` as MessageId,
  chat: CHAT,
  order: id.toString().padStart(8, '0'),
  mine: false,
  author: 'did:key:z' as Did,
  device: 'd' as DeviceId,
  counter: id + 1,
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

const fill = async (db: Db, from: number, to: number): Promise<void> => {
  const rows = Array.from({ length: to - from }, (_, index) => message(from + index))
  await db.write(['messages'], () => db.tables.messages.bulkPut(rows))
}

const open = async (): Promise<Db> => openDatabase({ vaults: [await testVault()] })

const stories = {
  /** A body that awaits thousands of things, hot ones, cold ones and helpers of helpers, and still writes. */
  longBody: async (): Promise<unknown> => {
    const first = await open()
    await fill(first, 0, 3000)
    await setRecord(first, 'count', 1)
    first.close()
    const db = await open()
    const helper = async (id: number): Promise<string | undefined> => (await getMessage(db, message(id).id))?.text
    const seen = new Set<unknown>()
    await db.write(['messages', 'records', 'parts'], async () => {
      for (let id = 0; id < 3000; id += 60) seen.add(await helper(id))
      for (let turn = 0; turn < 2000; turn++) seen.add(await getRecord(db, 'count'))
      await Promise.all([
        db.tables.messages.put(message(5000)),
        db.tables.parts.put({ group: 'g', name: 'n', value: Uint8Array.of(1) })
      ])
      for (let turn = 0; turn < 500; turn++) seen.add(await helper(5000))
      const newest = await newestMessages(db, CHAT, 2)
      seen.add(newest.map(({ id }) => id).join())
      await db.tables.records.put({ key: 'count', value: 2 })
    })
    const after = [await getRecord(db, 'count'), await helper(5000), (await db.tables.parts.get(['g', 'n']))?.value[0]]
    db.close()
    return { seen: seen.size, last: [...seen].at(-1), after }
  },
  /** What version 1 left: plain rows, a table each. */
  upgrade: async (): Promise<unknown> => {
    const plain = new Dexie('cryptochat')
    plain.version(1).stores(LEGACY)
    await plain.open()
    await plain.table('messages').bulkPut(Array.from({ length: 2500 }, (_, id) => message(id)))
    await plain.table('records').put({ key: 'device', value: new Uint8Array(32).fill(7) })
    plain.close()
    // dies on the way
    let writes = 0
    const dying = openDatabase({
      vaults: [await testVault()],
      onWrite: () => {
        if (++writes > 4) throw new Error('killed')
      }
    })
    const death = await dying.then(
      () => 'alive',
      (error: unknown) => (error as Error).message
    )
    const db = await open()
    const found = [
      await db.tables.messages.count(),
      (await getMessage(db, message(1234).id))?.text,
      await getRecord<Uint8Array>(db, 'device')
    ]
    db.close()
    const after = new Dexie('cryptochat')
    await after.open()
    const left = await after.table('messages').count()
    after.close()
    return { death, found: [found[0], found[1], (found[2] as Uint8Array).length], left }
  },
  /** Another node opens the store while this one still thinks that it is its own. */
  robbed: async (): Promise<unknown> => {
    const robbed = await open()
    await setRecord(robbed, 'whose', 'first')
    const owner = await open()
    const told: string[] = []
    const note = (error: unknown): void => void told.push((error as { code: string }).code)
    await setRecord(robbed, 'whose', 'robbed').catch(note)
    await fill(robbed, 20_000, 20_100).catch(note)
    await setRecord(owner, 'whose', 'owner')
    owner.close()
    const again = await open()
    const found = [await getRecord(again, 'whose'), await getMessage(again, message(20_000).id)]
    again.close()
    return { told, found }
  },
  /** Writers and readers at once; readers must never see half of a write. */
  crowd: async (): Promise<unknown> => {
    const db = await open()
    await setRecord(db, 'left', 0)
    let torn = 0
    const state = { isDone: false }
    const look = async (): Promise<void> => {
      while (!state.isDone) {
        const [newest, total] = await Promise.all([newestMessages(db, CHAT, 500), db.tables.messages.count()])
        if (newest.length > total) torn++
        if (newest.some((row, at) => at > 0 && row.order <= newest[at - 1]!.order)) torn++
        await new Promise((resolve) => setTimeout(resolve))
      }
    }
    const looking = Promise.all([look(), look(), look()])
    await Promise.all(
      Array.from({ length: 400 }, (_, at) =>
        at % 5 === 4
          ? db.write(['messages'], () => db.tables.messages.put({ ...message(10_000 + at - 3), text: 'edited' }))
          : db.write(['messages', 'records'], async () => {
              await db.tables.messages.put(message(10_000 + at))
              const left = (await getRecord<number>(db, 'left')) ?? 0
              await db.tables.records.put({ key: 'left', value: left + 1 })
            })
      )
    )
    state.isDone = true
    await looking
    const left = await getRecord(db, 'left')
    db.close()
    const again = await open()
    const counts = [left, await getRecord(again, 'left'), (await newestMessages(again, CHAT, 320)).length]
    again.close()
    return { torn, counts }
  }
}

export type Stories = typeof stories

Object.assign(globalThis, { stories })
