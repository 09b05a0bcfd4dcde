/** Data directories of relays of every version so far still open: same identity, records, and places that are refused. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { headRecordKey } from '../../relay/dht-records.ts'
import { createDirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import { eventually } from '../eventually.ts'
import { createPeer, dial, makeRelayAccount } from '../relay-cast.ts'
import { startTestnet } from '../testnet.ts'

const GOLDEN = join(import.meta.dirname, '../golden')
const PEER_ID_BY_VERSION: Readonly<Record<string, string>> = {
  'relay-v1': '12D3KooWA7LCyLsmgv18gNz6rNVMMF3ZT5pBC9aHgJhibHDQuroN'
}
const versions = readdirSync(GOLDEN).filter((name) => name.startsWith('relay-v'))

test('every version is known here', () => {
  expect(versions.toSorted()).toEqual(Object.keys(PEER_ID_BY_VERSION).toSorted())
})

test.each(versions)('%s opens, with everything in it', async (version) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cryptochat-golden-'))
  cpSync(join(GOLDEN, version), dataDir, { recursive: true })
  const net = await startTestnet({ relays: 1, env: { DATA_DIR: dataDir } })
  const peer = await createPeer('reader of old data')
  try {
    const [relay] = net.relays
    expect(relay?.peerId).toBe(PEER_ID_BY_VERSION[version])
    const soon = { signal: AbortSignal.timeout(10_000) }
    const directory = createDirectoryClient(await dial(peer, relay?.addrs[0] ?? ''))
    const account = makeRelayAccount('golden')
    expect(await directory.heads(account.did, soon)).toHaveLength(2)
    expect(await directory.publish(account.record({ seq: 1 }), soon)).toBe('old')
    const answers = async (): Promise<number> => {
      let found = 0
      for await (const event of peer.services.dht.get(headRecordKey(account.didKey))) {
        if (event.name === 'PEER_RESPONSE' && event.record !== undefined) found++
      }
      return found
    }
    await eventually(answers).toBe(1)
  } finally {
    await peer.stop()
    await net.stop()
    rmSync(dataDir, { recursive: true })
  }
})
