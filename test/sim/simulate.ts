/**
 * Chance picks a person, something to do, and a fate for one thing on the wire; then everything settles before the next. In
 * the end the faults stop, and the world must come to rest with nothing lost, nothing twice and everybody seeing the same.
 */
import { createHash } from 'node:crypto'
import type { Random } from '../../src/base/random.ts'
import type { DeliverResult } from '../../src/messenger/net.ts'
import type { ChatId, MessageId } from '../../src/model/ids.ts'
import type { MessageView } from '../../src/model/views.ts'
import { createWorld, Killed, NAMES } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import type { Carried } from './network.ts'

export interface SimOptions {
  readonly seed: number
  readonly steps: number
  readonly people: number
  /** Minutes in which the world may come to rest. */
  readonly rounds?: number
  /** A planted bug, to see that the invariants would notice. */
  readonly sabotage?: (persons: readonly Person[]) => Promise<void>
}

export interface SimResult {
  readonly seed: number
  readonly steps: number
  readonly people: number
  readonly sent: number
  readonly delivered: number
  readonly lost: number
  readonly duplicated: number
  readonly diverged: number
  /** Events still in some outbox after the faults ended. */
  readonly stuck: number
  /** Messages shown as delivered that the other side did not have: a broken promise at any moment. */
  readonly false: number
  readonly ms: number
  readonly hash: string
}

export const isSound = (result: SimResult): boolean =>
  result.lost + result.duplicated + result.diverged + result.stuck + result.false === 0

interface Written {
  readonly by: Person
  readonly to: Person
  readonly chat: ChatId
  readonly id: MessageId
  readonly text: string
}

interface OnWire {
  readonly carried: Carried
  readonly resolve: (result: DeliverResult) => void
  readonly order: string
}

interface Run {
  readonly world: World
  readonly random: Random
  readonly persons: readonly Person[]
  readonly wire: OnWire[]
  readonly written: Written[]
  count: number
}

const LOST: DeliverResult = { outcome: 'unreachable', why: 'lost' }

export const simulate = async ({ seed, steps, people, sabotage, rounds = 20 }: SimOptions): Promise<SimResult> => {
  const startedAt = performance.now()
  const world = await createWorld({ seed })
  const run = await setUp(world, people)
  holdTheWire(run)
  let broken = 0
  for (let step = 0; step < steps; step++) {
    await act(run)
    await world.settle()
    if (step === Math.floor(steps / 2)) await sabotage?.(run.persons)
    if (step % 40 === 39) broken += await countFalse(run)
  }
  const stuck = await heal(run, rounds)
  broken += await countFalse(run)
  const result = await judge(run)
  await world.stop()
  return { seed, steps, people, ...result, stuck, false: broken, ms: Math.round(performance.now() - startedAt) }
}

/** Everybody has opened an invite of everybody before them; clocks are a little off, one by hours. */
const setUp = async (world: World, people: number): Promise<Run> => {
  const persons: Person[] = []
  for (const [index, name] of NAMES.slice(0, people).entries()) {
    const skewMs = index === 2 ? 5 * 3600_000 : Math.round((world.random.fraction() - 0.5) * 240_000)
    persons.push(await world.person(name, { skewMs }))
  }
  await world.settle()
  for (const [index, guest] of persons.entries()) {
    for (const host of persons.slice(0, index)) await world.pair(host, guest)
  }
  return { world, random: world.random, persons, wire: [], written: [], count: 0 }
}

const holdTheWire = ({ world, wire }: Run): void => {
  let serial = 0
  world.network.carry = (carried) =>
    new Promise((resolve) => {
      // the same order whatever order threads finished in
      wire.push({ carried, resolve, order: `${carried.from} ${carried.to} ${String(serial++).padStart(9, '0')}` })
    })
}

const pick = <T>(random: Random, all: readonly T[]): T | undefined => all[Math.floor(random.fraction() * all.length)]

const act = async (run: Run): Promise<void> => {
  const { random, world, persons } = run
  const chance = random.fraction()
  const person = pick(random, persons)
  const other = pick(
    random,
    persons.filter((one) => one !== person)
  )
  if (person === undefined || other === undefined) return
  if (person.isDead) {
    if (chance < 0.5) await person.restart()
    else await deliverOne(run)
  } else if (chance < 0.25) await writeOne(run, person, other)
  else if (chance < 0.32) await touchOne(run, person)
  else if (chance < 0.35) toggle(person, world)
  else if (chance < 0.37) world.network.cut(person.device, other.device)
  else if (chance < 0.39) world.network.heal()
  else if (chance < 0.41)
    person.killAt(1 + Math.floor(random.fraction() * 4), random.fraction() < 0.5 ? 'before' : 'after')
  else if (chance < 0.42) person.kill()
  else if (chance < 0.5) world.clock.advance(Math.floor(random.fraction() * 60_000))
  else await deliverOne(run)
}

const toggle = (person: Person, { network }: World): void =>
  network.isOnline(person.device) ? person.goOffline() : person.goOnline()

/** A crash in the middle of a command is a fate, not a failure. */
const survive = async <T>(job: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await job()
  } catch (error) {
    if (error instanceof Killed) return undefined
    throw error
  }
}

const writeOne = async (run: Run, by: Person, to: Person): Promise<void> => {
  const text = `${by.name} to ${to.name} #${++run.count}`
  const chat = await by.chatWith(to)
  const id = await survive(() => by.messenger.send(chat, { text }))
  if (id !== undefined) run.written.push({ by, to, chat, id, text })
}

const touchOne = async ({ written, random }: Run, person: Person): Promise<void> => {
  const one = pick(
    random,
    written.filter(({ by, to }) => by === person || to === person)
  )
  const what = random.fraction()
  const other = one && (one.by === person ? one.to : one.by)
  if (one === undefined || other === undefined) return
  const view = (await person.messages(other)).find(({ id }) => id === one.id)
  if (view === undefined || view.removed) return
  await survive(async () => {
    const { messenger } = person
    if (what < 0.4) await messenger.react(one.chat, one.id, what < 0.1 ? null : what < 0.25 ? '👍' : '🎉')
    else if (what < 0.7) await messenger.markRead(one.chat, one.id)
    else if (view.mine && what < 0.9) await messenger.edit(one.chat, one.id, `${one.text}, edited`)
    else if (view.mine) await messenger.remove(one.chat, one.id, 'everyone')
  })
}

/** One thing off the wire, any one: that is reordering. Lost, answered into the void, twice, or as it should be. */
const deliverOne = async ({ wire, random }: Run): Promise<void> => {
  wire.sort((a, b) => (a.order < b.order ? -1 : 1))
  const [one] = wire.splice(Math.floor(random.fraction() * wire.length), 1)
  const fate = random.fraction()
  if (one === undefined) return
  if (fate < 0.1) {
    one.resolve(LOST)
    return
  }
  const result = await one.carried.run()
  if (fate < 0.18) one.resolve(LOST)
  else one.resolve(fate < 0.28 ? await one.carried.run() : result)
}

/** The faults end. Answers how much is stuck all the same. */
const heal = async ({ world, persons, wire }: Run, rounds: number): Promise<number> => {
  world.network.carry = (carried) => carried.run()
  world.network.heal()
  for (const { resolve } of wire.splice(0)) resolve(LOST)
  for (const person of persons) await (person.isDead ? person.restart() : (person.disarm(), person.goOnline()))
  let waiting = 1
  for (let round = 0; round < rounds && waiting > 0; round++) {
    await world.pass(60_000)
    waiting = 0
    for (const { messenger } of persons) waiting += await messenger.countWaiting()
  }
  return waiting
}

/** Messages that one side calls delivered and the other does not hold. */
const countFalse = async ({ persons, written }: Run): Promise<number> => {
  let count = 0
  for (const by of persons) {
    for (const to of persons) {
      const mine = written.filter((one) => one.by === by && one.to === to)
      if (by.isDead || to.isDead || mine.length === 0) continue
      const claimed = (await by.messages(to)).filter(({ delivery }) => delivery === 'delivered' || delivery === 'read')
      const arrived = await to.db.tables.events.bulkGet(claimed.map(({ id }) => id))
      const held = new Set(arrived.map((row) => row?.id))
      count += claimed.filter(({ id }) => !held.has(id)).length
    }
  }
  return count
}

const show = ({ id, author, text, removed, edits, reactions }: MessageView): string =>
  JSON.stringify([
    id,
    author,
    text,
    removed,
    edits,
    reactions.map(({ emoji, count }) => `${emoji} ${count}`).toSorted()
  ])

const judge = async ({
  persons,
  written
}: Run): Promise<Pick<SimResult, 'sent' | 'delivered' | 'lost' | 'duplicated' | 'diverged' | 'hash'>> => {
  const hash = createHash('sha256')
  let [delivered, lost, duplicated, diverged] = [0, 0, 0, 0]
  for (const [index, one] of persons.entries()) {
    for (const other of persons.slice(index + 1)) {
      const [here, there] = [await one.messages(other), await other.messages(one)]
      const [mine, theirs] = [here.map(show).join('\n'), there.map(show).join('\n')]
      if (mine !== theirs) diverged++
      for (const side of [here, there]) {
        const texts = side.filter(({ removed }) => !removed).map(({ text }) => text.replace(/, edited$/, ''))
        duplicated += texts.length - new Set(texts).size
      }
      const hereToo = new Set(here.map(({ id }) => id))
      const seen = new Set(there.map(({ id }) => id).filter((id) => hereToo.has(id)))
      const sent = written.filter(({ by, to }) => (by === one && to === other) || (by === other && to === one))
      delivered += sent.filter(({ id }) => seen.has(id)).length
      lost += sent.filter(({ id }) => !seen.has(id)).length
      hash.update(mine)
    }
  }
  return { sent: written.length, delivered, lost, duplicated, diverged, hash: hash.digest('hex').slice(0, 16) }
}
