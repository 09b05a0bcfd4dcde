/** What the roster means for other events: rights by what they follow, cuts for ever. */
import { expect, test } from 'vitest'
import { createGroupLaw } from '../../../src/model/group-law.ts'
import type { DeviceId, Did } from '../../../src/model/ids.ts'
import type { MemberChange, MemberEvent, Policies } from '../../../src/model/roster.ts'

const [alice, bob, carol] = ['did:alice', 'did:bob', 'did:carol'] as [Did, Did, Did]
const device = (did: Did): DeviceId => `device of ${did}` as DeviceId
const open: Policies = {
  write: 'everyone',
  add: 'admins',
  rename: 'admins',
  pin: 'everyone',
  approval: false,
  history: 'from-joining'
}

const event = (id: string, counter: number, after: readonly string[], change: MemberChange): MemberEvent => ({
  id,
  author: alice,
  device: device(alice),
  counter,
  time: counter,
  after,
  change
})

const found = event('1', 1, [], {
  kind: 'found',
  name: 'Crew',
  suite: 'pgp-v6',
  seats: [{ account: bob, role: 'member' }],
  homes: [],
  passes: [],
  policies: open
})
const closed = event('2', 2, ['1'], { kind: 'policies', policies: { ...open, write: 'admins' } })
const cut = { account: bob, device: device(bob), counter: 5 }
const removal = event('3', 3, ['2'], { kind: 'remove', accounts: [bob], cuts: [cut] })
const again = event('4', 4, ['3'], { kind: 'add', seats: [{ account: bob, role: 'member' }] })

test('a right is what one had by what one knew, whatever came later', () => {
  const law = createGroupLaw([found, closed])
  expect(law.may(['1'], bob, 'write')).toBe(true)
  expect(law.may(['2'], bob, 'write')).toBe(false)
  expect(law.may(['2'], alice, 'write')).toBe(true)
  expect(law.may(['2'], bob, 'be')).toBe(true)
  expect(law.may([], bob, 'write')).toBe(false)
  const later = law.with([removal])
  expect(later.may(['1'], bob, 'write')).toBe(true)
  expect(later.may(['3'], bob, 'be')).toBe(false)
  expect(law.isAdminAt(['1'], alice)).toBe(true)
  expect(law.isAdminAt(['1'], bob)).toBe(false)
})

test('LG6 above a cut everything is refused, but for what follows a second joining', () => {
  const law = createGroupLaw([found, closed, removal, again])
  const written = (counter: number) => ({ author: bob, device: device(bob), counter })
  expect(law.refusalOf(written(5), ['1'])).toBeUndefined()
  expect(law.refusalOf(written(6), ['1'])?.id).toBe('3')
  expect(law.refusalOf(written(6), ['3'])?.id).toBe('3')
  expect(law.refusalOf(written(7), ['4'])).toBeUndefined()
  expect(law.wasEverIn(bob)).toBe(true)
  expect(law.wasEverIn(carol)).toBe(false)
})

test('LG6 whoever came in by the adding that does not count has done nothing wrong by writing', () => {
  const rival = { ...event('5', 1, ['3a'], again.change), author: carol, device: device(carol) }
  const promoted = event('3a', 4, ['3'], { kind: 'add', seats: [{ account: carol, role: 'admin' }] })
  const first = { ...again, counter: 5, after: ['3a'] }
  for (const order of [
    [first, rival],
    [rival, first]
  ]) {
    const law = createGroupLaw([found, closed, removal, promoted, ...order])
    expect(law.refusalOf({ author: bob, device: device(bob), counter: 6 }, ['5'])).toBeUndefined()
    expect(law.refusalOf({ author: bob, device: device(bob), counter: 6 }, ['4'])).toBeUndefined()
    expect(law.refusalOf({ author: bob, device: device(bob), counter: 6 }, ['2'])?.id).toBe('3')
  }
})

test('the basis of an event is the newest of what its parents stand on', () => {
  const law = createGroupLaw([found, closed, removal])
  expect(law.merge([['1'], ['2']])).toEqual(['2'])
  expect(law.merge([['3'], ['2'], ['1']])).toEqual(['3'])
  expect(law.merge([])).toEqual([])
  const aside = { ...event('5', 1, ['1'], { kind: 'policies', policies: open }), author: bob, device: device(bob) }
  expect(law.with([aside]).merge([['3'], ['5']])).toEqual(['3', '5'])
  expect(law.with([found])).toBe(law)
})
