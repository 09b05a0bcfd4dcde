/** A write that fails for a moment (a full disk) delays what waits; it never leaves it lying until the next start. */
import { afterEach, expect, test } from 'vitest'
import { AppError } from '../../src/base/errors.ts'
import type { Db } from '../../src/store/database.ts'
import { createWorld } from '../cast.ts'
import type { World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

test('DL2 a message whose sealed bytes could not be written goes again by itself', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  await world.settle()

  const { write } = alice.db
  let failures = 0
  const failing: Db['write'] = async (names, body) => {
    if (names.includes('mail') && failures++ < 2) throw new AppError('quota', 'the disk is full')
    return await write(names, body)
  }
  Object.assign(alice.db, { write: failing })
  await alice.write(bob, 'after the storm')
  await world.settle()
  expect(failures).toBeGreaterThan(0)
  await world.pass(10 * 60_000)
  expect(await bob.texts(alice)).toEqual(['after the storm'])
  expect((await alice.messages(bob)).map(({ delivery }) => delivery)).toEqual(['delivered'])
})
