/**
 * The people of our stories: whole messengers with real crypto and a real database on one simulated network and clock.
 * Alice, Bob, Carol and Dave have fixed keys (made once, kept in test/golden/cast.json), so that a seed gives the same world.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { bytesToBase64url, base64urlToBytes, utf8 } from '../src/base/bytes.ts'
import { silentLog } from '../src/base/log.ts'
import type { Log } from '../src/base/log.ts'
import { seededRandom } from '../src/base/random.ts'
import type { Random } from '../src/base/random.ts'
import { makeAccount } from '../src/crypto/account.ts'
import type { AccountSecrets } from '../src/crypto/account.ts'
import { sha256 } from '../src/crypto/hash.ts'
import { bytesToHex } from '../src/base/bytes.ts'
import { loadOrMakeDevice } from '../src/messenger/account.ts'
import { createMessenger } from '../src/messenger/messenger.ts'
import type { Messenger } from '../src/messenger/messenger.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../src/model/ids.ts'
import type { GroupView, SuiteId } from '../src/model/group-views.ts'
import type { ChatList, MessageView, Timeline } from '../src/model/views.ts'
import { chatIdOf, selfConversation } from '../src/crypto/conversation.ts'
import { putAccount } from '../src/store/account.ts'
import { emptyChat, putChat } from '../src/store/chats.ts'
import { openDatabase } from '../src/store/database.ts'
import type { Db } from '../src/store/database.ts'
import { setRecord } from '../src/store/records.ts'
import { createSimClock } from './sim/clock.ts'
import type { SimClock } from './sim/clock.ts'
import { createSimNetwork } from './sim/network.ts'
import type { SimNetwork } from './sim/network.ts'
import { CHEAP, CHEAP_BOUNDS } from './unit/crypto/costs.ts'
import { testVault } from './vault.ts'

export const NAMES = [
  'alice',
  'bob',
  'carol',
  'dave',
  'erin',
  'frank',
  'grace',
  'heidi',
  'ivan',
  'judy',
  'kate',
  'leo',
  'mia',
  'nora'
] as const
export type Name = (typeof NAMES)[number]

const CAST_FILE = path.join(import.meta.dirname, 'golden', 'cast.json')
const MADE_AT = Date.UTC(2026, 10, 1)

/** Keys as text, bytes marked. */
const write = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? { $bytes: bytesToBase64url(item) } : item))
const read = (text: string): unknown =>
  JSON.parse(text, (_, item: unknown) => {
    const bytes = (item as { readonly $bytes?: unknown } | null)?.$bytes
    return typeof bytes === 'string' ? base64urlToBytes(bytes) : item
  })

const deviceSeedOf = (name: Name): Uint8Array => sha256(utf8(`device of ${name}`))

let cast: Promise<ReadonlyMap<string, AccountSecrets>> | undefined

/** Everybody's account keys. OpenPGP cannot be seeded, so they are made once and kept. */
export const loadCast = (): Promise<ReadonlyMap<string, AccountSecrets>> => (cast ??= readOrMakeCast())

const readOrMakeCast = async (): Promise<ReadonlyMap<string, AccountSecrets>> => {
  const made = existsSync(CAST_FILE)
    ? (read(readFileSync(CAST_FILE, 'utf8')) as Record<string, AccountSecrets>)
    : ({} as Record<string, AccountSecrets>)
  const missing = NAMES.filter((name) => !Object.hasOwn(made, name))
  if (missing.length === 0) return new Map(Object.entries(made))
  for (const name of missing) {
    const random = seededRandom(NAMES.indexOf(name) + 1)
    made[name] = await makeAccount({ random, now: MADE_AT, deviceSeed: deviceSeedOf(name) })
  }
  mkdirSync(path.dirname(CAST_FILE), { recursive: true })
  writeFileSync(CAST_FILE, write(made))
  return new Map(Object.entries(made))
}

/** The crash of a whole node: thrown into the write that was under way. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface Person {
  readonly name: Name
  readonly did: Did
  readonly device: DeviceId
  /** Changes when the person restarts. */
  readonly messenger: Messenger
  readonly db: Db
  /** Off the network; the app keeps running. */
  goOffline(): void
  goOnline(): void
  /** The process dies now, wherever it is; the disk stays. */
  kill(): void
  /** Dies at the nth write from now, before or after it reached the disk. */
  killAt(write: number, when: 'before' | 'after'): void
  /** Takes back a `killAt` that did not happen. */
  disarm(): void
  readonly isDead: boolean
  /** Their clock goes wrong by so much, from now on. */
  setSkew(ms: number): void
  /** Starts again on the same disk (after a kill or by itself). */
  restart(): Promise<void>
  chatWith(other: Person): Promise<ChatId>
  write(other: Person, text: string, replyTo?: MessageId): Promise<MessageId>
  messages(other: Person): Promise<readonly MessageView[]>
  texts(other: Person): Promise<readonly string[]>
  timeline(chat: ChatId): Promise<Timeline>
  /** In any chat. */
  say(chat: ChatId, text: string, replyTo?: MessageId): Promise<MessageId>
  messagesIn(chat: ChatId): Promise<readonly MessageView[]>
  /** What people wrote there, without the lines that nobody did. */
  textsIn(chat: ChatId): Promise<readonly string[]>
  groupView(chat: ChatId): Promise<GroupView | undefined>
  chats(): Promise<ChatList>
}

export interface World {
  readonly seed: number
  readonly clock: SimClock
  readonly random: Random
  readonly network: SimNetwork
  person(name: Name, options?: { readonly skewMs?: number }): Promise<Person>
  /** Another device on which nothing is yet, not even an account; it stands under the name of whose it will be. */
  emptyDevice(owner: Name): Promise<Person>
  people<const T extends readonly Name[]>(...names: T): Promise<{ readonly [K in keyof T]: Person }>
  /** Until nobody can do anything but wait for the network or for time. */
  settle(): Promise<void>
  /** Moves time on in steps, so that what is due happens, and settles. */
  pass(ms: number): Promise<void>
  /** Founded and opened by everybody who is there. Every member must be a contact of the founder. */
  group(name: string, founder: Person, members: readonly Person[], suite?: SuiteId): Promise<ChatId>
  /** Invite made, opened and accepted. */
  pair(inviter: Person, guest: Person): Promise<ChatId>
  stop(): Promise<void>
}

export const first = async <T>(feed: AsyncIterable<T>): Promise<T> => {
  for await (const value of feed) return value
  throw new Error('the feed ended')
}

/** Whose line it is: only tests may say so. */
const logOf = (log: Log, who: Name): Log => ({
  debug: (event, fields) => log.debug(event, { who, ...fields }),
  info: (event, fields) => log.info(event, { who, ...fields }),
  warn: (event, fields) => log.warn(event, { who, ...fields }),
  error: (event, fields) => log.error(event, { who, ...fields })
})

/** Lets everything that was only waiting for its turn run. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

export const createWorld = async ({
  seed = 1,
  log = silentLog
}: { readonly seed?: number; readonly log?: Log } = {}): Promise<World> => {
  const clock = createSimClock()
  const network = createSimNetwork()
  const random = seededRandom(seed)
  const secrets = await loadCast()
  const everybody = new Map<Name, Person>()
  const everyone: Person[] = []

  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2;) {
      await turn()
      const busy = everyone.filter(({ isDead, messenger }) => !isDead && !messenger.isIdle())
      quiet = busy.length === 0 ? quiet + 1 : 0
      await Promise.race([Promise.all(busy.map(({ messenger }) => messenger.idle())), turn()])
    }
  }

  const makePerson = async (name: Name, initialSkewMs: number, isEmpty = false): Promise<Person> => {
    let skewMs = initialSkewMs
    const keys = secrets.get(name)
    if (keys === undefined) throw new Error(`nobody is called ${name}`)
    const disk = { indexedDB: new IDBFactory(), IDBKeyRange }
    const own = orderlyRandom(seed * 1000 + NAMES.indexOf(name) + (isEmpty ? 100 * everyone.length : 0), clock)
    let deviceId = keys.device.id
    let dead = false
    let life = 0
    let trap: { left: number; readonly when: 'before' | 'after' } | undefined

    const start = async (): Promise<{ readonly messenger: Messenger; readonly db: Db }> => {
      const mine = ++life
      dead = false
      const db = await openDatabase({
        ...disk,
        vaults: [await testVault()],
        onWrite: (when) => {
          if (mine !== life || dead) throw new Killed()
          if (trap === undefined || trap.when !== when || --trap.left > 0) return
          trap = undefined
          dead = true
          network.setOnline(deviceId, false)
          throw new Killed()
        }
      })
      if (!isEmpty && (await isFresh(db))) await settleIn(db, name, keys)
      const device = await loadOrMakeDevice(db, own)
      deviceId = device.id
      const messenger = createMessenger({
        db,
        net: network.join(device.id),
        device,
        clock: clock.skewed(() => skewMs),
        random: own,
        log: logOf(log, name),
        linkBase: 'https://chat.example',
        backupCost: { cost: CHEAP, bounds: CHEAP_BOUNDS }
      })
      await messenger.start()
      return { messenger, db }
    }

    let running = await start()
    const kill = (): void => {
      dead = true
      network.setOnline(deviceId, false)
    }
    const person: Person = {
      name,
      did: keys.did,
      device: deviceId,
      get messenger() {
        return running.messenger
      },
      get db() {
        return running.db
      },
      get isDead() {
        return dead
      },
      goOffline: () => network.setOnline(person.device, false),
      goOnline: () => network.setOnline(person.device, true),
      kill,
      killAt: (left, when) => {
        trap = { left, when }
      },
      disarm: () => {
        trap = undefined
      },
      setSkew: (ms) => {
        skewMs = ms
      },
      restart: async () => {
        life++
        trap = undefined
        running.messenger.stop().catch(() => {})
        await turn()
        running.db.close()
        running = await start()
        network.setOnline(person.device, true)
      },
      chatWith: async (other) => {
        const { rows, requests } = await person.chats()
        const row = [...rows, ...requests].find(({ did }) => did === other.did)
        if (row === undefined) throw new Error(`${name} has no chat with ${other.name}`)
        return row.chat
      },
      write: async (other, text, replyTo) =>
        await running.messenger.send(await person.chatWith(other), { text, ...(replyTo && { replyTo }) }),
      timeline: (chat) => first(running.messenger.watchTimeline(chat, { around: 'end', before: 1000, after: 0 })),
      messages: async (other) => (await person.timeline(await person.chatWith(other))).messages,
      texts: async (other) => (await person.messages(other)).map(({ text }) => text),
      say: (chat, text, replyTo) => running.messenger.send(chat, { text, ...(replyTo && { replyTo }) }),
      messagesIn: async (chat) => (await person.timeline(chat)).messages,
      textsIn: async (chat) =>
        (await person.messagesIn(chat)).filter(({ system }) => system === undefined).map(({ text }) => text),
      groupView: (chat) => first(running.messenger.watchGroup(chat)),
      chats: () => first(running.messenger.watchChats())
    }
    if (!isEmpty) everybody.set(name, person)
    everyone.push(person)
    return person
  }

  const world: World = {
    seed,
    clock,
    random,
    network,
    person: async (name, { skewMs = 0 } = {}) => everybody.get(name) ?? (await makePerson(name, skewMs)),
    emptyDevice: (owner) => makePerson(owner, 0, true),
    people: async (...names) => {
      const made: Person[] = []
      for (const name of names) made.push(await world.person(name))
      return made as never
    },
    settle,
    pass: async (ms) => {
      await settle()
      const end = clock.now() + ms
      while (clock.now() < end) {
        const step = Math.max(1, Math.min(clock.untilNext() ?? ms, end - clock.now()))
        clock.advance(step)
        await settle()
      }
    },
    group: async (name, founder, members, suite) => {
      const dids = members.map(({ did }) => did)
      const chat = await founder.messenger.createGroup({ name, members: dids, ...(suite && { suite }) })
      await settle()
      return chat
    },
    pair: async (inviter, guest) => {
      const { link } = await inviter.messenger.createInvite()
      const chat = await guest.messenger.openInvite(link)
      await settle()
      return chat
    },
    stop: async () => {
      for (const { messenger, db, isDead } of everyone) {
        if (!isDead) await messenger.stop()
        db.close()
      }
    }
  }
  return world
}

/**
 * Chance that does not depend on which of two threads was faster: a stream for each size, so that salts are taken in the
 * order of writing, and jitter from the time alone.
 */
const orderlyRandom = (seed: number, clock: SimClock): Random => {
  const bySize = new Map<number, Random>()
  return {
    bytes: (size) => {
      const stream = bySize.get(size) ?? seededRandom(seed * 100 + size)
      bySize.set(size, stream)
      return stream.bytes(size)
    },
    fraction: () => seededRandom(seed ^ clock.now()).fraction()
  }
}

const isFresh = async (db: Db): Promise<boolean> => (await db.tables.records.get('device')) === undefined

/** First run done, with the fixed keys in place of fresh ones. */
const settleIn = async (db: Db, name: Name, keys: AccountSecrets): Promise<void> => {
  await setRecord(db, 'device', keys.device.seed)
  await db.write(['account', 'chats'], async (change) => {
    await putChat(db, change, emptyChat(chatIdOf(selfConversation(keys.did)), keys.did, 'self', MADE_AT))
    await putAccount(db, change, {
      id: 'own',
      did: keys.did,
      name: name[0]?.toUpperCase() + name.slice(1),
      photo: undefined,
      profileAt: MADE_AT,
      fingerprint: bytesToHex(keys.fingerprint),
      createdAt: MADE_AT,
      keys,
      head: undefined,
      headHomes: [],
      headIssuedAt: 0
    })
  })
}

/** What a person sees of a conversation, line by line: the golden end of a story. */
export const transcript = async (person: Person, other: Person): Promise<string> => {
  const lines = (await person.messages(other)).map((message) => {
    const text = message.removed ? '(removed)' : message.needsNewer ? '(needs a newer version)' : message.text
    const marks = [
      message.quote && `re "${message.quote.text ?? '(gone)'}"`,
      message.edits.length > 0 && `edited ${message.edits.length}×`,
      ...message.reactions.map(({ emoji, names }) => `${emoji} ${names.join('+')}`),
      message.delivery
    ].filter((mark) => typeof mark === 'string')
    return `${message.authorName}: ${text}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}`
  })
  return `\n${lines.join('\n')}\n`
}
