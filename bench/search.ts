/**
 * Group `search`: 100,000 messages of several scripts in a real store, and a person who looks for words. `first`: from the
 * first question ever to its first hits; `buildMs`: until all of history has been looked through; `stallMs`: the longest that
 * anything else had to wait meanwhile; `p50`, `p95`: of 50 questions after that. Milliseconds, in one thread of Node.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { systemClock } from '../src/base/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { seededRandom } from '../src/base/random.ts'
import type { Random } from '../src/base/random.ts'
import { createContext } from '../src/messenger/context.ts'
import type { MessengerDeps } from '../src/messenger/context.ts'
import { createSearching } from '../src/messenger/search/searching.ts'
import { orderKey } from '../src/model/fold.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../src/model/ids.ts'
import { emptyChat, putChat } from '../src/store/chats.ts'
import { openDatabase } from '../src/store/database.ts'
import type { Db } from '../src/store/database.ts'
import type { MessageRow } from '../src/store/rows.ts'
import { bytesToBase64url } from '../src/base/bytes.ts'
import { percentiles } from './percentiles.ts'
import { testVault } from '../test/vault.ts'

const MESSAGES = 100_000
const CHATS = 40
const QUERIES = 50
const BATCH = 2000
const START = Date.UTC(2024, 0)

const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ten',
  'rus',
  'vel',
  'dor',
  'ane',
  'shi',
  'ber',
  'qu',
  'ost',
  'ing',
  'er',
  'ü',
  'é',
  'ß'
]
const HAN = '我你他们今天明晚上饭吃好不去来看电影书店车站家里学校公司会议时间'

/** Words as people use them: few of them often, most of them hardly ever. */
const makeWords = (random: Random): readonly string[] =>
  Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + Math.floor(random.fraction() * 3) }, () => pick(random, SYLLABLES)).join('')
  )
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random.fraction() * from.length)] as T
const pickOften = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random.fraction() ** 3 * from.length)] as T

const makeText = (random: Random, words: readonly string[]): string =>
  random.fraction() < 0.1
    ? Array.from({ length: 4 + Math.floor(random.fraction() * 20) }, () => pick(random, [...HAN])).join('')
    : Array.from({ length: 2 + Math.floor(random.fraction() * 20) }, () => pickOften(random, words)).join(' ')

const did = (number: number): Did => `did:key:z6Mk${String(number).padStart(44, '1')}` as Did

const fill = async (db: Db, random: Random, words: readonly string[]): Promise<void> => {
  const chats = Array.from({ length: CHATS }, (_, number) => `chat-${number}` as ChatId)
  const last = new Map<ChatId, MessageRow>()
  for (let done = 0; done < MESSAGES; done += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, index): MessageRow => {
      const number = done + index
      const chat = pickOften(random, chats)
      const time = START + number * 60_000
      const id = random.bytes(32)
      const author = did(number % 2 === 0 ? 0 : 1 + chats.indexOf(chat))
      const row = {
        id: bytesToBase64url(id) as MessageId,
        chat,
        order: orderKey({ time, tick: 0 }, id, []),
        mine: number % 2 === 0,
        author,
        device: '12D3KooW' as DeviceId,
        counter: number,
        time,
        arrivedAt: time + 300,
        text: makeText(random, words),
        replyTo: undefined,
        removed: false,
        needsNewer: false,
        edits: [],
        reactions: [],
        failed: false
      }
      last.set(chat, row)
      return row
    })
    await db.write(['messages'], async () => {
      await db.tables.messages.bulkPut(rows)
    })
  }
  await db.write(['chats'], async (change) => {
    for (const chat of chats) {
      const row = last.get(chat)
      const { id = '', order = '', text = '', device = '' as DeviceId, counter = 0, time: at = 0 } = row ?? {}
      const line = { id, order, text, kind: 'text' as const, mine: false, at, device, counter, failed: false }
      await putChat(db, change, { ...emptyChat(chat, did(1), 'direct', START), last: line })
    }
  })
}

/** The longest time between two turns of a timer that wants one every few milliseconds. */
const watchStalls = (): (() => number) => {
  let [last, worst] = [performance.now(), 0]
  const timer = setInterval(() => {
    const now = performance.now()
    worst = Math.max(worst, now - last)
    last = now
  }, 4)
  return () => {
    clearInterval(timer)
    return worst
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const memoryMB = (): number => {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

const round = (value: number): number => Math.round(value * 10) / 10

export const measureSearch = async (): Promise<Readonly<Record<string, number>>> => {
  const random = seededRandom(26)
  const words = makeWords(random)
  const db = await openDatabase({ indexedDB: new IDBFactory(), IDBKeyRange, vaults: [await testVault()] })
  await fill(db, random, words)
  // search needs no network, no keys and no device
  const ctx = createContext({ db, clock: systemClock, random, log: silentLog } as unknown as MessengerDeps)
  const searching = createSearching(ctx)
  const before = memoryMB()

  const stalls = watchStalls()
  const started = performance.now()
  await searching.search(words[40] ?? '')
  const first = performance.now() - started
  for await (const { isWhole } of searching.watch('')) if (isWhole) break
  const buildMs = performance.now() - started
  const stallMs = stalls()
  const memory = memoryMB() - before

  const times: number[] = []
  for (let turn = 0; turn < QUERIES; turn++) {
    const query = makeQuery(random, words, turn)
    const asked = performance.now()
    await searching.search(query)
    times.push(performance.now() - asked)
  }
  searching.stop()
  await ctx.work.idle()
  db.close()
  const { p50, p95 } = percentiles(times)
  return {
    p50: round(p50),
    p95: round(p95),
    first: round(first),
    buildMs: round(buildMs),
    stallMs: round(stallMs),
    memoryMB: round(memory)
  }
}

/** Words, beginnings, the middle of words, two words, Chinese, and what is not there at all. */
const makeQuery = (random: Random, words: readonly string[], turn: number): string => {
  const word = pick(random, words)
  switch (turn % 6) {
    case 0:
      return word
    case 1:
      return word.slice(0, 3)
    case 2:
      return word.slice(1)
    case 3:
      return `${pickOften(random, words)} ${word}`
    case 4:
      return `${pick(random, [...HAN])}${pick(random, [...HAN])}`
    default:
      return `nowhere${turn}`
  }
}
