/** Axe finds nothing on any screen, on a phone and on a desktop, light and dark. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './world.ts'
import { tourOf } from './tour.ts'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 }
} as const

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`axe is content with every screen on a ${size}, light and dark`, async ({ world }) => {
    test.setTimeout(300_000)
    const alice = await world.newcomer('alice', { viewport, touch: size === 'phone' })
    const [bob] = await world.people('bob')
    const found: string[] = []
    await tourOf(alice, bob, async (screen) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await alice.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const axe = new AxeBuilder({ page: alice.page })
        // the dark look differs in colours only
        const { violations } = await (
          colorScheme === 'light' ? axe.withTags(TAGS) : axe.withRules(['color-contrast'])
        ).analyze()
        for (const { id, nodes } of violations) {
          found.push(
            `${screen} ${colorScheme}: ${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join(' | ')}`
          )
        }
      }
    })
    expect(found).toEqual([])
  })
}
