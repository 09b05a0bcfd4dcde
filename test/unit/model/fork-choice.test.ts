import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BranchCommit, chooseBranch, type Sighting, type Sightings } from '../../../src/model/fork-choice.ts'

const commit = (id: string, parent: string, account: string, more: Partial<BranchCommit> = {}): BranchCommit => ({
  id,
  parent,
  account,
  device: `${account}'s phone`,
  removed: [],
  rank: 'abcdefgh'.indexOf(account[0] ?? ''),
  ...more
})
const message = (epoch: string, account: string): Sighting => ({ epoch, account, device: `${account}'s phone` })
const choose = (sightings: Partial<Sightings>): string =>
  chooseBranch('root', { commits: [], messages: [], dropped: new Set(), ...sightings })

test('where nothing descends, nothing moves', () => {
  expect(choose({})).toBe('root')
  expect(choose({ commits: [commit('x', 'elsewhere', 'alice')] })).toBe('root')
})

test('ML3 without rivals the newest commit is followed', () => {
  expect(choose({ commits: [commit('2', '1', 'bob'), commit('1', 'root', 'alice')] })).toBe('2')
})

test('ML3 (1) the branch that carries out more of the roster’s removals wins over everything else', () => {
  const commits = [
    commit('1', 'root', 'alice'),
    commit('9', 'root', 'henry', { removed: ["mallory's phone"] }),
    commit('2', '1', 'bob'),
    commit('3', '2', 'carol')
  ]
  const messages = [message('1', 'bob'), message('1', 'carol'), message('1', 'dave')]
  expect(choose({ commits, messages, dropped: new Set(["mallory's phone"]) })).toBe('9')
})

test('ML3 (1) a removal that the roster does not know counts nothing', () => {
  const commits = [commit('1', 'root', 'alice'), commit('9', 'root', 'henry', { removed: ["bob's phone"] })]
  expect(choose({ commits })).toBe('1')
})

test('ML3 (2) then the branch on which two other accounts stand', () => {
  const commits = [commit('1', 'root', 'alice'), commit('9', 'root', 'henry')]
  expect(choose({ commits, messages: [message('9', 'bob')] })).toBe('9')
  expect(choose({ commits, messages: [message('9', 'henry'), message('9', 'henry')] })).toBe('1')
  const both = [
    message('9', 'bob'),
    message('9', 'carol'),
    message('9', 'dave'),
    message('1', 'erin'),
    message('1', 'frank')
  ]
  expect(choose({ commits, messages: both })).toBe('1') // counted to two
})

test('ML3 (2) a commit that descends speaks for its account like a message', () => {
  const commits = [commit('1', 'root', 'alice'), commit('9', 'root', 'henry'), commit('91', '9', 'bob')]
  expect(choose({ commits })).toBe('91')
})

test('ML3 (3) then the senior committer, (4) then the lower hash', () => {
  expect(choose({ commits: [commit('1', 'root', 'bob'), commit('9', 'root', 'alice')] })).toBe('9')
  expect(choose({ commits: [commit('9', 'root', 'alice'), commit('1', 'root', 'alice')] })).toBe('1')
})

test('ML3 one who has let go of the fork itself still judges its branches', () => {
  const commits = [commit('2', 'gone', 'alice'), commit('1', 'gone', 'alice'), commit('22', '2', 'bob')]
  expect(chooseBranch('1', { commits, messages: [], dropped: new Set() })).toBe('22')
})

test('ML3 the lowest fork decides first, then the next one', () => {
  const commits = [
    commit('1', 'root', 'alice'),
    commit('2', 'root', 'bob'),
    commit('12', '1', 'dave'),
    commit('11', '1', 'carol'),
    commit('21', '2', 'alice')
  ]
  expect(choose({ commits, messages: [message('12', 'bob')] })).toBe('12')
})

test('what a dropped device writes counts for nothing', () => {
  const dropped = new Set(["mallory's phone"])
  const mallory = (id: string, parent: string, more: Partial<BranchCommit> = {}): BranchCommit =>
    commit(id, parent, 'mallory', { rank: 0, ...more })
  // neither its rank and its hash, nor its removals, nor its voice
  expect(choose({ commits: [mallory('1', 'root'), commit('9', 'root', 'henry')], dropped })).toBe('9')
  const two = new Set([...dropped, "bob's phone"])
  expect(
    choose({
      commits: [mallory('1', 'root', { removed: ["bob's phone"] }), commit('9', 'root', 'henry')],
      dropped: two
    })
  ).toBe('9')
  const rivals = [commit('1', 'root', 'alice'), commit('9', 'root', 'henry')]
  expect(choose({ commits: rivals, messages: [message('9', 'mallory')], dropped })).toBe('1')
  expect(choose({ commits: [...rivals, mallory('91', '9')], dropped })).toBe('1')
  // but what others built on its commit before it was dropped still stands
  const built = [
    mallory('1', 'root'),
    commit('9', 'root', 'henry'),
    commit('11', '1', 'alice'),
    commit('12', '11', 'bob')
  ]
  expect(choose({ commits: built, dropped })).toBe('12')
})

const accounts = ['alice', 'bob', 'carol', 'dave', 'erin'] as const
const sightings = fc
  .array(
    fc.record({
      parent: fc.nat(),
      account: fc.constantFrom(...accounts),
      removed: fc.subarray([...accounts]),
      talks: fc.subarray([...accounts])
    }),
    { maxLength: 20 }
  )
  .chain((rows) =>
    fc.record({
      dropped: fc.subarray([...accounts], { maxLength: 2 }),
      commits: fc.constant(
        rows.map(({ parent, account, removed }, at) =>
          commit(`c${at}`, parent % (at + 1) === 0 ? 'root' : `c${(parent % (at + 1)) - 1}`, account, {
            removed: removed.map((one) => `${one}'s phone`)
          })
        )
      ),
      messages: fc.constant(rows.flatMap(({ talks }, at) => talks.map((one) => message(`c${at}`, one))))
    })
  )
  .map(({ dropped, ...rest }) => ({ ...rest, dropped: new Set(dropped.map((one) => `${one}'s phone`)) }))

test('ML3 the same sightings in any order, any of them twice, give the same branch', () => {
  fc.assert(
    fc.property(sightings, fc.infiniteStream(fc.nat()), (seen, chance) => {
      const shuffle = <T>(list: readonly T[]): T[] =>
        list
          .map((item) => ({ item, at: chance.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ item }) => item)
      const again = {
        ...seen,
        commits: shuffle([...seen.commits, ...seen.commits.slice(0, 3)]),
        messages: shuffle([...seen.messages, ...seen.messages.slice(0, 3)])
      }
      expect(chooseBranch('root', again)).toBe(chooseBranch('root', seen))
    })
  )
})

test('ML3 the chosen one is a tip, wherever one stands when one asks', () => {
  fc.assert(
    fc.property(sightings, (seen) => {
      const tip = chooseBranch('root', seen)
      expect(seen.commits.filter(({ parent }) => parent === tip)).toEqual([])
      const byId = new Map(seen.commits.map((one) => [one.id, one]))
      // asked from any epoch in sight, the answer is the same
      for (const id of byId.keys()) expect(chooseBranch(id, seen)).toBe(tip)
    })
  )
})

test('ML3 what is written on the chosen branch never moves anybody off it', () => {
  fc.assert(
    fc.property(sightings, fc.constantFrom(...accounts), (seen, account) => {
      const tip = chooseBranch('root', seen)
      const more = { ...seen, messages: [...seen.messages, message(tip, account)] }
      expect(chooseBranch('root', more)).toBe(tip)
      const next = { ...seen, commits: [...seen.commits, commit('next', tip, account)] }
      expect(chooseBranch('root', next)).toBe('next')
    })
  )
})

test('a loop of parents, which no honest hash can make, does not hang', () => {
  expect(choose({ commits: [commit('1', 'root', 'alice'), commit('root', '1', 'bob')] })).toMatch(/root|1/)
})
