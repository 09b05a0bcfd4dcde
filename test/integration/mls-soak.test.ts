/**
 * Random histories of MLS groups, from printed seeds: people are added, removed and renewed by whoever's turn it is, everybody
 * else follows, newcomers join, members restart from the disk, and at every step all agree and nobody who left derives or
 * reads anything. Without our patch of the library 18 of the first 25 histories break. `LONG=1` does more of them.
 */
import type { GroupState } from 'ts-mls/clientState.js'
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { encodeGroupContext } from 'ts-mls/groupContext.js'
import { decodeMlsMessage } from 'ts-mls/message.js'
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import { systemRandom } from '../../src/base/random.ts'
import { createCiphersuite } from '../../src/crypto/mls/ciphersuite.ts'
import type { Committed, Epoch, MlsSuiteName } from '../../src/crypto/mls/mls.ts'
import { allow, NOTHING, type Seat, setTable, type Table } from '../unit/crypto/mls/devices.ts'

const isLong = process.env['LONG'] === '1'
const HISTORIES = isLong ? 150 : 25
const STEPS = isLong ? 60 : 30
const LARGEST = 12

const secretsOf = ({ mls, seats }: Table): Promise<readonly string[]> =>
  Promise.all(seats.map(async ({ epoch }) => String(await mls.exportSecret(epoch, 'soak', NOTHING, 32))))

/** Whatever one who left tries with what was sent afterwards: nothing, or the news of the own removal. */
const tryToFollow = async ({ mls }: Table, left: Seat, { commit }: Committed, sealed: Uint8Array): Promise<void> => {
  await expect(mls.open(left.epoch, sealed)).rejects.toThrow(AppError)
  const followed = await mls.process(left.epoch, commit, allow).catch((error: unknown) => error)
  if (!(followed instanceof AppError)) expect(followed).toMatchObject({ after: undefined })
}

const live = async (name: MlsSuiteName, seed: number): Promise<void> => {
  const table = await setTable(name, seed, 1)
  const { mls, seats, random, commit, device } = table
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)]!
  const gone: Seat[] = []
  let born = 1
  for (let step = 0; step < STEPS; step++) {
    const by = pick(seats)
    const others = seats.filter((seat) => seat !== by)
    const chance = random.fraction()
    const add = seats.length < 3 || (chance < 0.45 && seats.length < LARGEST) ? [await device(`m${born++}`)] : []
    if (add.length > 0 && random.fraction() < 0.3) add.push(await device(`m${born++}`))
    const remove = seats.length > 3 && chance > 0.35 && chance < 0.8 ? [pick(others)] : []
    const made = await commit(by, { add, remove })
    gone.push(...remove)
    const secrets = await secretsOf(table)
    expect(new Set(secrets).size, `seed ${seed} step ${step}: all agree`).toBe(1)

    const from = pick(seats)
    const written = await mls.seal(from.epoch, utf8(`step ${step}`), NOTHING)
    from.epoch = written.epoch
    for (const to of seats.filter((seat) => seat !== from)) {
      const opened = await mls.open(to.epoch, written.sealed)
      expect(opened.plaintext).toEqual(utf8(`step ${step}`))
      expect(opened.sender.credential).toEqual(from.own.credential)
      to.epoch = opened.epoch
    }
    for (const left of gone.slice(-4)) await tryToFollow(table, left, made, written.sealed)
    const restarting = pick(seats)
    restarting.epoch = mls.load(mls.save(restarting.epoch), restarting.own)
  }
}

describe('random histories', () => {
  test.each(Array.from({ length: HISTORIES }, (_, index) => index + 1))('mls-x25519 seed %i', async (index) => {
    await live('mls-x25519', index * 7919)
  })
  test.each(isLong ? [1, 2, 3, 4, 5, 6] : [1, 2])('mls-xwing seed %i', async (index) => {
    await live('mls-xwing', index * 104_729)
  })
})

interface SealedPath {
  readonly secrets: readonly { readonly kemOutput: Uint8Array; readonly ciphertext: Uint8Array }[]
  /** What the path's secrets are sealed under. */
  readonly context: Uint8Array
}
// the library's own state: what a removed member with a debugger has
const stateOf = (epoch: Epoch): GroupState => epoch as unknown as GroupState
const cs = createCiphersuite('mls-x25519', systemRandom)

/** The commit as a removed member can still read it: with the keys of the epoch that it ends. */
const readPath = async (before: Epoch, { commit }: Committed, after: Epoch): Promise<SealedPath> => {
  const { groupContext, keySchedule, secretTree, ratchetTree } = stateOf(before)
  const message = decodeMlsMessage(commit, 0)?.[0]
  if (message?.wireformat !== 'mls_private_message') throw new Error('not a sealed commit')
  const retention = { retainKeysForGenerations: 10, maximumForwardRatchetSteps: 10, retainKeysForEpochs: 1 }
  const { senderDataSecret } = keySchedule
  const { privateMessage } = message
  const opened = await unprotectPrivateMessage(
    senderDataSecret,
    privateMessage,
    secretTree,
    ratchetTree,
    groupContext,
    retention,
    cs
  )
  const { content } = opened.content
  if (content.contentType !== 'commit' || content.commit.path === undefined) throw new Error('no path')
  const { treeHash } = stateOf(after).groupContext
  return {
    secrets: content.commit.path.nodes.flatMap(({ encryptedPathSecret }) => encryptedPathSecret),
    context: encodeGroupContext({ ...groupContext, epoch: groupContext.epoch + 1n, treeHash })
  }
}

const countOpened = async (epoch: Epoch, { secrets, context }: SealedPath): Promise<number> => {
  let opened = 0
  for (const bytes of Object.values(stateOf(epoch).privatePath.privateKeys)) {
    const key = await cs.hpke.importPrivateKey(bytes)
    for (const { kemOutput, ciphertext } of secrets) {
      const secret = await decryptWithLabel(key, 'UpdatePathNode', context, kemOutput, ciphertext, cs.hpke).catch(
        () => undefined
      )
      if (secret !== undefined) opened++
    }
  }
  return opened
}

describe('a removed member can derive nothing and read nothing', () => {
  test.each(Array.from({ length: 14 }, (_, index) => index + 3))('of %i', async (size) => {
    const table = await setTable('mls-x25519', size, size)
    const { mls, seats, commit } = table
    // warm: everybody has renewed, so the tree is full of keys that the removed one knew
    for (const seat of seats.slice(0, 4)) await commit(seat, {})
    const left = seats[size >> 1]!
    const before = await mls.exportSecret(left.epoch, 'soak', NOTHING, 32)
    const staying = seats.filter((seat) => seat !== left).map((seat) => ({ ...seat }))
    const removal = await commit(seats[0]!, { remove: [left] })
    const secret = (await secretsOf(table))[0]
    expect(secret).not.toBe(String(before))
    // its view of the removal names the removal and holds no next epoch
    const told = await mls.process(left.epoch, removal.commit, allow)
    expect(told.after).toBeUndefined()
    expect(told.view.removed.map(({ credential }) => credential)).toEqual([left.own.credential])
    // no key it ever had opens any of the new path's secrets, while everybody who stays has one that does
    const sealedTo = await readPath(left.epoch, removal, seats[0]!.epoch)
    expect(await countOpened(left.epoch, sealedTo)).toBe(0)
    for (const { epoch } of staying.slice(1)) expect(await countOpened(epoch, sealedTo)).toBeGreaterThan(0)
    for (const seat of seats.slice(0, 3)) {
      const made = await commit(seat, {})
      const { sealed, epoch } = await mls.seal(seat.epoch, utf8('after'), NOTHING)
      seat.epoch = epoch
      for (const view of [left.epoch, told.before]) {
        await expect(mls.open(view, sealed)).rejects.toThrow(AppError)
        await expect(mls.process(view, made.commit, allow)).rejects.toThrow(AppError)
      }
    }
    // and comes back only through a new Welcome
    const again = await table.device('again')
    await commit(seats[1]!, { add: [again] })
    expect(new Set(await secretsOf(table)).size).toBe(1)
  })
})

test('ML4 2,000 messages of a sender may be missing, 2,001 may not', async () => {
  const { mls, seats } = await setTable('mls-x25519', 4242, 2)
  const [alice, bob] = seats as [Seat, Seat]
  const first = await mls.seal(alice.epoch, utf8('first'), NOTHING)
  let { epoch } = first
  for (let index = 1; index < 2000; index++) ({ epoch } = await mls.seal(epoch, NOTHING, NOTHING))
  const last = await mls.seal(epoch, utf8('last'), NOTHING)
  const beyond = await mls.seal(last.epoch, utf8('beyond'), NOTHING)
  await expect(mls.open(bob.epoch, beyond.sealed)).rejects.toMatchObject({ code: 'untrusted' })
  const opened = await mls.open(bob.epoch, last.sealed)
  expect(opened.plaintext).toEqual(utf8('last'))
  // all that was skipped is still readable, and what lies on the disk for it has a bound
  const back = mls.load(mls.save(opened.epoch), bob.own)
  expect((await mls.open(back, first.sealed)).plaintext).toEqual(utf8('first'))
  expect(mls.save(back).secrets.length).toBeLessThan(100_000)
})
