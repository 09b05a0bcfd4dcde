/**
 * Groups that live: people are added, removed, leave, come back, get and lose rights, and two admins do so at once without
 * hearing of each other. The first three of a group stay in it, so that much must arrive whatever happens.
 */
import type { SuiteId } from '../../src/model/group-views.ts'
import type { Did } from '../../src/model/ids.ts'
import { eventsAbout } from '../../src/store/timeline.ts'
import type { Person } from '../cast.ts'
import { survive } from './deeds.ts'
import {
  acquaintances,
  type Change,
  type Group,
  isIn,
  knowsOf,
  lastChange,
  nodeOf,
  note,
  pick,
  type Run,
  viewOf
} from './run.ts'

const CORE = 3

/** One group of everybody's, or two in which everything that was ever said belongs to newcomers too. */
export const foundGroups = async (run: Run): Promise<void> => {
  const { persons, options } = run
  const [founder] = persons
  if (founder === undefined || persons.length < 2 || !('createGroup' in founder.messenger)) return
  const core = persons.slice(0, Math.min(CORE, persons.length))
  const members = core.slice(1).map(({ did }) => did)
  for (const history of options.people > 3 ? (['from-joining', 'all'] as const) : (['from-joining'] as const)) {
    const suite = options.suite === undefined ? {} : { suite: options.suite as SuiteId }
    const chat = await nodeOf(founder).createGroup({ name: `Group ${history}`, members, ...suite })
    if (history === 'all') await nodeOf(founder).setPolicies(chat, { history })
    for (const { did } of core.slice(1)) await nodeOf(founder).setRole(chat, did, 'admin')
    run.groups.push({
      chat,
      history,
      core: new Set(core.map(({ did }) => did)),
      seenIn: new Map(),
      changes: new Map()
    })
    note(run, `${founder.name} founds a group: ${history}`)
  }
}

interface Admin {
  readonly by: Person
  readonly members: ReadonlySet<Did>
}

const adminView = async (by: Person, group: Group): Promise<Admin | undefined> => {
  const view = by.isDead ? undefined : await viewOf(by, group)
  return isIn(view) && view.role === 'admin' ? { by, members: new Set(view.members.map(({ did }) => did)) } : undefined
}

type Wanted = Change['kind'] | 'either'

/** Somebody comes or goes; what fits. Answers whether something was done. */
const changeMembers = async (run: Run, group: Group, admin: Admin, wanted: Wanted): Promise<boolean> => {
  const { random } = run
  const { by, members } = admin
  const newcomers = acquaintances(run, by).filter(({ did }) => !members.has(did))
  const removable = run.persons.filter(({ did }) => members.has(did) && !group.core.has(did))
  const isAdd = wanted === 'either' ? random.fraction() < 0.6 : wanted === 'add'
  const who = pick(random, isAdd ? newcomers : removable) ?? pick(random, isAdd ? removable : newcomers)
  if (who === undefined) return false
  const node = nodeOf(by)
  if (members.has(who.did)) {
    note(run, `${by.name} removes ${who.name} (${group.history})`)
    const isDone = await survive(async () => (await node.removeMember(group.chat, who.did), true))
    await keepChange(run, group, { by, who: who.did, kind: 'remove', isDone: isDone === true })
  } else {
    note(run, `${by.name} adds ${who.name} (${group.history})`)
    const isDone = await survive(async () => (await node.addMembers(group.chat, [who.did]), true))
    await keepChange(run, group, { by, who: who.did, kind: 'add', isDone: isDone === true })
  }
  return true
}

interface Done {
  readonly by: Person
  readonly who: Did
  readonly kind: Change['kind']
  readonly isDone: boolean
}

/** From here on nobody counts as inside who does not know of it. */
const keepChange = async (run: Run, group: Group, { by, who, kind, isDone }: Done): Promise<void> => {
  const { step } = run
  const all = group.changes.get(who) ?? []
  group.changes.set(who, all)
  if (kind === 'remove') group.seenIn.delete(who)
  if (!isDone || by.isDead) {
    all.push({ kind, step })
    return
  }
  if (kind === 'remove') run.removals++
  else run.joins++
  const events = await eventsAbout(by.db, group.chat, 'member')
  const own = events.filter(({ author }) => author === by.did).toSorted((a, b) => a.counter - b.counter)
  const event = own.at(-1)?.id
  all.push({ kind, step, ...(event !== undefined && { event }) })
}

export const changeGroup = async (run: Run, by: Person): Promise<void> => {
  const group = pick(run.random, run.groups)
  if (group === undefined) return
  const admin = await adminView(by, group)
  if (admin !== undefined) await changeMembers(run, group, admin, 'either')
  else if (run.random.fraction() < 0.5) await leave(run, group, by)
}

const leave = async (run: Run, group: Group, by: Person): Promise<void> => {
  if (group.core.has(by.did) || !isIn(await viewOf(by, group))) return
  note(run, `${by.name} leaves (${group.history})`)
  const isDone = await survive(async () => (await nodeOf(by).leaveGroup(group.chat), true))
  await keepChange(run, group, { by, who: by.did, kind: 'remove', isDone: isDone === true })
}

/** Rights, names, pins. */
export const govern = async (run: Run, by: Person): Promise<void> => {
  const { random } = run
  const group = pick(random, run.groups)
  const view = group && (await viewOf(by, group))
  if (group === undefined || !isIn(view)) return
  const what = random.fraction()
  const node = nodeOf(by)
  const others = view.members.filter(({ did }) => !group.core.has(did))
  const other = pick(random, others)
  if (what < 0.4 && view.may.rename) {
    const name = `Name ${run.step}`
    note(run, `${by.name} calls it ${name}`)
    await survive(() => node.setTopic(group.chat, { name }))
  } else if (what < 0.8 && view.may.manage && other !== undefined) {
    const role = other.role === 'admin' ? 'member' : 'admin'
    note(run, `${by.name} makes ${other.name} ${role}`)
    await survive(() => node.setRole(group.chat, other.did, role))
  } else if (view.may.pin) {
    const message = pick(
      random,
      run.written.filter((one) => one.group === group && one.by === by)
    )
    if (message === undefined) return
    note(run, `${by.name} pins ${message.text}`)
    await survive(() => node.pinMessage(group.chat, message.id, random.fraction() < 0.7))
  }
}

/** Long enough for everybody who may commit to have done so (RO2). */
const ALL_HAVE_COMMITTED_MS = 75_000

/** Two admins who do not hear of each other: both change who is in it, both commit. */
export const rival = async (run: Run): Promise<void> => {
  const { world, random, faults } = run
  const group = pick(random, run.groups)
  if (group === undefined) return
  const admins: Admin[] = []
  for (const person of run.persons) {
    const admin = await adminView(person, group)
    if (admin !== undefined && world.network.isOnline(person.device)) admins.push(admin)
  }
  const one = pick(random, admins)
  const other = pick(
    random,
    admins.filter(({ by }) => by !== one?.by)
  )
  if (one === undefined || other === undefined) return
  note(run, `${one.by.name} and ${other.by.name} do not hear of each other (${group.history})`)
  // who is on whose side is chance; nothing crosses
  const sides = run.persons.map((person) => person === one.by || (person !== other.by && random.fraction() < 0.5))
  faults.partitions++
  for (const [at, person] of run.persons.entries()) {
    for (const [to, another] of run.persons.entries()) {
      if (at < to && sides[at] !== sides[to]) world.network.cut(person.device, another.device)
    }
  }
  const done = [
    await changeMembers(run, group, one, 'add'),
    await changeMembers(run, group, other, random.fraction() < 0.5 ? 'add' : 'remove')
  ]
  if (done.every(Boolean)) run.rivals++
  await world.settle()
  const end = world.clock.now() + ALL_HAVE_COMMITTED_MS
  while (world.clock.now() < end) {
    while (run.wire.flush()) await world.settle()
    world.clock.advance(Math.max(1, Math.min(world.clock.untilNext() ?? 5000, 5000)))
    await world.settle()
  }
  if (random.fraction() < 0.7) world.network.heal()
}

/** Who is inside by their own account: from here on they must get everything. */
export const lookWhoIsIn = async (run: Run): Promise<void> => {
  for (const group of run.groups) {
    for (const person of run.persons) {
      if (person.isDead || group.seenIn.has(person.did)) continue
      const view = await viewOf(person, group)
      if (!isIn(view) || !view.members.some(({ mine, state }) => mine && state === 'in')) continue
      // an old membership that was not yet seen to end is none
      if (lastChange(group, person.did)?.kind === 'remove') continue
      if (await knowsOf(person, group.changes.get(person.did) ?? [])) group.seenIn.set(person.did, run.step)
    }
  }
}
