/**
 * A seed is a world: a deck of deeds and faults is shuffled, each card is played by whoever chance picks, and a few things
 * on the wire move. In the end the faults stop, and the world must come to rest with nothing lost, nothing twice and
 * everybody seeing the same.
 */
import { bytesToBase64url } from '../../src/base/bytes.ts'
import type { Random } from '../../src/base/random.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { arm, repeatCalls, touch, write, writeOnDyingPage } from './deeds.ts'
import type { Person } from '../cast.ts'
import { forge, letIn } from './hostile.ts'
import { changeGroup, foundGroups, govern, lookWhoIsIn, rival } from './groups.ts'
import { countBrokenPromises, judge } from './judge.ts'
import { watchMail } from './mail.ts'
import { putInOrder } from './one-thread.ts'
import type { SimOptions, SimResult } from './result.ts'
import { note, pick, type Run, setUp } from './run.ts'

/** Of a hundred steps; shuffled anew for each hundred, so that a long run has had some of everything. */
const DECK = {
  write: 38,
  dyingPage: 4,
  touch: 9,
  change: 7,
  govern: 3,
  rival: 2,
  toggle: 6,
  cut: 4,
  heal: 5,
  kill: 4,
  trap: 5,
  skew: 2,
  wait: 4,
  rush: 7
} as const
type Card = keyof typeof DECK

export const simulate = async (options: SimOptions): Promise<SimResult> => {
  const startedAt = performance.now()
  const restore = putInOrder(options.seed)
  try {
    const run = await setUp(options)
    const counted = watchMail(run)
    await foundGroups(run)
    await run.world.settle()
    await letIn(run)
    for (const card of deal(run.random, options.steps)) {
      run.step++
      if (run.hostile !== undefined && run.random.fraction() < FORGING) await forge(run, run.hostile)
      await step(run, card)
    }
    await heal(run)
    run.brokenPromises += await countBrokenPromises(run)
    const verdict = await judge(run)
    await tellEnd(run)
    const { joins, removals, faults, hash } = run
    const { seed, steps, people } = options
    await run.world.stop()
    const ms = Math.round(performance.now() - startedAt)
    return { seed, steps, people, ...verdict, ...counted(), joins, removals, faults, ms, hash: hash.digest('hex') }
  } finally {
    restore()
  }
}

const deal = (random: Random, steps: number): readonly Card[] => {
  const cards: Card[] = []
  while (cards.length < steps) {
    const hundred = Object.entries(DECK).flatMap(([card, count]) => Array.from({ length: count }, () => card as Card))
    for (let left = hundred.length; left > 0; left--) {
      const [card] = hundred.splice(Math.floor(random.fraction() * left), 1)
      if (card !== undefined) cards.push(card)
    }
  }
  return cards.slice(0, steps)
}

const FORGING = 0.1
const MOST_MOVES = 5
const RUSH_MOVES = 25
const LOOK_EVERY = 10

const step = async (run: Run, card: Card): Promise<void> => {
  const { random, world, persons } = run
  world.clock.advance(Math.floor(random.fraction() * 3000))
  for (const person of persons) if (person.isDead && random.fraction() < 0.25) await restart(run, person)
  const person = pick(
    random,
    persons.filter(({ isDead }) => !isDead)
  )
  if (person !== undefined) await play(run, card, person)
  await repeatCalls(run)
  await world.settle()
  const moves = Math.floor(random.fraction() * (card === 'rush' ? RUSH_MOVES : MOST_MOVES))
  for (let move = 0; move < moves && run.wire.move(); move++) await world.settle()
  if (run.step % LOOK_EVERY === 0) await lookWhoIsIn(run)
}

const play = async (run: Run, card: Card, person: Person): Promise<void> => {
  const { random, world, faults } = run
  switch (card) {
    case 'write':
      return await write(run, person)
    case 'dyingPage':
      return await writeOnDyingPage(run, person)
    case 'touch':
      return await touch(run, person)
    case 'change':
      return await changeGroup(run, person)
    case 'govern':
      return await govern(run, person)
    case 'rival':
      return await rival(run)
    case 'toggle':
      return toggle(run, person)
    case 'cut':
      return cut(run, person)
    case 'heal':
      note(run, 'the network is whole again')
      return world.network.heal()
    case 'kill':
      faults.workerKills++
      note(run, `${person.name}'s worker dies`)
      return person.kill()
    case 'trap':
      note(run, `${person.name}'s worker will die soon`)
      return arm(run, person, 4)
    case 'skew': {
      faults.skews++
      const ms = Math.round((random.fraction() * 2 - 1) * HOUR)
      note(run, `${person.name}'s clock is off by ${ms} ms`)
      return person.setSkew(ms)
    }
    case 'wait':
      return world.clock.advance(Math.floor(random.fraction() * 2 * MINUTE))
    case 'rush':
  }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const toggle = ({ world: { network } }: Run, person: Person): void =>
  network.isOnline(person.device) ? person.goOffline() : person.goOnline()

const cut = (run: Run, person: Person): void => {
  const { random, world, persons, faults } = run
  const other = pick(
    random,
    persons.filter((one) => one !== person)
  )
  if (other === undefined) return
  faults.partitions++
  note(run, `nothing between ${person.name} and ${other.name}`)
  world.network.cut(person.device, other.device)
}

/** A promise that the dead have broken shows when they come back. */
const restart = async (run: Run, person: Person): Promise<void> => {
  note(run, `${person.name} starts again`)
  await person.restart()
  run.brokenPromises += await countBrokenPromises(run)
}

const MOST_MINUTES = 40
/** So long without any progress will stay so. */
const STILL_MINUTES = 12
/** Rare waits of the protocol are up to a minute long; then the world must be at rest for so many minutes. */
const QUIET_MINUTES = 4

const heal = async (run: Run): Promise<void> => {
  const { world, persons, wire } = run
  note(run, 'all faults end')
  wire.open()
  for (const person of persons) {
    if (person.isDead) await restart(run, person)
    person.disarm()
    person.goOnline()
  }
  await world.settle()
  run.unanswered.splice(0, run.unanswered.length, ...run.unanswered.map((call) => ({ ...call, due: 0 })))
  await repeatCalls(run)
  let [quiet, still, before] = [0, 0, Infinity]
  for (let minute = 0; minute < MOST_MINUTES && quiet < QUIET_MINUTES && still < STILL_MINUTES; minute++) {
    await world.pass(MINUTE)
    let waiting = 0
    for (const { messenger } of persons) waiting += await messenger.countWaiting()
    quiet = waiting === 0 ? quiet + 1 : 0
    still = waiting === before ? still + 1 : 0
    before = waiting
  }
}

/** Every person's final timelines, into the hash. */
const tellEnd = async (run: Run): Promise<void> => {
  for (const person of run.persons) {
    const { rows, requests, archived } = await person.chats()
    for (const { chat } of [...rows, ...requests, ...archived].toSorted((a, b) => (a.chat < b.chat ? -1 : 1))) {
      const { messages } = await person.timeline(chat)
      note(run, `${person.name} sees ${bytesToBase64url(sha256(new TextEncoder().encode(chat))).slice(0, 8)}`)
      for (const [order, { authorName, text, delivery, system, removed }] of messages.entries()) {
        note(run, `${order} ${authorName}: ${removed ? '(removed)' : (system?.kind ?? text)} ${delivery ?? ''}`)
      }
    }
  }
}
