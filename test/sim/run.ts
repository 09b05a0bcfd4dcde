/** One simulated world while it runs: who is in it, what was written, and what happened so far. */
import { createHash, type Hash } from 'node:crypto'
import type { NodeApi } from '../../src/bridge/api.ts'
import type { Log } from '../../src/base/log.ts'
import type { Random } from '../../src/base/random.ts'
import type { GroupView } from '../../src/model/group-views.ts'
import type { ChatId, Did, MessageId } from '../../src/model/ids.ts'
import { createWorld, first, type Name, NAMES, type Person, type World } from '../cast.ts'
import type { SimOptions } from './result.ts'
import { holdTheWire, noFaults, type Counts, type Wire } from './wire.ts'

export interface Written {
  readonly by: Person
  readonly chat: ChatId
  readonly group?: Group
  /** Of two people. */
  readonly to?: Person
  readonly id: MessageId
  readonly text: string
  readonly step: number
  /** Groups: who was in it for its author when it was written, and of whose last removal its author knew. */
  readonly members: ReadonlySet<Did>
  readonly knownOut: ReadonlySet<Did>
}

export interface Group {
  readonly chat: ChatId
  readonly history: 'from-joining' | 'all'
  /** Never removed. */
  readonly core: ReadonlySet<Did>
  /** Since which step each is inside and knows of everything that was done about them. */
  readonly seenIn: Map<Did, number>
  /** What was done about each, oldest first. */
  readonly changes: Map<Did, Change[]>
}

export interface Change {
  readonly kind: 'add' | 'remove'
  readonly step: number
  /** Absent when whoever did it died before they heard. */
  readonly event?: string
}

/** A call of a page that died: another page repeats it with the same nonce. */
export interface Unanswered {
  readonly by: Person
  readonly room: Room
  readonly text: string
  readonly nonce: string
  readonly due: number
}

export type Room =
  | { readonly kind: 'direct'; readonly chat: ChatId; readonly to: Person }
  | { readonly kind: 'group'; readonly chat: ChatId; readonly group: Group; readonly view: GroupView }

export interface Run {
  readonly options: SimOptions
  readonly world: World
  readonly random: Random
  readonly persons: readonly Person[]
  /** Those who know each other. */
  readonly pairs: readonly (readonly [Person, Person])[]
  readonly groups: Group[]
  readonly wire: Wire
  readonly faults: Counts
  readonly written: Written[]
  /** Texts that may be there without having been promised: their writer died before they heard. */
  readonly attempted: Set<string>
  readonly unanswered: Unanswered[]
  readonly hash: Hash
  /** Not one of the persons: what they see and send is their own affair. */
  readonly hostile: Person | undefined
  step: number
  serial: number
  joins: number
  removals: number
  /** How often two admins changed who is in, without hearing of each other. */
  rivals: number
  /** Promises that were broken while the world ran. */
  brokenPromises: number
  /** Messages sealed to somebody who was out. */
  leaks: number
}

/** What the messengers themselves say, between the steps. */
const logTo = (tell: (line: string) => void): Log => {
  const say =
    (level: string): Log['info'] =>
    (event, fields) =>
      tell(`       ${level} ${event} ${JSON.stringify(fields ?? {})}`)
  return { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') }
}

/** Known to the first person only. */
const HOSTILE: Name = 'nora'

/** How many of those before each newcomer knows; everybody in small worlds. */
const MAX_ACQUAINTANCES = 2

export const setUp = async (options: SimOptions): Promise<Run> => {
  const world = await createWorld({ seed: options.seed, ...(options.tell && { log: logTo(options.tell) }) })
  const { random } = world
  const persons: Person[] = []
  for (const name of NAMES.slice(0, options.people)) persons.push(await world.person(name))
  await world.settle()
  const pairs: [Person, Person][] = []
  for (const [index, guest] of persons.entries()) {
    const hosts = persons.slice(0, index)
    // everybody knows the first; others as many as fit
    for (const host of hosts.filter((_, at) => at === 0 || index - at < MAX_ACQUAINTANCES)) {
      await world.pair(host, guest)
      pairs.push([host, guest])
    }
  }
  const hostile = options.hostile === true ? await world.person(HOSTILE) : undefined
  if (hostile !== undefined && persons[0] !== undefined) await world.pair(persons[0], hostile)
  const faults = noFaults()
  return {
    options,
    world,
    random,
    persons,
    pairs,
    groups: [],
    wire: holdTheWire(world, random, faults),
    faults,
    written: [],
    attempted: new Set(),
    unanswered: [],
    hash: createHash('sha256'),
    hostile,
    step: 0,
    serial: 0,
    joins: 0,
    removals: 0,
    rivals: 0,
    brokenPromises: 0,
    leaks: 0
  }
}

export const note = (run: Run, line: string): void => {
  const whole = `${String(run.step).padStart(4)} ${line}`
  run.hash.update(`${whole}\n`)
  run.options.tell?.(whole)
}

export const pick = <T>(random: Random, all: readonly T[]): T | undefined =>
  all[Math.floor(random.fraction() * all.length)]

export const nodeOf = (person: Person): NodeApi => person.messenger as unknown as NodeApi

export const viewOf = async (person: Person, { chat }: Pick<Group, 'chat'>): Promise<GroupView | undefined> =>
  await first(nodeOf(person).watchGroup(chat))

export const lastChange = ({ changes }: Group, did: Did, kind?: Change['kind']): Change | undefined =>
  changes.get(did)?.findLast((change) => kind === undefined || change.kind === kind)

/** Whether this person's device holds all of these. */
export const knowsOf = async ({ db }: Person, changes: readonly Change[]): Promise<boolean> => {
  const ids = changes.flatMap(({ event }) => event ?? [])
  return (await db.tables.events.bulkGet(ids)).every((row) => row !== undefined)
}

export const isIn = (view: GroupView | undefined): view is GroupView & { readonly role: string } =>
  view?.role !== undefined

export const acquaintances = ({ pairs }: Run, person: Person): readonly Person[] =>
  pairs.flatMap(([one, other]) => (one === person ? [other] : other === person ? [one] : []))
