/**
 * What a relay and a listener on the line get to know of a story: no text, no name, no two people in one line. The relay
 * is tapped from inside: `tap.mjs` writes down every byte that it sees after its own decryption.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base58ToBytes } from '../../src/base/base58.ts'
import { createProxy } from './proxy.ts'
import { expect, test } from './world.ts'

const NO_WEBRTC = 'delete globalThis.RTCPeerConnection; delete globalThis.webkitRTCPeerConnection'
const tapFolder = mkdtempSync(join(tmpdir(), 'cryptochat-tap-'))
const tapFile = join(tapFolder, 'heard.txt')

test.use({
  relayEnv: { TAP_FILE: tapFile, NODE_OPTIONS: `--import=${join(import.meta.dirname, 'tap.mjs')}` }
})
test.afterAll(() => {
  rmSync(tapFolder, { recursive: true, force: true })
})

const NAMES = ['Aurelia Quillfeather', 'Bartholomew Zznx'] as const
const TEXTS = ['the rosebud password is swordfish', 'meet me under the seventh bridge', 'I changed my mind about it']

test('no line of log, data or frames holds a text, a name or two people', async ({ world }) => {
  const line = await createProxy({ listen: true })
  try {
    const first = await world.newcomer(NAMES[0], { initScript: NO_WEBRTC, proxyPort: line.port })
    const second = await world.newcomer(NAMES[1], { initScript: NO_WEBRTC, proxyPort: line.port })
    await Promise.all([first.firstRun(), second.firstRun()])
    await first.pairWith(second)
    await first.chat(NAMES[1]).write(TEXTS[0]!)
    await second.chat(NAMES[0]).waitFor(TEXTS[0]!)
    await second.chat(NAMES[0]).reply(TEXTS[0]!, TEXTS[1]!)
    await first.chat(NAMES[1]).waitFor(TEXTS[1]!)
    await first.chat(NAMES[1]).edit(TEXTS[0]!, TEXTS[2]!)
    await second.chat(NAMES[0]).waitFor(TEXTS[2]!)
    expect(await first.pathTo(second)).toBe('relayed')
    const dids = await Promise.all([first, second].map(({ page }) => page.evaluate(ownDid)))
    await world.relay.stop()

    const log = world.relay.lines.map((entry) => Buffer.from(entry))
    const frames = readFileSync(tapFile, 'latin1')
      .trim()
      .split('\n')
      .map((entry) => Buffer.from(entry, 'base64'))
    const data = filesIn(world.relay.dataDir).map((path) => readFileSync(path))
    // the tap hears: each did alone must be in what the relay is asked, or this story proves nothing
    for (const did of dids) expect(frames.some((frame) => holdsPerson(frame, did))).toBe(true)
    expect(log.length).toBeGreaterThan(3)

    const secrets = [...NAMES, ...TEXTS].flatMap(spellings)
    const everything = { log, frames, data, line: [...line.heard()] }
    for (const [where, pieces] of Object.entries(everything)) {
      const told = secrets.filter((secret) => pieces.some((piece) => piece.includes(secret)))
      expect(told.map(String), `told in ${where}`).toEqual([])
    }
    for (const [where, pieces] of Object.entries({ log, frames })) {
      const pairs = pieces.filter((piece) => dids.every((did) => holdsPerson(piece, did)))
      expect(
        pairs.map((piece) => piece.toString('latin1')),
        `two people in one piece of ${where}`
      ).toEqual([])
    }
  } finally {
    await line.stop()
  }
})

const ownDid = async (): Promise<string> => {
  for await (const account of globalThis.cryptochat?.node.watchAccount() ?? []) {
    if (account.state === 'ready') return account.did
  }
  throw new Error('no account')
}

const holdsPerson = (piece: Buffer, did: string): boolean => {
  const name = did.replace('did:key:z', '')
  const key = Buffer.from(base58ToBytes(name)).subarray(2)
  return (
    piece.includes(name) ||
    piece.includes(key) ||
    piece.includes(key.toString('hex')) ||
    piece.includes(key.toString('base64url'))
  )
}

/** As it is, and as careless code would write it. */
const spellings = (secret: string): Buffer[] => [
  Buffer.from(secret),
  Buffer.from(secret, 'utf16le'),
  Buffer.from(Buffer.from(secret).toString('hex')),
  Buffer.from(Buffer.from(secret).toString('base64url').slice(0, -2)),
  Buffer.from(encodeURIComponent(secret))
]

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
