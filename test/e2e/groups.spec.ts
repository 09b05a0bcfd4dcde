/** A group of five devices: founded, grown, shrunk; and the default suite is the same with everybody. */
import { createGroup, groupOf, suiteOf } from './group.ts'
import { expect, test } from './world.ts'

test('five devices in one group: who is added reads on from there, who is removed reads nothing more', async ({
  world
}) => {
  test.setTimeout(300_000)
  const people = await world.people('alice', 'bob', 'carol', 'dave', 'erin')
  const [alice, bob, carol, dave, erin] = people
  for (const guest of [bob, carol, dave, erin]) await alice.pairWith(guest)

  const group = await createGroup(alice, 'Hikers', [bob, carol])
  await group.has('alice', 'bob', 'carol')
  await groupOf(bob, 'Hikers').has('alice', 'bob', 'carol')
  await alice.chat('Hikers').write('three of us')
  await bob.chat('Hikers').waitFor('three of us')
  await carol.chat('Hikers').waitFor('three of us')
  expect(await suiteOf(carol, 'Hikers')).toBe('mls-xwing')

  await group.add('dave', 'erin')
  for (const person of people) await groupOf(person, 'Hikers').has('alice', 'bob', 'carol', 'dave', 'erin')
  await erin.chat('Hikers').write('hello from erin')
  await alice.chat('Hikers').write('five of us')
  for (const person of people) {
    await person.chat('Hikers').waitFor('hello from erin', undefined, { timeoutMs: 60_000 })
    await person.chat('Hikers').waitFor('five of us', undefined, { timeoutMs: 60_000 })
  }
  expect(await dave.chat('Hikers').texts()).not.toContain('three of us')
  await alice.chat('Hikers').waitFor('five of us', 'delivered', { timeoutMs: 60_000 })

  await group.remove('carol')
  await groupOf(carol, 'Hikers').waitUntilLeft()
  await groupOf(dave, 'Hikers').has('alice', 'bob', 'dave', 'erin')
  await bob.chat('Hikers').write('four of us')
  for (const person of [alice, dave, erin]) {
    await person.chat('Hikers').waitFor('four of us', undefined, { timeoutMs: 60_000 })
  }
  expect(await carol.chat('Hikers').texts()).not.toContain('four of us')

  await groupOf(erin, 'Hikers').leave()
  await groupOf(erin, 'Hikers').waitUntilLeft()
  await group.has('alice', 'bob', 'dave')
})
