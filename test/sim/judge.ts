/**
 * The end of a world: who holds what, does everybody see the same, and was every promise kept. What somebody may not have
 * (written after they were removed) is as wrong as what is missing.
 */
import type { GroupView } from '../../src/model/group-views.ts'
import type { ChatId, Did } from '../../src/model/ids.ts'
import type { MessageView } from '../../src/model/views.ts'
import type { Person } from '../cast.ts'
import type { SimResult } from './result.ts'
import { type Group, isIn, lastChange, note, type Run, viewOf, type Written } from './run.ts'

type Verdict = Pick<SimResult, 'sent' | 'delivered' | 'lost' | 'duplicated' | 'diverged' | 'unreadable'>

interface Side {
  readonly person: Person
  readonly lines: readonly MessageView[]
  readonly ids: ReadonlySet<string>
}

const lookAt = async (person: Person, chat: ChatId): Promise<Side> => {
  const { messages } = await person.timeline(chat)
  return { person, lines: messages, ids: new Set(messages.map(({ id }) => id)) }
}

/** What must be the same for both. */
const show = ({ id, author, text, removed, edits, reactions, system }: MessageView): string =>
  JSON.stringify([
    id,
    author,
    text,
    removed,
    edits,
    reactions.map(({ emoji, count }) => `${emoji} ${count}`).toSorted(),
    system?.kind
  ])

const isSeenAsSame = (one: Side, other: Side): boolean => {
  const common = (side: Side, of: Side): string =>
    side.lines
      .filter(({ id }) => of.ids.has(id))
      .map(show)
      .join('\n')
  return common(one, other) === common(other, one)
}

export const judge = async (run: Run): Promise<Verdict> => {
  const tally = { lost: new Set<Written>(), duplicated: 0, diverged: run.leaks, unreadable: 0 }
  for (const pair of run.pairs) await judgeChat(run, pair, tally)
  for (const group of run.groups) await judgeGroup(run, group, tally)
  const [host] = run.persons
  // with whom nothing is shared, but what they say must not be believed
  if (host !== undefined && run.hostile !== undefined) {
    judgeSide(run, await lookAt(host, await host.chatWith(run.hostile)), tally)
  }
  for (const person of run.persons) tally.diverged += await countStuck(run, person)
  const { lost, ...rest } = tally
  const sent = run.written.length
  return { sent, delivered: sent - lost.size, lost: lost.size + run.brokenPromises, ...rest }
}

interface Tally {
  readonly lost: Set<Written>
  duplicated: number
  diverged: number
  unreadable: number
}

const judgeChat = async (run: Run, [one, other]: readonly [Person, Person], tally: Tally): Promise<void> => {
  const chat = await one.chatWith(other)
  const [here, there] = [await lookAt(one, chat), await lookAt(other, chat)]
  if (here.lines.map(show).join('\n') !== there.lines.map(show).join('\n')) {
    tally.diverged++
    complain(run, `${one.name} and ${other.name} do not see the same`, here, there)
  }
  for (const side of [here, there]) judgeSide(run, side, tally)
  for (const message of run.written.filter((written) => written.chat === chat)) {
    const missing = [here, there].filter(({ ids }) => !ids.has(message.id))
    if (missing.length > 0) tally.lost.add(message)
    for (const { person } of missing) note(run, `${person.name} does not have ${message.text}`)
  }
}

/** What one person sees, for itself. */
const judgeSide = (run: Run, { person, lines }: Side, tally: Tally): void => {
  const texts = lines
    .filter(({ removed, system, needsNewer }) => !removed && !needsNewer && system === undefined)
    .map(({ text }) => text.replace(/(, edited)+$/, ''))
  const twice = texts.length - new Set(texts).size
  if (twice > 0) note(run, `${person.name} sees ${twice} twice`)
  tally.duplicated += twice
  const invented = texts.filter((text) => !run.attempted.has(text))
  if (invented.length > 0) {
    note(run, `${person.name} sees what nobody wrote: ${invented[0]}`)
    tally.diverged++
  }
  tally.unreadable += lines.filter(({ needsNewer }) => needsNewer).length
}

const judgeGroup = async (run: Run, group: Group, tally: Tally): Promise<void> => {
  const views = new Map<Person, GroupView | undefined>()
  for (const person of run.persons) views.set(person, await viewOf(person, group))
  const members = run.persons.filter((person) => isIn(views.get(person)))
  // the founder is never removed
  const wanted = rosterOf(members[0] && views.get(members[0]))
  const listed = new Set(members[0] && views.get(members[0])?.members.map(({ did }) => did))
  for (const person of members) {
    if (!listed.has(person.did)) {
      tally.diverged++
      note(run, `${person.name} was removed and does not know it (${group.history})`)
    } else if (rosterOf(views.get(person)) !== wanted) {
      tally.diverged++
      note(
        run,
        `${person.name} sees other members (${group.history}): ${rosterOf(views.get(person))} and not ${wanted}`
      )
    }
  }
  for (const person of run.persons) {
    if (!listed.has(person.did) || members.includes(person)) continue
    // in the roster, and never got in
    tally.unreadable++
    note(run, `${person.name} is in the roster and not in the group`)
  }
  const sides = new Map<Person, Side>()
  for (const person of run.persons) {
    const side = await lookAt(person, group.chat).catch(() => undefined)
    if (side !== undefined) sides.set(person, side)
  }
  const inside = members.filter(({ did }) => listed.has(did)).flatMap((person) => sides.get(person) ?? [])
  for (const [at, one] of inside.entries()) {
    judgeSide(run, one, tally)
    for (const other of inside.slice(at + 1)) {
      if (isSeenAsSame(one, other)) continue
      tally.diverged++
      complain(
        run,
        `${one.person.name} and ${other.person.name} do not see the same group (${group.history})`,
        one,
        other
      )
    }
  }
  for (const message of run.written.filter((written) => written.group === group)) {
    judgeMessage(run, message, { group, inside, sides, listed }, tally)
  }
}

const rosterOf = (view: GroupView | undefined): string =>
  view?.members
    .map(({ did, role }) => `${did.slice(-6)}:${role}`)
    .toSorted()
    .join(' ') ?? ''

interface Standing {
  readonly group: Group
  readonly inside: readonly Side[]
  readonly sides: ReadonlyMap<Person, Side>
  readonly listed: ReadonlySet<Did>
}

const judgeMessage = (run: Run, message: Written, { group, inside, sides, listed }: Standing, tally: Tally): void => {
  const { seenIn } = group
  const isSteady = (did: Did): boolean => listed.has(did) && (seenIn.get(did) ?? Infinity) < message.step
  const entitled = inside.filter(({ person }) => message.members.has(person.did) && isSteady(person.did))
  const missing = entitled.filter(({ ids }) => !ids.has(message.id))
  if (isSteady(message.by.did)) {
    if (missing.length > 0) tally.lost.add(message)
    for (const { person } of missing) note(run, `${person.name} does not have ${message.text}`)
  } else if (missing.length > 0 && missing.length < entitled.length) {
    // LG6: of somebody who was removed, all have it or none
    tally.diverged++
    note(
      run,
      `${message.text} (${group.history}) is known to some: not to ${missing.map(({ person }) => person.name).join(', ')}`
    )
  }
  for (const { person, ids } of sides.values()) {
    // whoever wrote it knew that they were out, and they did not come back
    if (listed.has(person.did) || (lastChange(group, person.did, 'add')?.step ?? -1) >= message.step) continue
    if (!message.knownOut.has(person.did) || message.members.has(person.did) || !ids.has(message.id)) continue
    tally.diverged++
    note(run, `${person.name} was removed and has ${message.text}`)
  }
}

/** The first line in which two differ. */
const complain = (run: Run, what: string, one: Side, other: Side): void => {
  const [a, b] = [
    one.lines.filter(({ id }) => other.ids.has(id)).map(show),
    other.lines.filter(({ id }) => one.ids.has(id)).map(show)
  ]
  const at = a.findIndex((line, index) => line !== b[index])
  const only = [
    ...one.lines.filter(({ id }) => !other.ids.has(id)),
    ...other.lines.filter(({ id }) => !one.ids.has(id))
  ]
  note(run, `${what}: ${a[at] ?? ''} | ${b[at] ?? ''} | only one has: ${only.slice(0, 3).map(show).join(' ')}`)
}

/** What somebody still waits to send to people who have it, or keeps and cannot read. */
const countStuck = async (run: Run, person: Person): Promise<number> => {
  const left = new Set<ChatId>()
  for (const group of run.groups) if (!isIn(await viewOf(person, group))) left.add(group.chat)
  const waiting = [...person.db.memory.outbox.values()].filter(({ chat }) => !left.has(chat))
  if (waiting.length > 0) note(run, `${person.name} still wants to send ${waiting.length}`)
  return waiting.length > 0 ? 1 : 0
}

/** Messages that one side calls delivered and another does not hold: said too early, at whatever moment. */
export const countBrokenPromises = async ({ pairs, persons, groups, written }: Run): Promise<number> => {
  let count = 0
  const check = async (chat: ChatId, by: Person, others: readonly Person[]): Promise<void> => {
    if (by.isDead || !written.some((one) => one.by === by && one.chat === chat)) return
    const claimed = (await by.timeline(chat)).messages.filter(
      ({ delivery }) => delivery === 'delivered' || delivery === 'read'
    )
    const ids = claimed.map(({ id }) => id)
    for (const other of others) {
      if (other.isDead) continue
      const held = await other.db.tables.events.bulkGet(ids)
      count += held.filter((row) => row === undefined).length
    }
  }
  for (const [one, other] of pairs) {
    const chat = await one.chatWith(other)
    await check(chat, one, [other])
    await check(chat, other, [one])
  }
  for (const { chat, core } of groups) {
    const inside = persons.filter(({ did }) => core.has(did))
    for (const by of inside) {
      await check(
        chat,
        by,
        inside.filter((other) => other !== by)
      )
    }
  }
  return count
}
