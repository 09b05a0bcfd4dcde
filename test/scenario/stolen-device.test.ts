/** DV5 as its people live through it: a device is stolen, its owner goes on elsewhere, and the thief is left with the past. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, first, type Person, type World } from '../cast.ts'
import { groupOf, introduce, keptTale, LONG_STORY_MS, MINUTE, nodeOf, startTale } from './transcript.ts'

let world: World
afterEach(() => world.stop())

const PASSPHRASE = 'a long walk along the river'

const backUp = async (person: Person): Promise<Uint8Array[]> => {
  const node = nodeOf(person)
  const id = await node.startBackup(PASSPHRASE)
  const parts: Uint8Array[] = []
  for (;;) {
    const part = await node.nextBackupPart(id)
    if (part === null) return parts
    parts.push(part)
  }
}

const restore = async (person: Person, parts: readonly Uint8Array[]): Promise<void> => {
  const node = nodeOf(person)
  const id = await node.startRestore(PASSPHRASE)
  for (const part of parts) await node.putRestorePart(id, part)
  await node.finishRestore(id)
}

const textsOf = async (person: Person, chat: Parameters<Person['timeline']>[0]): Promise<readonly string[]> =>
  (await person.timeline(chat)).messages.filter(({ system }) => system === undefined).map(({ text }) => text)

test(
  'a stolen device is shut out when its owner restores the account elsewhere',
  async () => {
    world = await createWorld({ seed: 37 })
    const tale = startTale('A stolen device')
    const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
    await introduce(world, alice, bob, carol)
    const group = await nodeOf(alice).createGroup({ name: 'Family', members: [bob.did, carol.did] })
    await world.pass(2 * MINUTE)
    const chat = await alice.chatWith(bob)
    await alice.write(bob, 'only for Bob')
    await nodeOf(carol).send(group, { text: 'for the family' })
    await world.pass(MINUTE)
    tale.tell('Alice makes a backup. Then her device is stolen, and switched off.')
    const backup = await backUp(alice)
    alice.goOffline()
    await bob.write(alice, 'where are you?')
    await world.pass(MINUTE)

    tale.tell('She restores it on another device.')
    const fresh = await world.emptyDevice('alice')
    await restore(fresh, backup)
    await world.pass(15 * MINUTE)
    await nodeOf(fresh).send(chat, { text: 'my phone was stolen, this is my new one' })
    await nodeOf(fresh).send(group, { text: 'me again' })
    await world.pass(15 * MINUTE)
    await nodeOf(bob).send(group, { text: 'good to have you back' })
    await world.pass(5 * MINUTE)
    await tale.show(chat, fresh, bob)
    await tale.show(group, fresh, bob, carol)

    tale.tell('The thief switches the old device on and writes.')
    alice.goOnline()
    await nodeOf(alice)
      .send(chat, { text: 'send me money' })
      .catch(() => undefined)
    await nodeOf(alice)
      .send(group, { text: 'all of you' })
      .catch(() => undefined)
    await world.pass(15 * MINUTE)
    await nodeOf(bob).send(group, { text: 'she is back, be careful' })
    await nodeOf(bob).send(chat, { text: 'was that you?' })
    await world.pass(5 * MINUTE)
    await tale.show(chat, fresh, bob)
    await tale.show(group, fresh, bob, carol)
    for (const person of [bob, carol, fresh]) expect(await textsOf(person, group)).not.toContain('all of you')
    expect(await textsOf(bob, chat)).not.toContain('send me money')
    expect(await textsOf(fresh, chat)).toContain('was that you?')
    expect(await textsOf(alice, group)).not.toContain('she is back, be careful')
    expect(await first(nodeOf(alice).watchAccount())).toMatchObject({ state: 'ready', replaced: true })
    expect((await groupOf(fresh, group))?.members).toHaveLength(3)
    expect(tale.text()).toBe(keptTale('stolen-device', tale))
  },
  LONG_STORY_MS
)
