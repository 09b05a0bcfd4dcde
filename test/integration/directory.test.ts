/** The directory of a real relay process, asked over real sockets. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from '@libp2p/interface'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rootFingerprint } from '../../relay/fingerprint.ts'
import { DOMAINS } from '../../src/crypto/domains.ts'
import { ed25519PublicKey, signEd25519 } from '../../src/crypto/ed25519.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import { createDeliverServer } from '../../src/p2p/protocols/deliver/server.ts'
import type { DeliverHandler } from '../../src/p2p/protocols/deliver/server.ts'
import { createDirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import type { CardPut, DirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import { silentLog } from '../../src/base/log.ts'
import { DELIVER_PROTOCOL } from '../../src/wire/deliver.ts'
import { envelope } from '../../src/wire/envelope.ts'
import { eventually } from '../eventually.ts'
import { CERTIFICATE_CREATED, createPeer, dial, makeRelayAccount } from '../relay-cast.ts'
import type { Peer } from '../relay-cast.ts'
import { startTestnet } from '../testnet.ts'
import type { Testnet, TestRelay } from '../testnet.ts'

const DAY_MS = 24 * 3600 * 1000
const peers: Peer[] = []
let net: Testnet
let relay: TestRelay
let connection: Connection
let directory: DirectoryClient

const soon = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(10_000) })

const connect = async (name: string): Promise<{ peer: Peer; connection: Connection; directory: DirectoryClient }> => {
  const peer = await createPeer(name)
  peers.push(peer)
  const opened = await dial(peer, relay.addrs[0] ?? '')
  return { peer, connection: opened, directory: createDirectoryClient(opened) }
}

beforeAll(async () => {
  net = await startTestnet({ relays: 1 })
  relay = net.relays[0] as TestRelay
  ;({ connection, directory } = await connect('asker'))
})

afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.stop()))
  await net.stop()
})

test('a published head and document are found by did, hash and fingerprint', async () => {
  const alice = makeRelayAccount('alice')
  const first = alice.record({ seq: 0 })
  expect(await directory.publish({ head: first.head }, soon())).toBe('needed')
  expect(await directory.publish(first, soon())).toBe('ok')
  expect(await directory.publish(first, soon())).toBe('known')
  expect(await directory.heads(alice.did, soon())).toEqual([first.head])
  expect(await directory.document(sha256(first.document), soon())).toEqual(first.document)
  const fingerprint = rootFingerprint(CERTIFICATE_CREATED, alice.didKey)
  expect(await directory.didsByFingerprint(fingerprint, soon())).toEqual([alice.did])
  expect(await directory.heads(makeRelayAccount('nobody').did, soon())).toEqual([])
  expect(await directory.document(new Uint8Array(32), soon())).toBeUndefined()
})

test('ID5: a lower place is refused, also after a restart; two documents at one place are both kept', async () => {
  const bob = makeRelayAccount('bob')
  const [zero, one] = [bob.record({ seq: 0 }), bob.record({ seq: 1 })]
  expect(await directory.publish(zero, soon())).toBe('ok')
  expect(await directory.publish(one, soon())).toBe('ok')
  expect(await directory.publish(zero, soon())).toBe('old')

  await relay.kill()
  await relay.start()
  await connection.close()
  ;({ connection, directory } = await connect('asker again'))
  expect(await directory.heads(bob.did, soon())).toEqual([one.head])
  expect(await directory.publish(zero, soon())).toBe('old')

  const twin = bob.record({ seq: 1, twist: 1 })
  expect(await directory.publish(twin, soon())).toBe('ok')
  expect(await directory.heads(bob.did, soon())).toHaveLength(2)
  const rotated = bob.record({ generation: 1, seq: 2 })
  expect(await directory.publish(rotated, soon())).toBe('ok')
  expect(await directory.heads(bob.did, soon())).toEqual([rotated.head])
})

test('a head that does not verify, and a document that is another one, are refused', async () => {
  const [carol, mallory] = [makeRelayAccount('carol'), makeRelayAccount('mallory')]
  const good = carol.record({ seq: 0 })
  const bent = good.head.slice()
  bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1
  expect(await directory.publish({ head: bent, document: good.document }, soon())).toBe('refused')
  const other = mallory.record({ seq: 0 })
  expect(await directory.publish({ head: good.head, document: other.document }, soon())).toBe('refused')
  expect(await directory.heads(carol.did, soon())).toEqual([])
})

const cardOf = (name: string, change: Partial<CardPut> & { readonly by?: string } = {}): CardPut => {
  const seed = sha256(new TextEncoder().encode(change.by ?? name))
  return {
    id: sha256(seed),
    writer: {
      publicKey: ed25519PublicKey(seed),
      sign: (statement) => signEd25519(DOMAINS.cardWrite, statement, seed)
    },
    sealed: new Uint8Array(40_000).fill(1),
    issued: 1,
    endsAt: Date.now() + DAY_MS,
    ...change
  }
}

test('a card is kept under its first writer, replaced by a later one and taken back for good', async () => {
  const card = cardOf('card')
  expect(await directory.putCard(card, soon())).toBe('ok')
  expect(await directory.card(card.id, soon())).toEqual(card.sealed)
  expect(await directory.putCard(cardOf('thief', { id: card.id, issued: 5 }), soon())).toBe('refused')
  expect(await directory.putCard(cardOf('card', { issued: 2, sealed: Uint8Array.of(2) }), soon())).toBe('ok')
  expect(await directory.card(card.id, soon())).toEqual(Uint8Array.of(2))
  expect(await directory.putCard(cardOf('card', { issued: 3, sealed: undefined }), soon())).toBe('ok')
  expect(await directory.card(card.id, soon())).toBeUndefined()
  expect(await directory.putCard(card, soon())).toBe('old')
})

test('a card whose signature is of another content is refused', async () => {
  const card = cardOf('liar')
  const lying = { ...card, writer: { ...card.writer, sign: () => card.writer.sign(new Uint8Array(3)) } }
  expect(await directory.putCard(lying, soon())).toBe('refused')
})

const letter = envelope.encode({
  version: 1,
  kind: 'request',
  route: new Uint8Array(16),
  sealed: new Uint8Array(70_000).fill(9)
})

/** A device that attends an inbox and answers what it is handed. */
const attendAs = async (name: string, handle: DeliverHandler): Promise<{ peer: Peer; device: string }> => {
  const account = makeRelayAccount(name)
  const { peer, directory: own } = await connect(`${name}'s device ${Math.random()}`)
  await peer.handle(DELIVER_PROTOCOL, createDeliverServer({ handle, onRefused: () => {}, log: silentLog }))
  const device = peer.peerId.toString()
  const proof = account.attend(relay.peerId, device)
  if ((await own.heads(account.did, soon())).length === 0) {
    expect(await own.attend(proof, soon())).toBe('needed')
    expect(await own.publish(account.record({ seq: 0 }), soon())).toBe('ok')
  }
  expect(await own.attend(proof, soon())).toBe('ok')
  return { peer, device }
}

test('a knock reaches the device that attends and brings its answer back', async () => {
  const arrived: Uint8Array[] = []
  const { peer, device } = await attendAs('dora', async ({ envelope: sealed }) => {
    arrived.push(sealed)
    return { outcome: 'taken', answer: Uint8Array.of(4, 2) }
  })
  const { did } = makeRelayAccount('dora')
  expect(await directory.knock(did, letter, soon())).toEqual({ outcome: 'taken', device, answer: Uint8Array.of(4, 2) })
  expect(arrived).toEqual([letter])

  await peer.stop()
  await eventually(async () => (await directory.knock(did, letter, soon())).outcome).toBe('absent')
})

test('a knock is answered with the refusal of the device, and one of several that takes it is enough', async () => {
  await attendAs('emil', async () => ({ outcome: 'refused', why: 'untrusted' }))
  const { did } = makeRelayAccount('emil')
  expect(await directory.knock(did, letter, soon())).toEqual({ outcome: 'refused', why: 'untrusted' })
  const { device } = await attendAs('emil', async () => ({ outcome: 'taken', answer: new Uint8Array() }))
  expect(await directory.knock(did, letter, soon())).toMatchObject({ outcome: 'taken', device })
})

test('only first contact may knock, and only the head key may attend', async () => {
  const sealed = envelope.encode({ version: 1, kind: 'sealed', route: new Uint8Array(16), sealed: Uint8Array.of(1) })
  const { did } = makeRelayAccount('emil')
  expect(await directory.knock(did, sealed, soon())).toMatchObject({ outcome: 'refused' })

  const [frida, mallory] = [makeRelayAccount('frida'), makeRelayAccount('mallory')]
  expect(await directory.publish(frida.record({ seq: 0 }), soon())).toBe('ok')
  const me = peers[0]?.peerId.toString() ?? ''
  expect(await directory.attend(frida.attend('another relay', me), soon())).toBe('refused')
  expect(await directory.attend(frida.attend(relay.peerId, 'another device'), soon())).toBe('refused')
  // mallory's signature over frida's did
  const forged = mallory.attend(relay.peerId, me)
  expect(await directory.attend(forged, soon())).not.toBe('ok')
})

test('no did stands in the log or in the data of a relay, however much was asked', async () => {
  expect(relay.lines.join('\n')).toContain('relay.ready')
  await relay.stop()
  const files = readdirSync(relay.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(2)
  const kept = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  for (const text of [...relay.lines, ...kept]) expect(text).not.toContain('did:key:')
})
