/** Chance comes in by name: the same seed makes the same bytes. */
import { expect, test } from 'vitest'
import { bytesToHex, utf8 } from '../../../../src/base/bytes.ts'
import { sha256 } from '../../../../src/crypto/hash.ts'
import { found, open, seal, setStage } from './cast.ts'

const tell = async (suite: 'mls-xwing' | 'mls-x25519', seed: number): Promise<string> => {
  const stage = await setStage(suite, seed)
  const [alice, bob] = [await stage.player('alice'), await stage.player('bob')]
  await found(alice, bob)
  const sealed = await seal(alice, utf8('the same'))
  await open(bob, sealed)
  const { commit } = await bob.epochs.commit(bob.state, {})
  return bytesToHex(sha256(sealed)) + bytesToHex(sha256(commit))
}

test.each(['mls-xwing', 'mls-x25519'] as const)('%s: everything comes from the seed', async (suite) => {
  const once = await tell(suite, 7)
  expect(await tell(suite, 7)).toBe(once)
  expect(await tell(suite, 8)).not.toBe(once)
})
