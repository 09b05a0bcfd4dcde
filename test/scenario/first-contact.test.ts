/** Alice makes a link, Bob opens it, and they write: nobody accepts anything by hand. */
import { afterEach, expect, test } from 'vitest'
import { createWorld } from '../cast.ts'
import type { World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

test('an opened invite is a chat on both sides, and messages arrive both ways', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  const { link } = await alice.messenger.createInvite()
  expect(link.length).toBeLessThanOrEqual(400)
  expect(await bob.messenger.readInvite(link)).toMatchObject({ outcome: 'ok', did: alice.did, name: 'Alice' })

  const chat = await bob.messenger.openInvite(link)
  await bob.messenger.send(chat, { text: 'hello, Alice' })
  await world.settle()
  expect(await alice.texts(bob)).toEqual(['hello, Alice'])
  await alice.write(bob, 'hello, Bob')
  await world.settle()

  expect(await bob.texts(alice)).toEqual(['hello, Alice', 'hello, Bob'])
  expect(await alice.texts(bob)).toEqual(['hello, Alice', 'hello, Bob'])
  expect((await bob.messages(alice)).map(({ delivery }) => delivery)).toEqual(['delivered', undefined])
  expect((await alice.chats()).rows.find(({ did }) => did === bob.did)).toMatchObject({
    title: 'Bob',
    standing: 'open',
    unread: 1
  })
})
