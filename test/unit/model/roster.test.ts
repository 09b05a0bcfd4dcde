import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findRefusal } from '../../../src/model/cuts.ts'
import type { DeviceId, Did } from '../../../src/model/ids.ts'
import {
  explain,
  foldRoster,
  mayDo,
  type MemberChange,
  type MemberEvent,
  type Policies,
  type Roster
} from '../../../src/model/roster.ts'

const POLICIES: Policies = {
  write: 'everyone',
  add: 'admins',
  rename: 'everyone',
  pin: 'admins',
  approval: false,
  history: 'from-joining'
}
const did = (name: string): Did => name as Did
const phone = (name: string): DeviceId => `${name}'s phone` as DeviceId

const event = (
  id: string,
  name: string,
  counter: number,
  after: readonly string[],
  change: MemberChange,
  more: Partial<MemberEvent> = {}
): MemberEvent => ({ id, author: did(name), device: phone(name), counter, time: counter, after, change, ...more })

const founding = (admins: readonly string[], members: readonly string[] = [], policies = POLICIES): MemberEvent =>
  event('root', 'alice', 1, [], {
    kind: 'found',
    name: 'Hikers',
    suite: 'mls-xwing',
    seats: [
      ...admins.map((one) => ({ account: did(one), role: 'admin' as const })),
      ...members.map((one) => ({ account: did(one), role: 'member' as const }))
    ],
    homes: ['home'],
    passes: [{ id: 'pass', endsAt: 100, maxUses: 1 }],
    policies
  })
const add = (name: string, pass?: string): MemberChange => ({
  kind: 'add',
  seats: [{ account: did(name), role: 'member' }],
  ...(pass === undefined ? {} : { pass })
})
const remove = (name: string, counter = 0): MemberChange => ({
  kind: 'remove',
  accounts: [did(name)],
  cuts: [{ account: did(name), device: phone(name), counter }]
})
const role = (name: string, to: 'admin' | 'member'): MemberChange => ({ kind: 'role', account: did(name), role: to })
const names = (roster: Roster): readonly string[] => [...roster.members.keys()].toSorted()
const reason = (roster: Roster, id: string): unknown => explain(roster, id)?.reason

test('RO1 the founder is the first admin, and the rest is as founded', () => {
  const roster = foldRoster([founding(['bob'], ['carol'])])
  expect(names(roster)).toEqual(['alice', 'bob', 'carol'])
  expect([...roster.members.values()].map(({ seniority }) => seniority)).toEqual([0, 1, Number.POSITIVE_INFINITY])
  expect(roster).toMatchObject({ root: 'root', name: 'Hikers', suite: 'mls-xwing', homes: ['home'], heads: ['root'] })
})

test('RO1 without its founding event a group has nobody', () => {
  const roster = foldRoster([event('1', 'alice', 2, ['root'], add('dave'))])
  expect(roster.members.size).toBe(0)
  expect(reason(roster, '1')).toBe('not-founded')
})

test('RO1 what a member without the right does is void, and says why', () => {
  const events = [
    founding([], ['carol']),
    event('1', 'carol', 1, ['root'], add('dave')),
    event('2', 'eve', 1, ['root'], add('dave'))
  ]
  const roster = foldRoster(events)
  expect(names(roster)).toEqual(['alice', 'carol'])
  expect([reason(roster, '1'), reason(roster, '2')]).toEqual(['not-an-admin', 'not-a-member'])
})

test('RO1 of two admins who remove each other the senior one stays', () => {
  const events = [
    founding(['bob', 'carol']),
    event('1', 'carol', 1, ['root'], remove('bob')),
    event('2', 'bob', 1, ['root'], remove('carol'))
  ]
  const roster = foldRoster(events)
  expect(names(roster)).toEqual(['alice', 'bob'])
  expect(explain(roster, '1')).toMatchObject({ reason: 'cut', because: '2' })
})

test('RO1 the order of appointment counts for admins who were appointed later, too', () => {
  const events = [
    founding([], ['bob', 'carol']),
    event('a1', 'alice', 2, ['root'], role('carol', 'admin')),
    event('a2', 'alice', 3, ['a1'], role('bob', 'admin')),
    event('1', 'bob', 1, ['a2'], remove('carol')),
    event('2', 'carol', 1, ['a2'], remove('bob'))
  ]
  expect(names(foldRoster(events))).toEqual(['alice', 'carol'])
})

test('RO1 a rival removal that claims to follow nothing does not get in front of a senior’s', () => {
  const events = [
    founding(['mallory'], ['carol']),
    event('a2', 'alice', 2, ['root'], role('carol', 'admin')),
    event('a3', 'alice', 3, ['a2'], remove('mallory')),
    event('0', 'mallory', 1, ['root'], remove('alice'))
  ]
  expect(names(foldRoster(events))).toEqual(['alice', 'carol'])
})

test('RO1 who knew of the removal cannot undo it', () => {
  const events = [
    founding(['bob', 'carol']),
    event('1', 'carol', 1, ['root'], remove('bob')),
    event('2', 'bob', 1, ['1'], remove('carol'))
  ]
  expect(names(foldRoster(events))).toEqual(['alice', 'carol'])
})

test('LG6 what a removed admin wrote above the cut is void wherever it claims to stand, and below it stands', () => {
  const events = [
    founding(['bob']),
    event('b1', 'bob', 1, ['root'], add('dave')),
    event('a2', 'alice', 2, ['b1'], add('erin')),
    event('a3', 'alice', 3, ['a2'], remove('bob', 1)),
    event('b2', 'bob', 2, ['b1'], add('mallory'))
  ]
  const roster = foldRoster(events)
  expect(names(roster)).toEqual(['alice', 'dave', 'erin'])
  expect(reason(roster, 'b2')).toBe('cut')
})

test('LG6 a cut never undoes what the removal builds on', () => {
  const events = [
    founding(['bob']),
    event('b1', 'bob', 1, ['root'], add('dave')),
    event('a2', 'alice', 2, ['b1'], remove('bob', 0))
  ]
  expect(foldRoster(events).removals[0]?.counters.get(phone('bob'))).toBe(1)
})

test('LG6 one removed device is cut; its account stays', () => {
  const change: MemberChange = {
    kind: 'remove',
    accounts: [],
    cuts: [{ account: did('bob'), device: phone('bob'), counter: 3 }]
  }
  const roster = foldRoster([founding([], ['bob']), event('1', 'alice', 2, ['root'], change)])
  expect(names(roster)).toEqual(['alice', 'bob'])
  const refused = (device: DeviceId, counter: number): boolean =>
    findRefusal(roster.removals, { author: did('bob'), device, counter }, () => true) !== undefined
  expect([refused(phone('bob'), 3), refused(phone('bob'), 4), refused('laptop' as DeviceId, 9)]).toEqual([
    false,
    true,
    false
  ])
})

test('who is taken in again writes again, but what it wrote in between stays refused', () => {
  const events = [
    founding([], ['bob']),
    event('1', 'alice', 2, ['root'], remove('bob', 1)),
    event('2', 'alice', 3, ['1'], add('bob'))
  ]
  const roster = foldRoster(events)
  const told = { author: did('bob'), device: phone('bob'), counter: 5 }
  expect(findRefusal(roster.removals, told, (id) => id === '2')).toBeUndefined()
  expect(findRefusal(roster.removals, told, () => false)?.id).toBe('1')
})

test('RO1 a removal wins over an adding that did not know of it', () => {
  const events = [
    founding(['bob'], ['carol']),
    event('1', 'alice', 2, ['root'], remove('carol')),
    event('2', 'bob', 1, ['root'], add('carol'))
  ]
  expect(names(foldRoster(events))).toEqual(['alice', 'bob'])
})

test('LG6 two events with one counter are both kept, and the device is marked', () => {
  const roster = foldRoster([
    founding(['bob']),
    event('1', 'bob', 1, ['root'], add('dave')),
    event('2', 'bob', 1, ['root'], add('erin'))
  ])
  expect(names(roster)).toEqual(['alice', 'bob', 'dave', 'erin'])
  expect([...roster.marked]).toEqual([phone('bob')])
})

test('a pass lets a member take in one person at a time, until it is used up or over, and not where an admin is asked', () => {
  const one = event('1', 'bob', 1, ['root'], add('dave', 'pass'))
  const events = [founding([], ['bob']), one, event('2', 'bob', 2, ['1'], add('erin', 'pass'))]
  expect(names(foldRoster(events))).toEqual(['alice', 'bob', 'dave'])
  expect(reason(foldRoster([founding([], ['bob']), { ...one, time: 100 }]), '1')).toBe('no-pass')
  expect(reason(foldRoster([founding([], ['bob'], { ...POLICIES, approval: true }), one]), '1')).toBe('no-pass')
})

test('a group with members keeps an admin', () => {
  const roster = foldRoster([founding([], ['bob']), event('1', 'alice', 2, ['root'], remove('alice', 1))])
  expect(reason(roster, '1')).toBe('last-admin')
  expect(mayDo(roster, did('alice'), 'leave')).toBe(false)
  expect(foldRoster([founding([]), event('1', 'alice', 2, ['root'], remove('alice', 1))]).members.size).toBe(0)
})

test('who may do what follows role and policies', () => {
  const roster = foldRoster([founding([], ['bob'])])
  const may = (name: string): readonly boolean[] =>
    (['write', 'add', 'remove', 'rename', 'pin', 'govern', 'appoint', 'leave'] as const).map((deed) =>
      mayDo(roster, did(name), deed)
    )
  expect(may('alice')).toEqual([true, true, true, true, true, true, true, false])
  expect(may('bob')).toEqual([true, false, false, true, false, false, false, true])
  expect(may('eve')).not.toContain(true)
})

// ── random histories ──────────────────────────────────────────────────────────────────────────────────────────────

const people = ['alice', 'bob', 'carol', 'dave', 'eve'] as const
const person = fc.constantFrom(...people)
const change: fc.Arbitrary<MemberChange> = fc.oneof(
  person.map((one) => add(one)),
  fc.tuple(person, fc.nat(6)).map(([one, counter]) => remove(one, counter)),
  fc.tuple(person, fc.constantFrom('admin' as const, 'member' as const)).map(([one, to]) => role(one, to)),
  fc.constant<MemberChange>({ kind: 'homes', homes: ['other'] })
)
/** Anybody writes anything, following some of what is there: partitions, rivals, strangers, and counters used twice. */
const history = fc
  .array(
    fc.record({
      author: person,
      change,
      follows: fc.array(fc.nat(), { maxLength: 2 }),
      again: fc.nat(9),
      key: fc.nat(9999)
    }),
    { maxLength: 14 }
  )
  .map((rows) => {
    const counters = new Map<string, number>([['alice', 1]])
    const events = [founding(['bob', 'carol'], ['dave'])]
    for (const [at, row] of rows.entries()) {
      const counter = Math.max(1, (counters.get(row.author) ?? 0) + (row.again === 0 ? 0 : 1))
      counters.set(row.author, counter)
      const after = ['root', ...row.follows.map((one) => events[one % events.length]?.id ?? 'root')]
      events.push(event(`${String(row.key).padStart(4, '0')}-${at}`, row.author, counter, after, row.change))
    }
    return events
  })

test('RO1 the same events in any order, any of them twice, give the same roster', () => {
  fc.assert(
    fc.property(
      history.chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length }))
      ),
      ([events, shuffled]) => {
        expect(foldRoster(shuffled)).toEqual(foldRoster(events))
      }
    )
  )
})

test('RO1 everything has one turn, after all that it follows, and the group keeps an admin', () => {
  fc.assert(
    fc.property(history, (events) => {
      const roster = foldRoster(events)
      const order = roster.verdicts.map((verdict) => verdict.event.id)
      expect(order.toSorted()).toEqual(events.map(({ id }) => id).toSorted())
      for (const { id, after } of events)
        for (const one of after) expect(order.indexOf(one)).toBeLessThan(order.indexOf(id))
      const members = [...roster.members.values()]
      expect(members.length === 0 || members.some((one) => one.role === 'admin')).toBe(true)
    })
  )
})

test('LG6 once the founder has removed somebody, nothing that they write above the cut changes anything', () => {
  fc.assert(
    fc.property(history, fc.array(fc.tuple(change, fc.nat()), { maxLength: 4 }), (before, forged) => {
      const events = before.filter(({ author }) => author !== 'alice').concat(before.slice(0, 1))
      const heads = events.map(({ id }) => id)
      const all = [...events, event('x', 'alice', 2, heads, remove('bob', 99))]
      const roster = foldRoster(all)
      fc.pre(reason(roster, 'x') === undefined)
      const more = forged.map(([what, at], index) =>
        event(`0-${index}`, 'bob', 100 + index, [all[at % all.length]?.id ?? 'root'], what)
      )
      const after = foldRoster([...all, ...more])
      expect(after.members).toEqual(roster.members)
      expect(more.map(({ id }) => reason(after, id))).toEqual(more.map(() => 'cut'))
    })
  )
})
