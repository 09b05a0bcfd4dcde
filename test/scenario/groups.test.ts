/** A group's life: founding, coming and going, rights, and what everybody sees of it. */
import { afterEach, expect, test } from 'vitest'
import { createWorld, first } from '../cast.ts'
import type { Person, World } from '../cast.ts'
import { groupTranscript } from '../group-transcript.ts'
import type { ChatId } from '../../src/model/ids.ts'
import type { SuiteId } from '../../src/model/group-views.ts'

let world: World
afterEach(() => world.stop())

const setup = async (suite: SuiteId): Promise<{ people: readonly Person[]; chat: ChatId }> => {
  world = await createWorld()
  const people = await world.people('alice', 'bob', 'carol')
  const [alice, bob, carol] = people
  await world.pair(alice, bob)
  await world.pair(alice, carol)
  const chat = await world.group('Crew', alice, [bob, carol], suite)
  return { people, chat }
}

test.each(['pgp-v6', 'mls-xwing'] as const)('%s: three people write, and everybody reads', async (suite) => {
  const { people, chat } = await setup(suite)
  const [alice, bob, carol] = people as [Person, Person, Person]
  await alice.say(chat, 'hello crew')
  await world.settle()
  await bob.say(chat, 'hello Alice')
  await world.settle()
  await carol.say(chat, 'hello both')
  await world.pass(60_000)
  for (const person of people) {
    expect(await person.textsIn(chat)).toEqual(['hello crew', 'hello Alice', 'hello both'])
  }
  expect(await groupTranscript(alice, chat)).toMatchInlineSnapshot(`
    "
    * Alice founded "Crew"
    Alice: hello crew  [delivered]
    Bob: hello Alice
    Carol: hello both
    "
  `)
  expect(await groupTranscript(carol, chat)).toMatchInlineSnapshot(`
    "
    * Alice founded "Crew"
    Alice: hello crew
    Bob: hello Alice
    Carol: hello both  [delivered]
    "
  `)
})

const SUITES = ['pgp-v6', 'mls-xwing'] as const

test.each(SUITES)('%s: who is added reads on, who is removed reads no more, and both are told', async (suite) => {
  const { people, chat } = await setup(suite)
  const [alice, bob, carol] = people as [Person, Person, Person]
  const dave = await world.person('dave')
  await world.pair(alice, dave)
  await alice.say(chat, 'before Dave')
  await world.settle()
  await alice.messenger.addMembers(chat, [dave.did])
  await world.pass(90_000)
  await bob.say(chat, 'hello Dave')
  await world.settle()
  await dave.say(chat, 'hello everybody')
  await world.pass(60_000)
  expect(await dave.textsIn(chat)).toEqual(['hello Dave', 'hello everybody'])
  expect(await carol.textsIn(chat)).toEqual(['before Dave', 'hello Dave', 'hello everybody'])

  await alice.messenger.removeMember(chat, bob.did)
  await world.pass(90_000)
  await carol.say(chat, 'without Bob')
  await world.pass(60_000)
  expect(await bob.textsIn(chat)).toEqual(['before Dave', 'hello Dave', 'hello everybody'])
  expect(await dave.textsIn(chat)).toEqual(['hello Dave', 'hello everybody', 'without Bob'])
  expect((await bob.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('left')
  await expect(bob.say(chat, 'still there?')).rejects.toMatchObject({ code: 'untrusted' })
  expect(await groupTranscript(dave, chat)).toMatchInlineSnapshot(`
    "
    * Alice added Dave
    Bob: hello Dave
    Dave: hello everybody  [delivered]
    * Alice removed Bob
    Carol: without Bob
    "
  `)
  expect(await groupTranscript(bob, chat)).toMatchInlineSnapshot(`
    "
    * Alice founded "Crew"
    Alice: before Dave
    * Alice added Dave
    Bob: hello Dave  [delivered]
    Dave: hello everybody
    * Alice removed Bob
    "
  `)
  expect(await groupTranscript(alice, chat)).toMatchInlineSnapshot(`
    "
    * Alice founded "Crew"
    Alice: before Dave  [delivered]
    * Alice added Dave
    Bob: hello Dave
    Dave: hello everybody
    * Alice removed Bob
    Carol: without Bob
    "
  `)
  expect((await alice.groupView(chat))?.members.map(({ name, role, state }) => [name, role, state])).toEqual([
    ['Alice', 'admin', 'in'],
    ['Carol', 'member', 'in'],
    ['Dave', 'member', 'in']
  ])
  for (const person of [alice, carol, dave]) expect(await person.messenger.countWaiting()).toBe(0)
})

test.each(['knows of it', 'does not'] as const)(
  'what was heard last of a group stands in its right place when one is taken in again by somebody who %s',
  async (which) => {
    const { people, chat } = await setup('pgp-v6')
    const [alice, bob, carol] = people as [Person, Person, Person]
    await world.pair(bob, carol)
    await alice.messenger.setRole(chat, bob.did, 'admin')
    await world.pass(60_000)
    carol.goOffline()
    alice.setSkew(30 * 60_000)
    await alice.say(chat, 'half an hour ahead')
    await world.pass(60_000)
    alice.goOffline()
    // it follows what Carol does not get
    await bob.messenger.removeMember(chat, carol.did)
    carol.goOnline()
    await world.pass(2 * 60_000)
    expect((await carol.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('left')
    expect(await carol.textsIn(chat)).not.toContain('half an hour ahead')

    const admitter = which === 'knows of it' ? bob : alice
    if (admitter === alice) {
      bob.goOffline()
      alice.goOnline()
      await alice.messenger.removeMember(chat, carol.did)
    }
    await admitter.messenger.addMembers(chat, [carol.did])
    await world.pass(60_000)
    for (const person of people) person.goOnline()
    await carol.say(chat, 'here again')
    await world.pass(3 * 60_000)
    const orders = async (person: Person): Promise<ReadonlyMap<string, string>> =>
      new Map((await person.db.tables.events.range(chat, {})).map(({ id, order }) => [id, order]))
    const all = await orders(alice)
    for (const person of [bob, carol]) {
      expect(await person.textsIn(chat)).toContain('here again')
      expect([...(await orders(person))].filter(([id, order]) => all.get(id) !== order)).toEqual([])
    }
    expect(await carol.db.tables.aside.count()).toBe(0)
  }
)

test.each(SUITES)('%s: leaving, roles and rights', async (suite) => {
  const { people, chat } = await setup(suite)
  const [alice, bob, carol] = people as [Person, Person, Person]
  await expect(bob.messenger.addMembers(chat, [alice.did])).resolves.toBeUndefined()
  await expect(bob.messenger.setPolicies(chat, { write: 'admins' })).rejects.toMatchObject({ code: 'untrusted' })
  await expect(bob.messenger.removeMember(chat, carol.did)).rejects.toMatchObject({ code: 'untrusted' })
  await expect(alice.messenger.leaveGroup(chat)).rejects.toMatchObject({ code: 'untrusted' })
  await alice.messenger.setRole(chat, bob.did, 'admin')
  await world.settle()
  await bob.messenger.setPolicies(chat, { write: 'admins' })
  await world.settle()
  await expect(carol.say(chat, 'may I?')).rejects.toMatchObject({ code: 'untrusted' })
  await alice.messenger.leaveGroup(chat)
  await world.pass(90_000)
  expect((await alice.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('left')
  await bob.say(chat, 'on our own')
  await world.pass(60_000)
  expect(await carol.textsIn(chat)).toEqual(['on our own'])
  expect(await alice.textsIn(chat)).toEqual([])
  expect(await groupTranscript(carol, chat)).toMatchInlineSnapshot(`
    "
    * Alice founded "Crew"
    * Alice made Bob admin
    * Bob policies
    * Alice left
    Bob: on our own
    "
  `)
  expect(await alice.messenger.countWaiting()).toBe(0)
})

test('name, description, photo, pins, timer and mentions look the same to everybody', async () => {
  const { people, chat } = await setup('mls-xwing')
  const [alice, bob, carol] = people as [Person, Person, Person]
  await alice.messenger.setTopic(chat, { name: 'Sea crew', description: 'boats', photo: new Uint8Array([1, 2, 3]) })
  const id = await bob.messenger.send(chat, { text: '@Carol look', mentions: [carol.did] })
  await world.settle()
  expect((await carol.chats()).rows.find((row) => row.chat === chat)).toMatchObject({
    title: 'Sea crew',
    unread: 1,
    mentions: 1,
    avatar: { photo: new Uint8Array([1, 2, 3]) }
  })
  await carol.messenger.pinMessage(chat, id, true)
  await alice.messenger.setTimer(chat, 3600)
  await expect(bob.messenger.setTimer(chat, 60)).rejects.toMatchObject({ code: 'untrusted' })
  await carol.messenger.markRead(chat, id)
  await world.settle()
  for (const person of people) {
    const view = await first(person.messenger.watchChat(chat))
    expect(view).toMatchObject({ timerSeconds: 3600, pinned: [{ message: id, text: '@Carol look' }] })
    expect(view?.row.title).toBe('Sea crew')
    expect((await person.groupView(chat))?.description).toBe('boats')
  }
  expect((await carol.chats()).rows.find((row) => row.chat === chat)?.mentions).toBeUndefined()
  const mentions = (await alice.messagesIn(chat)).find((message) => message.id === id)?.mentions
  expect(mentions).toEqual([{ did: carol.did, name: 'Carol', mine: false }])
  expect(await first(bob.messenger.watchDelivery(chat, id))).toMatchObject({
    state: 'delivered',
    devices: [{ who: { name: 'Alice' } }, { who: { name: 'Carol' } }]
  })
  const delivery = await first(bob.messenger.watchDelivery(chat, id))
  expect(delivery?.devices.map(({ readAt }) => readAt === undefined)).toEqual([true, false])
  expect(await groupTranscript(bob, chat)).toMatchInlineSnapshot(`
    "
    * Alice founded "Crew"
    Bob: @Carol look  [pinned, delivered]
    * Alice renamed "Sea crew"
    * Alice set the timer to 3600
    * Carol pinned
    "
  `)
})

test('between two people both may pin and set the timer', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const chat = await world.pair(alice, bob)
  const id = await alice.say(chat, 'meet at six')
  await world.settle()
  await bob.messenger.pinMessage(chat, id, true)
  await bob.messenger.setTimer(chat, 86_400)
  await world.settle()
  expect(await first(alice.messenger.watchChat(chat))).toMatchObject({
    timerSeconds: 86_400,
    pinned: [{ message: id, text: 'meet at six' }]
  })
  await alice.messenger.pinMessage(chat, id, false)
  await alice.messenger.setTimer(chat, 0)
  await world.settle()
  const view = await first(bob.messenger.watchChat(chat))
  expect(view?.pinned).toBeUndefined()
  expect(view?.timerSeconds).toBeUndefined()
  await expect(alice.messenger.setTopic(chat, { name: 'x' })).rejects.toMatchObject({ code: 'not-found' })
})

test.each(SUITES)('%s: a link takes in whoever has it, as long as it is good', async (suite) => {
  const { people, chat } = await setup(suite)
  const [alice, , carol] = people as [Person, Person, Person]
  const [dave, erin] = await world.people('dave', 'erin')
  const { link, id } = await alice.messenger.createGroupLink(chat, { maxUses: 2 })
  expect(link).toContain('/#g/')
  expect(await dave.messenger.readInvite(link)).toMatchObject({ outcome: 'group', did: alice.did })
  expect(await dave.messenger.openInvite(link)).toBe(chat)
  await world.pass(90_000)
  expect((await dave.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('open')
  await carol.say(chat, 'hello Dave')
  await world.settle()
  await dave.say(chat, 'thanks')
  await world.pass(60_000)
  expect(await dave.textsIn(chat)).toEqual(['hello Dave', 'thanks'])
  expect(await carol.textsIn(chat)).toEqual(['hello Dave', 'thanks'])
  expect((await alice.groupView(chat))?.links).toMatchObject([{ id, uses: 1, maxUses: 2 }])
  // a member of the group is no contact
  expect((await dave.chats()).rows.map(({ kind }) => kind)).toEqual(['group', 'self'])
  expect(await first(dave.messenger.watchContacts())).toEqual([])

  await alice.messenger.revokeGroupLink(chat, id)
  expect((await alice.groupView(chat))?.links).toEqual([])
  await erin.messenger.openInvite(link)
  await world.pass(60_000)
  expect((await erin.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('joining')
  expect((await alice.groupView(chat))?.members).toHaveLength(4)
})

test('with approval whoever comes with a link waits for an admin', async () => {
  const { people, chat } = await setup('mls-xwing')
  const [alice] = people as [Person, Person, Person]
  const [dave, erin] = await world.people('dave', 'erin')
  await alice.messenger.setPolicies(chat, { approval: true })
  const { link } = await alice.messenger.createGroupLink(chat)
  await dave.messenger.openInvite(link)
  await world.pass(1000)
  await erin.messenger.openInvite(link)
  await world.pass(60_000)
  expect((await alice.groupView(chat))?.asking.map(({ name }) => name)).toEqual(['Dave', 'Erin'])
  await alice.messenger.answerJoin(chat, erin.did, false)
  await alice.messenger.answerJoin(chat, dave.did, true)
  await world.pass(90_000)
  expect((await alice.groupView(chat))?.asking).toEqual([])
  await dave.say(chat, 'I am in')
  await world.pass(60_000)
  expect(await alice.textsIn(chat)).toEqual(['I am in'])
  expect((await erin.chats()).rows.find((row) => row.chat === chat)?.standing).toBe('joining')
})

test('a member of a group can be written to, and becomes a contact without leaving it', async () => {
  const { people, chat } = await setup('mls-xwing')
  const [, bob, carol] = people as [Person, Person, Person]
  const found = await bob.messenger.findSomeone(carol.did)
  if (found.outcome !== 'found') throw new Error(found.outcome)
  await bob.messenger.send(found.chat, { text: 'just us two' })
  await world.pass(60_000)
  const { requests } = await carol.chats()
  expect(requests.map(({ did }) => did)).toEqual([bob.did])
  // meanwhile the group goes on
  await bob.say(chat, 'to all')
  await world.pass(60_000)
  expect(await carol.textsIn(chat)).toEqual(['to all'])
  await carol.messenger.acceptRequest(requests[0]!.chat)
  await world.pass(60_000)
  await carol.write(bob, 'with pleasure')
  await carol.say(chat, 'thanks')
  await world.pass(60_000)
  expect(await bob.texts(carol)).toEqual(['just us two', 'with pleasure'])
  expect(await bob.textsIn(chat)).toEqual(['to all', 'thanks'])
})

test.each(SUITES)('%s: of five one is away: nobody waits for them, and they miss nothing', async (suite) => {
  world = await createWorld()
  const people = await world.people('alice', 'bob', 'carol', 'dave', 'erin')
  const [alice, ...others] = people
  for (const other of others) await world.pair(alice, other)
  const chat = await world.group('Five', alice, others, suite)
  await world.pass(60_000)
  const [bob, carol, dave, erin] = others as [Person, Person, Person, Person]
  erin.goOffline()
  const texts: string[] = []
  for (let round = 0; round < 12; round++) {
    for (const person of [alice, bob, carol, dave]) {
      texts.push(`${person.name} ${round}`)
      await person.say(chat, `${person.name} ${round}`)
      await world.settle()
    }
  }
  for (const person of [alice, bob, carol, dave]) expect(await person.textsIn(chat)).toEqual(texts)
  const last = (await alice.messagesIn(chat)).findLast(({ author }) => author === alice.did)
  expect(last?.delivery).toBe('queued')
  const view = await first(alice.messenger.watchDelivery(chat, last!.id))
  expect(view?.devices.filter(({ deliveredAt }) => deliveredAt !== undefined)).toHaveLength(3)
  // a month of absence costs a few rows, not one a message
  expect([...alice.db.memory.mail.values()].filter((row) => row.chat === chat).length).toBeLessThanOrEqual(10)

  erin.goOnline()
  await world.pass(10 * 60_000)
  expect(await erin.textsIn(chat)).toEqual(texts)
  for (const person of people) expect(await person.messenger.countWaiting()).toBe(0)
  expect((await alice.messagesIn(chat)).findLast(({ author }) => author === alice.did)?.delivery).toBe('delivered')
})
