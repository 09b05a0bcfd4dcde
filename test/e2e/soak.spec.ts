/**
 * Everything at once: two people write while devices crash, go away, are cut off, and the relay dies. When all is healed,
 * both show the same conversation, every text once. `SEED` repeats a run; `LONG=1` makes it a long one.
 */
import { seededRandom } from '../../src/base/random.ts'
import { expect, test, type Actor, type World } from './world.ts'
import { isLong } from '../long.ts'

const STEPS = isLong ? 80 : 10
/** A known seed in `npm test`, so that a failure there is somebody's change; a fresh one in the long run. */
const SEED = Number(process.env['SEED'] ?? (isLong ? Date.now() % 1_000_000 : 7))

type State = 'here' | 'cut' | 'away'

test(`whatever fails meanwhile, both end with the same conversation (seed ${SEED})`, async ({ world }) => {
  test.setTimeout(isLong ? 1_200_000 : 120_000)
  const random = seededRandom(SEED)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.fraction() * from.length)] as T
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)

  const states = new Map<Actor, State>([
    [alice, 'here'],
    [bob, 'here']
  ])
  const relay = { isUp: true }
  const written: string[] = []
  const told: string[] = []
  const write = async (who: Actor): Promise<void> => {
    const text = `${who.name} ${written.length + 1}`
    await who.chat(who === alice ? 'bob' : 'alice').write(text)
    written.push(text)
  }

  for (let step = 0; step < STEPS; step++) {
    const who = pick([alice, bob])
    const state = states.get(who) ?? 'here'
    if (random.fraction() < 0.55 && state !== 'away') {
      told.push(`${who.name} writes`)
      await write(who)
      continue
    }
    const fault = pick(faultsFor(state))
    told.push(`${fault}: ${who.name}`)
    await commit(fault, who, { world, states, relay })
  }

  await test.step(`heal after: ${told.join(', ')}`, async () => {
    if (!relay.isUp) await world.relay.start()
    for (const [who, state] of states) {
      if (state === 'cut') await who.mend()
      if (state === 'away') await who.comeBack()
    }
    await write(alice)
    await write(bob)
    const patience = { timeout: 60_000 }
    await expect.poll(async () => (await alice.chat('bob').texts()).toSorted(), patience).toEqual(written.toSorted())
    await expect.poll(() => bob.chat('alice').texts(), patience).toEqual(await alice.chat('bob').texts())
    for (const [who, other] of [
      [alice, bob],
      [bob, alice]
    ] as const) {
      const own = written.filter((text) => text.startsWith(who.name))
      // each author's texts in the order written
      expect((await other.chat(who.name).texts()).filter((text) => own.includes(text))).toEqual(own)
      await who.chat(other.name).waitFor(own.at(-1) ?? '', 'delivered', { timeoutMs: 30_000 })
    }
  })
})

type Fault = 'cut' | 'mend' | 'crash' | 'go away' | 'come back' | 'second tab' | 'relay dies or returns'

const faultsFor = (state: State): readonly Fault[] => {
  if (state === 'away') return ['come back']
  if (state === 'cut') return ['mend', 'crash']
  return ['cut', 'crash', 'go away', 'second tab', 'relay dies or returns']
}

interface Around {
  readonly world: World
  readonly states: Map<Actor, State>
  readonly relay: { isUp: boolean }
}

const commit = async (fault: Fault, who: Actor, { world, states, relay }: Around): Promise<void> => {
  if (fault === 'cut') {
    await who.cut()
    states.set(who, 'cut')
  } else if (fault === 'mend') {
    await who.mend()
    states.set(who, 'here')
  } else if (fault === 'crash') {
    await who.crash()
    states.set(who, 'away')
  } else if (fault === 'go away') {
    await who.goAway()
    states.set(who, 'away')
  } else if (fault === 'come back') {
    await who.comeBack()
    states.set(who, 'here')
  } else if (fault === 'second tab') {
    const first = who.page
    await who.newTab()
    await who.closeTab(first)
  } else {
    await (relay.isUp ? world.relay.kill() : world.relay.start())
    relay.isUp = !relay.isUp
  }
}
