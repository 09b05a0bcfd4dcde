/**
 * What a browser's profile tells whoever copies the disk: nothing that was written, read, searched or drafted, once the
 * store is locked. A control that is not sealed is found by the same search, or this would prove nothing.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { expect, test } from './world.ts'

/** No packer shortens it, and nobody else wrote it. */
const plant = (): string => randomBytes(30).toString('base64url')

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** Files that hold one of the spellings of `secret`. */
const findOnDisk = (profile: string, secrets: Readonly<Record<string, string | Buffer>>): string[] => {
  const spellings = Object.entries(secrets).flatMap(([name, secret]) =>
    typeof secret === 'string'
      ? [Buffer.from(secret), Buffer.from(secret, 'utf16le')].map((bytes) => [name, bytes] as const)
      : [[name, secret] as const]
  )
  return filesIn(profile).flatMap((path) => {
    const content = readFileSync(path)
    return spellings
      .filter(([, bytes]) => content.includes(bytes))
      .map(([name]) => `${name} in ${path.slice(profile.length)}`)
  })
}

test('a locked profile holds no byte of what was written, received, searched, drafted or named', async ({ world }) => {
  test.setTimeout(180_000)
  const [alice, bob] = await world.people('alice', 'bob')
  await alice.pairWith(bob)
  const secrets = {
    sent: plant(),
    received: plant(),
    edited: plant(),
    removed: plant(),
    draft: plant(),
    alias: plant()
  }
  const control = plant()
  const passphrase = plant()
  await alice.chat('bob').write(secrets.sent)
  await alice.chat('bob').write(`first ${secrets.removed}`)
  await bob.chat('alice').write(secrets.received)
  await alice.chat('bob').waitFor(secrets.received)
  await alice.page.evaluate(
    async ([{ sent, removed, edited, draft, alias }, open]) => {
      const node = globalThis.cryptochat?.node
      if (node === undefined) throw new Error('no node')
      for await (const { rows } of node.watchChats()) {
        const [row] = rows
        if (row?.did === undefined) throw new Error('no chat')
        const hits = await Promise.all([sent, removed].map((text) => node.search(text)))
        const [first, second] = hits.map(([hit]) => hit?.message)
        if (first === undefined || second === undefined) throw new Error('search finds nothing')
        await node.edit(row.chat, first, `${sent} ${edited}`)
        await node.remove(row.chat, second, 'everyone')
        await node.saveDraft(row.chat, { text: draft })
        await node.setContact(row.did, { alias })
        break
      }
      // lies open beside it, in the same browser's database
      const opening = indexedDB.open('control', 1)
      await new Promise((resolve, reject) => {
        opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('rows'))
        opening.addEventListener('error', reject)
        opening.addEventListener('success', () => {
          const writing = opening.result.transaction('rows', 'readwrite', { durability: 'strict' })
          writing.objectStore('rows').put({ text: open }, 'row')
          writing.addEventListener('complete', resolve)
        })
      })
    },
    [secrets, control] as const
  )
  // the words lie typed in the window too
  await alice.page.locator('[data-id="composer"]').first().fill(secrets.draft)

  // before there is a passphrase, what opens the store lies beside it; nothing that was written does
  await alice.goAway()
  const profile = join(world.folder, 'profile-0-alice')
  expect(findOnDisk(profile, { control })).not.toEqual([])
  expect(findOnDisk(profile, secrets)).toEqual([])

  await alice.comeBack()
  await alice.page.evaluate(async (words) => {
    const node = globalThis.cryptochat?.node
    await node?.setPassphrase(words)
    await node?.lock()
  }, passphrase)
  await alice.goAway()
  expect(findOnDisk(profile, { ...secrets, passphrase })).toEqual([])

  // locked and closed, it still opens and has everything
  await alice.comeBackLocked()
  await alice.page.evaluate(async (words) => {
    await globalThis.cryptochat?.node.unlock({ by: 'passphrase', passphrase: words })
  }, passphrase)
  const texts = await alice.page.evaluate(async (word) => {
    const hits = await globalThis.cryptochat?.node.search(word)
    return hits?.length
  }, secrets.received)
  expect(texts).toBe(1)
})
