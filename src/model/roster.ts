/**
 * RO1: who is in a group, as a pure fold of its `member` events: the same set in any order, any of them twice, gives the
 * same roster. Signatures, bindings and that a founding event is the one the conversation's id names are checked before.
 */
import { type Cut, findEquivocators, findRefusal, type Removal } from './cuts.ts'
import type { DeviceId, Did } from './ids.ts'
import { type Follows, takeTurns, traceLineage } from './roster-order.ts'

export type Role = 'admin' | 'member'
export type Who = 'everyone' | 'admins'

export interface Seat {
  readonly account: Did
  readonly role: Role
}
export interface Policies {
  readonly write: Who
  readonly add: Who
  readonly rename: Who
  readonly pin: Who
  readonly approval: boolean
  /** LG7 */
  readonly history: 'from-joining' | 'all'
}
export interface Pass {
  readonly id: string
  readonly endsAt: number
  readonly maxUses: number
}

export type MemberChange =
  | {
      readonly kind: 'found'
      readonly name: string
      readonly suite: string
      readonly seats: readonly Seat[]
      readonly homes: readonly string[]
      readonly passes: readonly Pass[]
      readonly policies: Policies
    }
  | { readonly kind: 'add'; readonly seats: readonly Seat[]; readonly pass?: string }
  | { readonly kind: 'remove'; readonly accounts: readonly Did[]; readonly cuts: readonly Cut[] }
  | { readonly kind: 'role'; readonly account: Did; readonly role: Role }
  | { readonly kind: 'policies'; readonly policies: Policies }
  | { readonly kind: 'homes'; readonly homes: readonly string[] }
  | { readonly kind: 'passes'; readonly passes: readonly Pass[] }

export interface MemberEvent {
  readonly id: string
  readonly author: Did
  readonly device: DeviceId
  readonly counter: number
  /** The claimed time; counts for the end of passes only. */
  readonly time: number
  readonly after: readonly string[]
  readonly change: MemberChange
}

export interface Member {
  readonly account: Did
  readonly role: Role
  /** The event that took it in. */
  readonly joined: string
  /** Whose doing it was. */
  readonly by: Did
  /** Admins: place in the order of appointment. Lower is senior. */
  readonly seniority: number
}

/** Why an event, which is good and kept, has no effect. `not-founded`: its group is not here yet. */
export type VoidReason =
  | 'not-founded'
  | 'founded-already'
  | 'cut'
  | 'not-a-member'
  | 'not-an-admin'
  | 'no-pass'
  | 'no-such-member'
  | 'nobody-new'
  | 'full'
  | 'last-admin'

export interface Verdict {
  readonly event: MemberEvent
  readonly reason: VoidReason | undefined
  /** The event that took the author's right away, where there is one. */
  readonly because?: string
}

export interface Roster {
  readonly root: string | undefined
  readonly name: string
  readonly suite: string
  readonly members: ReadonlyMap<Did, Member>
  readonly homes: readonly string[]
  readonly passes: readonly Pass[]
  readonly usesByPass: ReadonlyMap<string, number>
  readonly policies: Policies
  readonly removals: readonly Removal[]
  /** LG6: devices that wrote two events with one counter. */
  readonly marked: ReadonlySet<DeviceId>
  /** Every event in the order in which it had its turn, and what became of it. */
  readonly verdicts: readonly Verdict[]
  /** What the next `member` event names. */
  readonly heads: readonly string[]
}

const MAX_ACCOUNTS = 1000

/** Nothing is allowed in a group that nobody founded. */
const NO_POLICIES: Policies = {
  write: 'admins',
  add: 'admins',
  rename: 'admins',
  pin: 'admins',
  approval: true,
  history: 'from-joining'
}

interface State {
  root: string | undefined
  name: string
  suite: string
  members: Map<Did, Member>
  homes: readonly string[]
  passes: readonly Pass[]
  usesByPass: Map<string, number>
  policies: Policies
  removals: Removal[]
  appointed: number
}

export const foldRoster = (given: Iterable<MemberEvent>): Roster => {
  const all = [...given]
  // a founding event's content is the conversation's id, so of several any will do
  const root = all
    .filter(({ change }) => change.kind === 'found')
    .map(({ id }) => id)
    .toSorted()[0]
  const lineage = traceLineage(all, root ?? '')
  const state: State = {
    root,
    name: '',
    suite: '',
    members: new Map(),
    homes: [],
    passes: [],
    usesByPass: new Map(),
    policies: NO_POLICIES,
    removals: [],
    appointed: 0
  }
  const verdicts: Verdict[] = []
  takeTurns(lineage, {
    isStrong,
    rankOf: ({ author }) => {
      const member = state.members.get(author)
      return member?.role === 'admin' ? member.seniority : Number.POSITIVE_INFINITY
    },
    turn: (event) => {
      const why = judge(state, event, lineage)
      verdicts.push({ event, ...why })
    }
  })
  const followed = new Set(lineage.events.flatMap(({ id }) => lineage.parentsOf(id)))
  return {
    ...state,
    marked: findEquivocators(lineage.events),
    verdicts,
    heads: lineage.events.map(({ id }) => id).filter((id) => !followed.has(id))
  }
}

/** What takes something from somebody else has its turn early; who leaves is in nobody's way. */
const isStrong = ({ author, change }: MemberEvent): boolean =>
  (change.kind === 'remove' && !isOwnLeaving(author, change)) || (change.kind === 'role' && change.role === 'member')

const isOwnLeaving = (author: Did, { accounts, cuts }: Extract<MemberChange, { kind: 'remove' }>): boolean =>
  accounts.every((one) => one === author) && cuts.every(({ account }) => account === author)

type Why = Pick<Verdict, 'reason' | 'because'>
const APPLIED: Why = { reason: undefined }

const judge = (
  state: State,
  event: MemberEvent,
  lineage: { readonly events: readonly MemberEvent[]; readonly follows: Follows }
): Why => {
  const { author, change } = event
  if (state.root === undefined) return { reason: 'not-founded' }
  if (change.kind === 'found') {
    if (event.id !== state.root) return { reason: 'founded-already' }
    found(state, event, change)
    return APPLIED
  }
  // LG6: for ever, whoever brings it
  const refusal = findRefusal(state.removals, event, (id) => lineage.follows(event.id, id))
  if (refusal !== undefined) return { reason: 'cut', because: refusal.id }
  const me = state.members.get(author)
  if (me === undefined) {
    const removal = state.removals.findLast(({ account, isWhole }) => account === author && isWhole)
    return { reason: 'not-a-member', ...(removal === undefined ? {} : { because: removal.id }) }
  }
  const isAdmin = me.role === 'admin'

  switch (change.kind) {
    case 'add':
      return add({ state, event, change, isAdmin, follows: lineage.follows })
    case 'remove':
      if (!isAdmin && !isOwnLeaving(author, change)) return { reason: 'not-an-admin' }
      return remove({ state, event, change, lineage })
    case 'role':
      if (!isAdmin) return { reason: 'not-an-admin' }
      return setRole(state, change)
    case 'policies':
      if (!isAdmin) return { reason: 'not-an-admin' }
      state.policies = change.policies
      return APPLIED
    case 'homes':
      if (!isAdmin) return { reason: 'not-an-admin' }
      state.homes = change.homes
      return APPLIED
    case 'passes':
      if (!isAdmin) return { reason: 'not-an-admin' }
      state.passes = change.passes
      return APPLIED
  }
}

const seatMember = (state: State, { account, role }: Seat, event: MemberEvent): void => {
  const seniority = role === 'admin' ? state.appointed++ : Number.POSITIVE_INFINITY
  state.members.set(account, { account, role, joined: event.id, by: event.author, seniority })
}

const found = (state: State, event: MemberEvent, change: Extract<MemberChange, { kind: 'found' }>): void => {
  state.name = change.name
  state.suite = change.suite
  state.homes = change.homes
  state.passes = change.passes
  state.policies = change.policies
  seatMember(state, { account: event.author, role: 'admin' }, event)
  for (const seat of change.seats) {
    if (!state.members.has(seat.account) && state.members.size < MAX_ACCOUNTS) seatMember(state, seat, event)
  }
}

const add = ({
  state,
  event,
  change,
  isAdmin,
  follows
}: {
  readonly state: State
  readonly event: MemberEvent
  readonly change: Extract<MemberChange, { kind: 'add' }>
  readonly isAdmin: boolean
  readonly follows: Follows
}): Why => {
  const pass = state.passes.find(({ id }) => id === change.pass)
  const uses = state.usesByPass.get(change.pass ?? '') ?? 0
  const isPassGood = pass !== undefined && event.time < pass.endsAt && uses < pass.maxUses && change.seats.length === 1
  const mayAdd = state.policies.add === 'everyone' && change.pass === undefined
  if (!isAdmin) {
    if (change.pass === undefined && !mayAdd) return { reason: 'not-an-admin' }
    if (change.pass !== undefined && (!isPassGood || state.policies.approval)) return { reason: 'no-pass' }
    if (change.seats.some(({ role }) => role === 'admin')) return { reason: 'not-an-admin' }
  }
  // RO1: a removal wins over an adding that did not know of it
  const fresh = change.seats.filter(
    ({ account }) =>
      !state.members.has(account) &&
      state.removals.every(
        (removal) => removal.account !== account || !removal.isWhole || follows(event.id, removal.id)
      )
  )
  const accounts = new Set(fresh.map(({ account }) => account))
  if (state.members.size + accounts.size > MAX_ACCOUNTS) return { reason: 'full' }
  for (const seat of fresh) if (!state.members.has(seat.account)) seatMember(state, seat, event)
  // of rival addings one only counts, but whoever came in by another one and wrote has done nothing wrong (LG6)
  const named = new Set(change.seats.map(({ account }) => account))
  state.removals = state.removals.map((removal) =>
    named.has(removal.account) && removal.isWhole && follows(event.id, removal.id)
      ? { ...removal, liftedBy: [...removal.liftedBy, event.id] }
      : removal
  )
  if (accounts.size === 0) return { reason: 'nobody-new' }
  if (change.pass !== undefined) state.usesByPass.set(change.pass, uses + 1)
  return APPLIED
}

const remove = ({
  state,
  event,
  change,
  lineage
}: {
  readonly state: State
  readonly event: MemberEvent
  readonly change: Extract<MemberChange, { kind: 'remove' }>
  readonly lineage: { readonly events: readonly MemberEvent[]; readonly follows: Follows }
}): Why => {
  const whole = new Set(change.accounts)
  const accounts = [...new Set([...whole, ...change.cuts.map(({ account }) => account)])].filter((one) =>
    state.members.has(one)
  )
  if (accounts.length === 0) return { reason: 'no-such-member' }
  const left = [...state.members.values()].filter(({ account }) => !whole.has(account))
  if (left.length > 0 && !left.some(({ role }) => role === 'admin')) return { reason: 'last-admin' }

  for (const account of accounts) {
    const counters = new Map<DeviceId, number>()
    for (const cut of change.cuts) if (cut.account === account) counters.set(cut.device, cut.counter)
    // a cut never reaches below what the removal itself builds on
    for (const { author, device, counter, id } of lineage.events) {
      const isKnown = author === account && (id === event.id || lineage.follows(event.id, id))
      if (!isKnown || (!whole.has(account) && !counters.has(device))) continue
      counters.set(device, Math.max(counters.get(device) ?? 0, counter))
    }
    if (whole.has(account)) state.members.delete(account)
    state.removals.push({ id: event.id, account, isWhole: whole.has(account), counters, liftedBy: [] })
  }
  return APPLIED
}

const setRole = (state: State, { account, role }: Extract<MemberChange, { kind: 'role' }>): Why => {
  const member = state.members.get(account)
  if (member === undefined) return { reason: 'no-such-member' }
  if (member.role === role) return { reason: 'nobody-new' }
  const isLast = ![...state.members.values()].some((one) => one.role === 'admin' && one.account !== account)
  if (role === 'member' && isLast) return { reason: 'last-admin' }
  const seniority = role === 'admin' ? state.appointed++ : Number.POSITIVE_INFINITY
  state.members.set(account, { ...member, role, seniority })
  return APPLIED
}

/** What the roster lets somebody do; `rename` is the `topic` event, the timer is an admin's. */
export type Deed = 'write' | 'add' | 'remove' | 'appoint' | 'govern' | 'rename' | 'pin' | 'leave'

export const mayDo = (roster: Roster, account: Did, deed: Deed): boolean => {
  const member = roster.members.get(account)
  if (member === undefined) return false
  if (member.role === 'admin') return deed !== 'leave' || !isOnlyAdmin(roster, account)
  switch (deed) {
    case 'leave':
      return true
    case 'write':
    case 'add':
    case 'rename':
    case 'pin':
      return roster.policies[deed] === 'everyone'
    default:
      return false
  }
}

/** Who would leave others behind without an admin appoints one first. */
const isOnlyAdmin = ({ members }: Roster, account: Did): boolean =>
  members.size > 1 && ![...members.values()].some((one) => one.role === 'admin' && one.account !== account)

/** For the page: the verdict on one event. Nothing: it is not of this roster. */
export const explain = (roster: Roster, event: string): Verdict | undefined =>
  roster.verdicts.find((verdict) => verdict.event.id === event)
