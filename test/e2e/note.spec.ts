/** One note, two people who type at the same time: nobody's words are lost, and both end with the same text. */
import { openNote } from './note.ts'
import { expect, test } from './world.ts'

test('two people write one note at once, also while they do not hear of each other', async ({ world }) => {
  test.setTimeout(120_000)
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  await alice.chat('bob').write('let us make a list')
  await bob.chat('alice').waitFor('let us make a list')
  const [hers, his] = await Promise.all([openNote(alice, 'bob'), openNote(bob, 'alice')])

  await hers.pressSequentially('bread\n')
  await expect(his).toHaveValue('bread\n', { timeout: 30_000 })
  // at the same time, at both ends
  await his.press('ControlOrMeta+End')
  await hers.press('ControlOrMeta+Home')
  await Promise.all([his.pressSequentially('milk', { delay: 40 }), hers.pressSequentially('soon: ', { delay: 40 })])
  await expect(hers).toHaveValue('soon: bread\nmilk', { timeout: 30_000 })
  await expect(his).toHaveValue('soon: bread\nmilk', { timeout: 30_000 })

  await bob.cut()
  await his.press('ControlOrMeta+End')
  await his.pressSequentially('\neggs')
  await hers.press('ControlOrMeta+Home')
  await hers.pressSequentially('very ')
  await expect(his).not.toHaveValue(/very/)
  await bob.mend()
  await expect(hers).toHaveValue('very soon: bread\nmilk\neggs', { timeout: 60_000 })
  await expect(his).toHaveValue('very soon: bread\nmilk\neggs', { timeout: 60_000 })
})
