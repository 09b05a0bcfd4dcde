import { describe, expect, test } from 'vitest'
import { utf8, utf8ToText } from '../../../../src/base/bytes.ts'
import { flip } from '../people.ts'
import { findUnpatched } from '../../../../scripts/vite-check-patches.ts'
import { allow, NOTHING, NOW, setTable, trusting } from './devices.ts'

test('the library is patched: without the patch a group breaks within a few changes', () => {
  expect(findUnpatched()).toEqual([])
})

const hello = utf8('see you at six')
const noFacts = { add: [], remove: [], aad: NOTHING, check: trusting, now: NOW }

/** Places all over something long. */
const sample = (data: Uint8Array): number[] =>
  Array.from({ length: 12 }, (_, index) => Math.floor((index * (data.length - 1)) / 11))
const check = async (credential: Uint8Array): Promise<boolean> => utf8ToText(credential) !== 'mallory'

describe.each(['mls-xwing', 'mls-x25519'] as const)('%s', (name) => {
  test('ML1 what one seals the others open, and know which leaf sealed it', async () => {
    const { mls, seats } = await setTable(name, 1, 3)
    const [alice, bob, carol] = seats as [(typeof seats)[0], (typeof seats)[0], (typeof seats)[0]]
    const { sealed } = await mls.seal(bob.epoch, hello, utf8('beside'))
    for (const seat of [alice, carol]) {
      const opened = await mls.open(seat.epoch, sealed)
      expect(opened).toMatchObject({ plaintext: hello, aad: utf8('beside'), sender: { credential: utf8('m1') } })
      expect(opened.sender.signatureKey).toEqual(bob.own.signatureKey)
    }
  })

  test('everybody exports the same secrets, and others from epoch to epoch', async () => {
    const { mls, seats, commit } = await setTable(name, 2, 3)
    const secrets = (): Promise<Uint8Array[]> =>
      Promise.all(seats.map(({ epoch }) => mls.exportSecret(epoch, 'mailbox', NOTHING, 32)))
    const before = await secrets()
    expect(new Set(before.map(String)).size).toBe(1)
    await commit(seats[1]!, {})
    const after = await secrets()
    expect(new Set([...before, ...after].map(String)).size).toBe(2)
    expect(new Set(seats.map(({ epoch }) => String(mls.authenticator(epoch)))).size).toBe(1)
  })

  test('an epoch survives the disk in the middle of a conversation', async () => {
    const { mls, seats, commit } = await setTable(name, 3, 3)
    const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
    const first = await mls.seal(alice.epoch, utf8('one'), NOTHING)
    const second = await mls.seal(first.epoch, utf8('two'), NOTHING)
    alice.epoch = second.epoch
    // two arrives before one, and the device restarts between them
    const opened = await mls.open(bob.epoch, second.sealed)
    bob.epoch = mls.load(mls.save(opened.epoch), bob.own)
    const late = await mls.open(bob.epoch, first.sealed)
    expect(utf8ToText(late.plaintext)).toBe('one')
    bob.epoch = late.epoch
    await expect(mls.open(bob.epoch, second.sealed)).rejects.toMatchObject({ code: 'conflict' })
    // and goes on as a full member
    for (const seat of seats) seat.epoch = mls.load(mls.save(seat.epoch), seat.own)
    await commit(bob, {})
    const answer = await mls.seal(bob.epoch, hello, NOTHING)
    expect((await mls.open(alice.epoch, answer.sealed)).plaintext).toEqual(hello)
  })

  test('a message changes its ratchets on the disk and nothing else', async () => {
    const { mls, seats } = await setTable(name, 4, 2)
    const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
    const before = mls.save(bob.epoch)
    const { sealed } = await mls.seal(alice.epoch, hello, NOTHING)
    const { epoch } = await mls.open(bob.epoch, sealed)
    const after = mls.save(epoch)
    expect(after.core).toBe(before.core)
    expect(after.tree).toBe(before.tree)
    expect(after.secrets).not.toEqual(before.secrets)
    expect(mls.save(bob.epoch)).toEqual(before)
  })

  test('ML4 what is left of an epoch reads late messages once, and names their sender', async () => {
    const { mls, seats } = await setTable(name, 5, 2)
    const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
    const { sealed } = await mls.seal(alice.epoch, hello, NOTHING)
    const past = mls.loadPast(mls.savePast(mls.toPast(bob.epoch, (credential) => credential.slice(0, 1))))
    const opened = await mls.openPast(past, sealed)
    expect(opened.plaintext).toEqual(hello)
    expect(opened.sender).toEqual({ index: 0, signatureKey: alice.own.signatureKey, credential: utf8('m') })
    await expect(mls.openPast(opened.past, sealed)).rejects.toMatchObject({ code: 'conflict' })
    expect(mls.savePast(past).length).toBeLessThan(mls.save(bob.epoch).tree.length + mls.save(bob.epoch).secrets.length)
  })

  test('ML3 two commits made from one epoch are sealed under different keys, and each can be followed', async () => {
    const { mls, seats } = await setTable(name, 6, 2)
    const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
    const one = await mls.commit(alice.epoch, noFacts)
    const two = await mls.commit(one.before, noFacts)
    const first = await mls.process(bob.epoch, one.commit, allow)
    const second = await mls.process(first.before, two.commit, allow)
    expect(mls.authenticator(first.after!)).toEqual(mls.authenticator(one.after))
    expect(mls.authenticator(second.after!)).toEqual(mls.authenticator(two.after))
    expect(mls.authenticator(one.after)).not.toEqual(mls.authenticator(two.after))
    // the handshake ratchet has moved: the same commit is not opened twice
    await expect(mls.process(first.before, one.commit, allow)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('ML1 a renewed credential comes with a commit of its own leaf', async () => {
    const { mls, seats } = await setTable(name, 7, 2)
    const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
    const made = await mls.commit(alice.epoch, { ...noFacts, credential: utf8('m0 renewed') })
    const { after, committer, view } = await mls.process(bob.epoch, made.commit, allow)
    expect(view.committer.credential).toEqual(utf8('m0'))
    expect(committer?.credential).toEqual(utf8('m0 renewed'))
    expect(mls.leaves(after!)[0]?.credential).toEqual(utf8('m0 renewed'))
    const { sealed } = await mls.seal(made.after, hello, NOTHING)
    expect((await mls.open(after!, sealed)).sender.credential).toEqual(utf8('m0 renewed'))
  })

  describe('is refused', () => {
    test('any changed bit of a message, a commit or a Welcome', async () => {
      const { mls, seats, device } = await setTable(name, 8, 2)
      const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
      const carol = await device('carol')
      const { sealed } = await mls.seal(alice.epoch, hello, NOTHING)
      const made = await mls.commit(alice.epoch, { ...noFacts, add: [carol.keys.keyPackage] })
      const { welcome = NOTHING, tree = NOTHING } = made
      const codes = expect.stringMatching(/^(malformed|untrusted|undecryptable|not-ready|not-found)$/)
      const join = (changed: { readonly welcome: Uint8Array; readonly tree: Uint8Array }) =>
        mls.join({ ...changed, keys: carol.keys, own: carol.own, check: trusting, now: NOW })
      for (const at of sample(sealed)) {
        await expect(mls.open(bob.epoch, flip(sealed, at))).rejects.toMatchObject({ code: codes })
      }
      for (const at of sample(made.commit)) {
        await expect(mls.process(bob.epoch, flip(made.commit, at), allow)).rejects.toMatchObject({ code: codes })
      }
      for (const at of sample(welcome)) {
        await expect(join({ welcome: flip(welcome, at), tree })).rejects.toMatchObject({ code: codes })
      }
      for (const at of sample(tree)) {
        await expect(join({ welcome, tree: flip(tree, at) })).rejects.toMatchObject({ code: codes })
      }
      await join({ welcome, tree })
    })

    test('a credential that the authentication service does not know, wherever it comes in', async () => {
      const { mls, seats, device } = await setTable(name, 9, 2)
      const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
      const mallory = await device('mallory')
      const add = [mallory.keys.keyPackage]
      await expect(mls.commit(alice.epoch, { ...noFacts, add, check })).rejects.toMatchObject({ code: 'untrusted' })
      const careless = await mls.commit(alice.epoch, { ...noFacts, add })
      await expect(mls.process(bob.epoch, careless.commit, { ...allow, check })).rejects.toMatchObject({
        code: 'untrusted'
      })
      const carol = await device('carol')
      const both = await mls.commit(alice.epoch, { ...noFacts, add: [...add, carol.keys.keyPackage] })
      const joining = mls.join({
        welcome: both.welcome!,
        tree: both.tree!,
        keys: carol.keys,
        own: carol.own,
        check,
        now: NOW
      })
      await expect(joining).rejects.toMatchObject({ code: 'untrusted' })
    })

    test('a commit that is not allowed, and the epoch stays as it was', async () => {
      const { mls, seats } = await setTable(name, 10, 3)
      const [alice, bob] = seats as [(typeof seats)[0], (typeof seats)[0]]
      const made = await mls.commit(alice.epoch, { ...noFacts, remove: [2] })
      const judged = mls.process(bob.epoch, made.commit, { ...allow, isAllowed: ({ removed }) => removed.length === 0 })
      await expect(judged).rejects.toMatchObject({ code: 'untrusted' })
      expect(mls.leaves(bob.epoch)).toHaveLength(3)
      expect(mls.leaves((await mls.process(bob.epoch, made.commit, allow)).after!)).toHaveLength(2)
    })

    test('a Welcome for somebody else', async () => {
      const { mls, seats, device } = await setTable(name, 11, 1)
      const [bob, mallory] = await Promise.all([device('bob'), device('mallory')])
      const { welcome, tree } = await mls.commit(seats[0]!.epoch, { ...noFacts, add: [bob.keys.keyPackage] })
      const { keys, own } = mallory
      const joining = mls.join({ welcome: welcome!, tree: tree!, keys, own, check: trusting, now: NOW })
      await expect(joining).rejects.toMatchObject({ code: expect.stringMatching(/^(untrusted|undecryptable)$/) })
    })

    test('what is no MLS message at all', async () => {
      const { mls, seats, random } = await setTable(name, 12, 2)
      const { epoch, keys } = seats[1]!
      for (const junk of [NOTHING, hello, random.bytes(3000), keys.keyPackage, keys.secret]) {
        await expect(mls.open(epoch, junk)).rejects.toMatchObject({ code: 'malformed' })
        await expect(mls.process(epoch, junk, allow)).rejects.toMatchObject({ code: 'malformed' })
        expect(() => mls.peek(junk)).toThrow(expect.objectContaining({ code: 'malformed' }))
      }
    })

    test('a key package that expired, by the clock we are given', async () => {
      const { mls, seats, device } = await setTable(name, 13, 1)
      const { keys } = await device('bob')
      const late = { ...noFacts, add: [keys.keyPackage], now: NOW + 40 * 86_400_000 }
      await expect(mls.commit(seats[0]!.epoch, late)).rejects.toMatchObject({ code: 'untrusted' })
    })
  })
})
