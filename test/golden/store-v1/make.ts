/** Wrote tables.json; kept so that the next version's fixture is made the same way. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createWorld } from '../../cast.ts'
import { writeFixture } from './fixture.ts'

const world = await createWorld({ seed: 1 })
const [alice, bob] = await world.people('alice', 'bob')
const chat = await world.pair(alice, bob)
const id = await alice.write(bob, 'hello, Bob')
await world.settle()
await bob.messenger.react(chat, id, '👋')
await bob.messenger.markRead(chat, id)
await alice.messenger.edit(chat, id, 'hello, Bob!')
const gone = await alice.write(bob, 'removed')
await world.settle()
await alice.messenger.remove(chat, gone, 'everyone')
await world.settle()
bob.goOffline()
await alice.write(bob, 'not sent yet')
await alice.messenger.saveDraft(chat, { text: 'half' })
await alice.messenger.setSettings({ theme: 'dark' })
await world.settle()
const tables: Record<string, unknown[]> = {}
for (const [name, table] of Object.entries(alice.db.tables)) {
  if (typeof table?.toArray === 'function' && !name.startsWith('_')) tables[name] = await table.toArray()
}
writeFileSync(path.join(import.meta.dirname, 'tables.json'), writeFixture(tables))
await world.stop()
