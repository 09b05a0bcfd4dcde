import { afterEach, expect, test } from 'vitest'
import { claimOwnership, OWNERS, type Ownership } from '../../../src/node/ownership.ts'
import { createManualClock, type ManualClock, settle } from '../bridge/manual-clock.ts'

interface Claimed {
  readonly ownership: Ownership
  readonly clock: ManualClock
  readonly said: readonly string[]
}

const claimed: Ownership[] = []
afterEach(async () => {
  for (const ownership of claimed.splice(0)) ownership.release()
  await settle()
})

const claim = (build: string): Claimed => {
  const said: string[] = []
  const clock = createManualClock()
  const ownership = claimOwnership({
    locks: navigator.locks,
    owners: new BroadcastChannel(OWNERS),
    clock,
    build,
    onWaiting: () => said.push('waiting'),
    onWanted: () => said.push('wanted'),
    onRetire: () => {
      said.push('retire')
      ownership.release()
    },
    onRobbed: () => said.push('robbed')
  })
  void ownership.owned.then(() => said.push('owner'))
  claimed.push(ownership)
  return { ownership, clock, said }
}

test('the first node owns at once', async () => {
  const { ownership, said } = claim('a')
  await ownership.owned
  expect(said).toEqual(['owner'])
})

test('a second node never owns while the first does', async () => {
  await claim('a').ownership.owned
  const second = claim('a')
  await second.clock.advance(60_000)
  expect(second.said).not.toContain('owner')
})

test('the next in line owns as soon as the first gives it back', async () => {
  const first = claim('a')
  await first.ownership.owned
  const second = claim('a')
  first.ownership.release()
  await second.ownership.owned
})

test('a node of a newer build is announced at the owner and waits for a person to agree', async () => {
  const old = claim('old')
  await old.ownership.owned
  const young = claim('young')
  await expect.poll(() => old.said).toEqual(['owner', 'wanted'])
  await expect.poll(() => young.said).toEqual(['waiting'])
  young.ownership.askToRetire()
  await young.ownership.owned
  expect(old.said).toEqual(['owner', 'wanted', 'retire'])
})

test('an owner that is just ending is waited for in silence', async () => {
  const first = claim('a')
  await first.ownership.owned
  const second = claim('a')
  await second.clock.advance(1_000)
  first.ownership.release()
  await second.ownership.owned
  await second.clock.advance(60_000)
  expect(second.said).toEqual(['owner'])
})

test('an owner that hangs is robbed, learns it, and gives nothing back twice', async () => {
  const hung = claim('a')
  await hung.ownership.owned
  const fresh = claim('a')
  await settle()
  fresh.ownership.rob()
  await fresh.ownership.owned
  await expect.poll(() => hung.said).toEqual(['owner', 'robbed'])
  hung.ownership.release()
  const third = claim('a')
  await settle()
  expect(third.said).not.toContain('owner')
})
