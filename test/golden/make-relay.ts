/**
 * Fills a fresh relay and keeps its data directory as `test/golden/relay-v<version>`: run it once before a change of what
 * relays store (`node test/golden/make-relay.ts 1`), and commit the result. golden-relay.test.ts opens every one.
 */
import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { headRecordKey } from '../../relay/dht-records.ts'
import { createDirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import { createPeer, dial, makeRelayAccount } from '../relay-cast.ts'
import { startTestnet } from '../testnet.ts'

const version = Number(process.argv[2])
if (!Number.isInteger(version)) throw new Error('which version?')
const target = join(import.meta.dirname, `relay-v${version}`)
/** Far in the future, so that nothing in it goes stale while the tests live. */
const FRESH_UNTIL = Date.UTC(2100, 0)

const net = await startTestnet({ relays: 1 })
const peer = await createPeer('golden')
const [relay] = net.relays
if (relay === undefined) throw new Error('no relay')
const directory = createDirectoryClient(await dial(peer, relay.addrs[0] ?? ''))
const soon = { signal: AbortSignal.timeout(20_000) }
const account = makeRelayAccount('golden')
const issued = FRESH_UNTIL - 30 * 24 * 3600 * 1000
for (const at of [{ seq: 1 }, { seq: 2 }, { seq: 2, twist: 1 }]) {
  const outcome = await directory.publish(account.record({ ...at, issued, freshUntil: FRESH_UNTIL }), soon)
  if (outcome !== 'ok') throw new Error(outcome)
}
const { head } = account.record({ seq: 2, issued, freshUntil: FRESH_UNTIL })
for await (const event of peer.services.dht.put(headRecordKey(account.didKey), head)) {
  if (event.name === 'QUERY_ERROR') throw event.error
}
await peer.stop()
await relay.stop()
await rm(target, { recursive: true, force: true })
await cp(relay.dataDir, target, { recursive: true })
for (const name of await readdir(join(target, 'dht'))) {
  if (/^LOG|^LOCK$/.test(name)) await rm(join(target, 'dht', name))
}
process.stdout.write(`${target}: ${relay.peerId}\n`)
await net.stop()
