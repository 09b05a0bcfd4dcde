import { describe, expect, test } from 'vitest'
import { utf8, utf8ToText } from '../../../../src/base/bytes.ts'
import { DOMAINS } from '../../../../src/crypto/domains.ts'
import { diffState } from '../../../../src/crypto/suite.ts'
import { createTsMls } from '../../../../src/crypto/mls/ts-mls.ts'
import { mlsWelcome } from '../../../../src/wire/mls.ts'
import { random } from '../people.ts'
import {
  admit,
  anything,
  codeOf,
  DAY,
  found,
  group,
  MINUTE,
  open,
  type Player,
  seal,
  setStage,
  START,
  take
} from './cast.ts'

const text = utf8('see you at six')
const idsOf = ({ suite, state }: Player): string[] => suite.members(state).map(({ device }) => device)
const sizeOf = ({ state }: Player): number =>
  state instanceof Map ? [...state.values()].reduce((sum: number, part) => sum + (part as Uint8Array).length, 0) : 0

const secretOf = (player: Player) => player.epochs.exportSecret(player.state, DOMAINS.route, 32)

const three = async () => {
  const stage = await setStage('mls-x25519')
  const [alice, bob, carol] = [await stage.player('alice'), await stage.player('bob'), await stage.player('carol')]
  await found(alice, bob, carol)
  return { stage, alice, bob, carol }
}

test.each(['mls-xwing', 'mls-x25519'] as const)(
  'SU1 %s: a group is founded, and everybody reads everybody',
  async (name) => {
    const stage = await setStage(name)
    const [alice, bob, carol] = [await stage.player('alice'), await stage.player('bob'), await stage.player('carol')]
    await found(alice, bob, carol)
    for (const from of [alice, bob, carol]) {
      const sealed = await seal(from, text)
      for (const to of [alice, bob, carol].filter((one) => one !== from)) {
        const opened = await open(to, sealed)
        expect(opened.plaintext).toEqual(text)
        expect(opened.sender).toEqual({ did: from.document.did, device: from.binding.device })
        expect(opened.epoch).toBe(from.epochs.current(from.state).id)
      }
    }
    expect(idsOf(carol)).toEqual(idsOf(alice))
    expect(alice.suite.propertiesOf(alice.state)).toMatchObject({
      forwardSecrecy: true,
      postCompromise: true,
      postQuantum: name === 'mls-xwing'
    })
  }
)

test('ML2 an own commit is kept beside the epoch it leaves, until it is followed', async () => {
  const { alice, bob, stage } = await three()
  const made = await alice.epochs.commit(alice.state, {})
  alice.state = made.state
  expect(alice.epochs.current(alice.state).number).toBe(made.epoch.number - 1)
  // still writes in the old epoch, which others read
  expect((await open(bob, await seal(alice, text))).plaintext).toEqual(text)
  // a crash before publishing: the commit comes back from the wire, and the kept epoch is there
  const again = stage.restart(alice)
  const { epoch, state } = await again.epochs.receive(again.state, made.commit, anything)
  expect(epoch).toEqual(made.epoch)
  again.state = again.epochs.follow(state, epoch.id)
  await take(bob, made.commit)
  expect((await open(bob, await seal(again, text))).plaintext).toEqual(text)
  expect(again.epochs.authenticator(again.state)).toEqual(bob.epochs.authenticator(bob.state))
})

test('ML3 of rival commits either can be followed, and changed for the other later, with what was written on both', async () => {
  const { alice, bob, carol } = await three()
  const one = await alice.epochs.commit(alice.state, {})
  const two = await bob.epochs.commit(bob.state, {})
  alice.state = alice.epochs.follow(one.state, one.epoch.id)
  bob.state = bob.epochs.follow(two.state, two.epoch.id)
  const fromAlice = await seal(alice, utf8('on one'))
  const fromBob = await seal(bob, utf8('on two'))

  await take(carol, one.commit)
  expect((await open(carol, fromAlice)).epoch).toBe(one.epoch.id)
  carol.state = (await carol.epochs.receive(carol.state, two.commit, anything)).state
  expect(carol.epochs.current(carol.state).id).toBe(one.epoch.id)
  expect(carol.epochs.known(carol.state).map(({ number }) => number)).toEqual([1, 2, 2])
  // the other branch is read where it was written, also while it is not followed
  const other = await open(carol, fromBob)
  expect([utf8ToText(other.plaintext), other.epoch]).toEqual(['on two', two.epoch.id])

  carol.state = carol.epochs.follow(carol.state, two.epoch.id)
  await take(alice, two.commit)
  const sealed = await seal(carol, text)
  expect((await open(bob, sealed)).plaintext).toEqual(text)
  expect((await open(alice, sealed)).plaintext).toEqual(text)
  expect(alice.epochs.authenticator(alice.state)).toEqual(bob.epochs.authenticator(bob.state))
})

test('ML3 five epochs back can be returned to, six cannot', async () => {
  const { alice, bob } = await three()
  const rival = await bob.epochs.commit(bob.state, {})
  for (let round = 0; round < 5; round++) {
    const made = await alice.epochs.commit(alice.state, {})
    alice.state = alice.epochs.follow(made.state, made.epoch.id)
  }
  const { state, epoch } = await alice.epochs.receive(alice.state, rival.commit, anything)
  expect(alice.epochs.follow(state, epoch.id)).toBeInstanceOf(Map)
  const sixth = await alice.epochs.commit(alice.state, {})
  alice.state = alice.epochs.follow(sixth.state, sixth.epoch.id)
  await expect(alice.epochs.receive(alice.state, rival.commit, anything)).rejects.toMatchObject({ code: 'not-found' })
})

test('ML4 late messages are read for 32 epochs and 7 days, and once', async () => {
  const { alice, bob, stage } = await three()
  const sealed: Uint8Array[] = []
  for (let round = 0; round < 35; round++) {
    sealed.push(await seal(alice, utf8(`message ${round}`)))
    const made = await alice.epochs.commit(alice.state, {})
    alice.state = alice.epochs.follow(made.state, made.epoch.id)
    await take(bob, made.commit)
    stage.clock.set(stage.clock.now() + MINUTE)
  }
  const restarted = stage.restart(bob)
  for (const [round, one] of sealed.entries()) {
    if (round < 3) await expect(open(restarted, one)).rejects.toMatchObject({ code: 'not-found' })
    else expect(utf8ToText((await open(restarted, one)).plaintext)).toBe(`message ${round}`)
  }
  await expect(open(restarted, sealed[20]!)).rejects.toMatchObject({ code: 'conflict' })
  const full = sizeOf(bob)
  stage.clock.set(stage.clock.now() + 8 * DAY)
  bob.state = bob.epochs.sweep(bob.state)
  for (const one of sealed) await expect(open(bob, one)).rejects.toMatchObject({ code: 'not-found' })
  expect(sizeOf(bob)).toBeLessThan(full / 5)
  expect(bob.epochs.sweep(bob.state)).toBe(bob.state)
})

test('messages come out of order, skipped, twice and too early', async () => {
  const { alice, bob } = await three()
  const sealed: Uint8Array[] = []
  for (let index = 0; index < 12; index++) sealed.push(await seal(alice, utf8(`m${index}`)))
  for (const index of [11, 0, 7, 3]) expect(utf8ToText((await open(bob, sealed[index]!)).plaintext)).toBe(`m${index}`)
  await expect(open(bob, sealed[7]!)).rejects.toMatchObject({ code: 'conflict' })
  const made = await alice.epochs.commit(alice.state, {})
  alice.state = alice.epochs.follow(made.state, made.epoch.id)
  const early = await seal(alice, text)
  await expect(open(bob, early)).rejects.toMatchObject({ code: 'not-ready' })
  await take(bob, made.commit)
  expect((await open(bob, early)).plaintext).toEqual(text)
  expect(utf8ToText((await open(bob, sealed[5]!)).plaintext)).toBe('m5')
  // a commit whose parent has not come yet
  const next = await alice.epochs.commit(alice.state, {})
  alice.state = alice.epochs.follow(next.state, next.epoch.id)
  const after = await alice.epochs.commit(alice.state, {})
  await expect(bob.epochs.receive(bob.state, after.commit, anything)).rejects.toMatchObject({ code: 'not-ready' })
})

test('a device is removed, a new one is added, and the removed one reads nothing more', async () => {
  const { alice, bob, carol, stage } = await three()
  const dave = await stage.player('dave')
  const changed = await alice.suite.remove(alice.state, [bob.binding.device])
  alice.state = changed.state
  await take(carol, changed.toMembers!)
  const told = await bob.epochs.receive(bob.state, changed.toMembers!, anything)
  expect(told.epoch).toMatchObject({ isMember: false, removed: [{ device: bob.binding.device }] })
  bob.state = bob.epochs.follow(told.state, told.epoch.id)
  expect(bob.suite.members(bob.state)).toEqual([])
  await expect(seal(bob, text)).rejects.toMatchObject({ code: 'not-ready' })

  const added = await carol.suite.add(carol.state, [dave.member])
  carol.state = added.state
  await take(alice, added.toMembers!)
  await admit(dave, added.toNewcomers, added.tree)
  const sealed = await seal(dave, text)
  expect((await open(alice, sealed)).sender.did).toBe(dave.document.did)
  await expect(open(bob, sealed)).rejects.toMatchObject({ code: expect.stringMatching(/not-ready|not-found/) })
  expect(new Set(idsOf(alice))).toEqual(new Set([alice, carol, dave].map(({ binding }) => binding.device)))
})

test('MB1 an epoch’s keys are the same for all its members and for nobody else', async () => {
  const { alice, bob, carol } = await three()
  const before = await secretOf(alice)
  expect(await secretOf(bob)).toEqual(before)
  const changed = await alice.suite.remove(alice.state, [carol.binding.device])
  alice.state = changed.state
  await take(bob, changed.toMembers!)
  expect(await secretOf(alice)).toEqual(await secretOf(bob))
  expect(await secretOf(alice)).not.toEqual(before)
})

test('a state survives the disk at every step, and only what changed is another object', async () => {
  const { alice, bob, stage } = await three()
  const back = stage.restart(bob)
  const before = back.state
  await open(back, await seal(alice, text))
  const { put, drop } = diffState(before, back.state)
  expect([...put.keys()].map((name) => name.split('/').at(-1))).toEqual(['secrets'])
  expect(drop).toEqual([])
  expect(diffState(undefined, back.state).put).toEqual(back.state)
  const again = stage.restart(back)
  const made = await again.epochs.commit(again.state, {})
  await take(alice, made.commit)
  again.state = again.epochs.follow(made.state, made.epoch.id)
  expect((await open(alice, await seal(stage.restart(again), text))).plaintext).toEqual(text)
})

test('a device that is taken out and in again by one commit knows that it has to come in anew', async () => {
  const { alice, bob, carol } = await three()
  const { device } = bob.binding
  const made = await alice.epochs.commit(alice.state, { remove: [device], add: [bob.keys.keyPackage] })
  const { epoch, state } = await bob.epochs.receive(bob.state, made.commit, anything)
  expect(epoch.isMember).toBe(false)
  expect((await carol.epochs.receive(carol.state, made.commit, anything)).epoch.isMember).toBe(true)
  const joined = await bob.epochs.join({ welcome: made.welcome!, tree: made.tree!, keys: bob.keys })
  bob.state = bob.epochs.enter(state, joined.state)
  expect(bob.epochs.current(bob.state)).toMatchObject({ id: made.epoch.id, isMember: true })
  alice.state = alice.epochs.follow(made.state, made.epoch.id)
  expect((await open(bob, await seal(alice, text))).plaintext).toEqual(text)
  // the same again changes nothing
  expect(bob.epochs.enter(bob.state, joined.state)).toEqual(bob.state)
})

describe('ML1 the authentication service', () => {
  test('lets nobody in whose account does not list the device', async () => {
    const { alice, bob, stage } = await three()
    const dave = await stage.player('dave')
    stage.documents.delete(dave.document.did)
    await expect(alice.suite.add(alice.state, [dave.member])).rejects.toMatchObject({ code: 'not-ready' })
    // somebody careless added it: nobody else follows
    stage.documents.set(dave.document.did, [dave.document])
    const careless = await alice.epochs.commit(alice.state, { add: [dave.keys.keyPackage] })
    stage.documents.set(dave.document.did, [bob.document])
    await expect(stage.restart(bob).epochs.receive(bob.state, careless.commit, anything)).rejects.toMatchObject({
      code: 'untrusted'
    })
  })

  test('refuses a binding under another key than the device’s', async () => {
    const { alice, bob } = await three()
    // mallory shows bob's binding and signs with a key of their own
    const mls = createTsMls('mls-x25519', random)
    const { account } = alice
    const forged = await mls.makeKeyPackage(
      { credential: bob.account.device.binding, signatureKey: account.device.key, signatureSeed: account.device.seed },
      { notBefore: START - MINUTE, notAfter: START + DAY }
    )
    await expect(alice.epochs.readKeyPackage(forged.keyPackage)).rejects.toMatchObject({ code: 'untrusted' })
    const added = alice.epochs.commit(alice.state, { add: [forged.keyPackage] })
    await expect(added).rejects.toMatchObject({ code: 'untrusted' })
  })

  test('a binding is good when it was committed, and no longer when it is added after its end', async () => {
    const { alice, bob, carol, stage } = await three()
    const dave = await stage.player('dave')
    stage.clock.set(dave.binding.expires - DAY)
    const keys = await dave.epochs.makeKeyPackage({ notBefore: START, notAfter: dave.binding.expires + 30 * DAY })
    const made = await alice.epochs.commit(alice.state, { add: [keys.keyPackage] })
    stage.clock.set(dave.binding.expires + 2 * DAY)
    expect((await bob.epochs.receive(bob.state, made.commit, anything)).epoch.added).toHaveLength(1)
    await expect(carol.epochs.commit(carol.state, { add: [keys.keyPackage] })).rejects.toMatchObject({
      code: 'untrusted'
    })
  })

  test('a late commit may add a device that its account’s older document listed', async () => {
    const { alice, bob, stage } = await three()
    const dave = await stage.player('dave')
    const made = await alice.epochs.commit(alice.state, { add: [dave.keys.keyPackage] })
    const newer = { ...dave.document, devices: [], hash: new Uint8Array(32) }
    stage.documents.set(dave.document.did, [newer, dave.document])
    expect((await bob.epochs.receive(bob.state, made.commit, anything)).epoch.added).toHaveLength(1)
  })

  test('a renewed binding replaces the old one, and stays the same device', async () => {
    const { alice, bob } = await three()
    const made = await alice.epochs.commit(alice.state, { binding: alice.account.device.binding })
    await take(bob, made.commit)
    alice.state = alice.epochs.follow(made.state, made.epoch.id)
    expect(idsOf(bob)).toContain(alice.binding.device)
    const stolen = alice.epochs.commit(alice.state, { binding: bob.account.device.binding })
    await expect(stolen.then(({ commit }) => bob.epochs.receive(bob.state, commit, anything))).rejects.toMatchObject({
      code: 'untrusted'
    })
  })
})

describe('is refused', () => {
  test('RO2 a commit that the roster does not allow: a non-admin’s fork is nobody’s epoch', async () => {
    const { alice, bob, carol } = await three()
    const made = await carol.epochs.commit(carol.state, { remove: [bob.binding.device] })
    const onlyAlice = ({ committer, removed }: { committer: { did: string }; removed: readonly unknown[] }): boolean =>
      removed.length === 0 || committer.did === alice.document.did
    await expect(alice.epochs.receive(alice.state, made.commit, onlyAlice)).rejects.toMatchObject({ code: 'untrusted' })
    // and whatever carol writes on that fork has no place to be read
    carol.state = carol.epochs.follow(made.state, made.epoch.id)
    await expect(open(alice, await seal(carol, text))).rejects.toMatchObject({ code: 'not-ready' })
    expect(alice.epochs.known(alice.state).map(({ id }) => id)).not.toContain(made.epoch.id)
    expect((await open(bob, await seal(alice, text))).plaintext).toEqual(text)
  })

  test('a forged Welcome: other group, other tree, or a tree with a stranger in it', async () => {
    const { alice, bob, carol, stage } = await three()
    const dave = await stage.player('dave')
    const made = await alice.epochs.commit(alice.state, { add: [dave.keys.keyPackage] })
    const welcome = made.welcome!
    const said = mlsWelcome.decode(welcome)
    const other = mlsWelcome.encode({ ...said, group: random.bytes(32) })
    const joinWith = (forged: { welcome: Uint8Array; tree: Uint8Array }) =>
      dave.epochs.join({ ...forged, keys: dave.keys })
    await expect(joinWith({ welcome: other, tree: made.tree! })).rejects.toMatchObject({ code: 'untrusted' })
    const rival = await bob.epochs.commit(bob.state, { add: [dave.keys.keyPackage], remove: [carol.binding.device] })
    await expect(joinWith({ welcome, tree: rival.tree! })).rejects.toMatchObject({ code: 'untrusted' })
    const { did } = bob.document
    stage.documents.delete(did)
    await expect(joinWith({ welcome, tree: made.tree! })).rejects.toMatchObject({ code: 'not-ready' })
    stage.documents.set(did, [bob.document])
    expect((await joinWith({ welcome, tree: made.tree! })).group).toEqual(group)
  })

  test('messages and commits of another session', async () => {
    const { alice, bob } = await three()
    const elsewhere = await alice.suite.create({
      group: random.bytes(32),
      generation: 0,
      members: [alice.member, bob.member]
    })
    const { sealed } = await alice.suite.seal(elsewhere.state, text, 0)
    await expect(open(bob, sealed)).rejects.toMatchObject({ code: 'untrusted' })
    const { commit } = await alice.epochs.commit(elsewhere.state, {})
    await expect(bob.epochs.receive(bob.state, commit, anything)).rejects.toMatchObject({ code: 'untrusted' })
    await expect(open(bob, commit)).rejects.toMatchObject({ code: 'malformed' })
  })

  test('a member without a key package, and more devices than the suite can hold', async () => {
    const { alice, stage } = await three()
    const dave = await stage.player('dave')
    const { keyPackage: _, ...bare } = dave.member
    await expect(alice.suite.add(alice.state, [bare])).rejects.toMatchObject({ code: 'not-ready' })
    const crowd = Array.from({ length: 998 }, () => dave.member)
    await expect(alice.suite.add(alice.state, crowd)).rejects.toMatchObject({ code: 'quota' })
  })

  test('a flood of rival commits by one device', async () => {
    const { alice, bob, carol } = await three()
    let refused = 0
    for (let index = 0; index < 6; index++) {
      const made = await alice.epochs.commit(alice.state, {})
      alice.state = made.state
      const done = await bob.epochs.receive(bob.state, made.commit, anything).catch((error: unknown) => codeOf(error))
      if (typeof done === 'string') {
        expect(done).toBe('quota')
        refused++
      } else bob.state = done.state
    }
    expect(refused).toBe(2)
    // it does not use up what others may do
    const other = await carol.epochs.commit(carol.state, {})
    await take(bob, other.commit)
    expect(bob.epochs.current(bob.state).id).toBe(other.epoch.id)
  })

  test('a newcomer is not locked out by a silent member whose binding just ended, but by one that ended long ago', async () => {
    const { alice, bob, stage } = await three()
    const dave = await stage.player('dave')
    const { expires } = bob.binding
    stage.clock.set(expires - 2 * DAY)
    dave.keys = await dave.epochs.makeKeyPackage({ notBefore: expires - 3 * DAY, notAfter: expires })
    const made = await alice.epochs.commit(alice.state, { add: [dave.keys.keyPackage] })
    stage.clock.set(expires + 20 * DAY)
    const joining = () => dave.epochs.join({ welcome: made.welcome!, tree: made.tree!, keys: dave.keys })
    expect((await joining()).group).toEqual(group)
    stage.clock.set(expires + 100 * DAY)
    await expect(
      stage.restart(dave).epochs.join({ welcome: made.welcome!, tree: made.tree!, keys: dave.keys })
    ).rejects.toMatchObject({
      code: 'untrusted'
    })
  })

  test('the state of another suite', async () => {
    const { alice } = await three()
    await expect(alice.suite.seal(new Uint8Array(3), text, 0)).rejects.toMatchObject({ code: 'internal' })
  })
})
