/**
 * Group `mls`: what a session costs at 2, 16, 50, 256 and 1,000 devices, in one thread of Node, in milliseconds and in bytes
 * that travel. Bindings have their real size, but their OpenPGP signatures are not checked here: that is once for each device
 * and cached. `create` and `join`: Welcome and tree; `add` and `commit` (own leaf renewed): the commit; `seal`
 * and `open`: a message of 200 bytes. `warm` is a commit after everybody, or some of many, has committed once; `state` is what a device keeps of one epoch.
 */
import { seededRandom } from '../src/base/random.ts'
import { deviceIdFromKey } from '../src/crypto/device-id.ts'
import { didFromKey } from '../src/crypto/did.ts'
import { ed25519PublicKey } from '../src/crypto/ed25519.ts'
import type { MlsSuiteName, Own } from '../src/crypto/mls/mls.ts'
import { createTsMls } from '../src/crypto/mls/ts-mls.ts'
import type { Epochs, KeyPackagePair, Member, SessionState, Suite } from '../src/crypto/suite.ts'
import { createMlsSuite } from '../src/crypto/suites/mls.ts'
import { binding, bindingBody } from '../src/wire/binding.ts'
import { median } from './percentiles.ts'

interface Cost {
  readonly ms: number
  readonly bytes: number
}
type Costs = Readonly<Record<'create' | 'add' | 'commit' | 'warm' | 'join' | 'seal' | 'open', Cost>> & {
  readonly suite: MlsSuiteName
  /** What a device keeps of one epoch, and what one message rewrites of it. */
  readonly state: { readonly bytes: number; readonly rewritten: number }
}

const SIZES = [2, 16, 50, 256, 1000] as const
const MESSAGES = 50
const TEXT = new Uint8Array(200).fill(97)
const random = seededRandom(1)

export const measureMls = async (): Promise<Readonly<Record<string, Costs>>> => {
  const results: Record<string, Costs> = {}
  for (const size of SIZES) results[`n${size}`] = await measureSize(size)
  return results
}

interface Device {
  readonly suite: Suite
  readonly epochs: Epochs
  readonly keys: KeyPackagePair
  readonly member: Member
}

const NOW = Date.UTC(2026, 10, 20)
const DAY = 86_400_000

const makeOwn = (): Own => {
  const signatureSeed = random.bytes(32)
  const signatureKey = ed25519PublicKey(signatureSeed)
  const body = bindingBody.encode({
    version: 1,
    didKey: signatureKey,
    generation: 0,
    device: signatureKey,
    signing: random.bytes(32),
    encryption: [random.bytes(32), random.bytes(32)],
    salt: random.bytes(32),
    issued: NOW,
    expires: NOW + 365 * DAY
  })
  const credential = binding.encode({ version: 1, body, signature: random.bytes(120) })
  return { credential, signatureKey, signatureSeed }
}

const makeDevice = async (name: MlsSuiteName): Promise<Device> => {
  const own = makeOwn()
  const suite = createMlsSuite({
    mls: createTsMls(name, random),
    own: () => own,
    authentication: { check: async () => true },
    clock: { now: () => NOW }
  })
  if (suite.epochs === undefined) throw new Error('not an MLS suite')
  const keys = await suite.epochs.makeKeyPackage({ notBefore: NOW - DAY, notAfter: NOW + 30 * DAY })
  const member = {
    did: didFromKey(own.signatureKey),
    device: deviceIdFromKey(own.signatureKey),
    certificate: new Uint8Array(),
    signing: new Uint8Array(),
    encryption: [],
    keyPackage: keys.keyPackage
  }
  return { suite, epochs: suite.epochs, keys, member }
}

const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const start = performance.now()
  const result = await work()
  return [result, Math.round((performance.now() - start) * 100) / 100]
}
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('nothing came out')
  return value
}
const partsOf = (state: SessionState): ReadonlyMap<string, Uint8Array> => {
  if (state instanceof Uint8Array) throw new Error('not an MLS state')
  return state
}
const sum = (parts: Iterable<Uint8Array>): number => [...parts].reduce((all, part) => all + part.length, 0)

const measureSize = async (size: number): Promise<Costs> => {
  const name = size > 256 ? 'mls-x25519' : 'mls-xwing'
  const devices: Device[] = []
  // one more than the size, for `add`; at the largest the last place is left for it
  const seats = size === 256 || size === 1000 ? size - 1 : size
  for (let index = 0; index <= seats; index++) devices.push(await makeDevice(name))
  const [alice, bob, ...others] = devices as [Device, Device, ...Device[]]
  const newcomer = must(others.pop() ?? bob)
  const members = [alice, bob, ...others].map(({ member }) => member)

  const [created, createMs] = await timed(() => alice.suite.create({ group: random.bytes(32), generation: 0, members }))
  const welcome = must(created.toNewcomers)
  const tree = must(created.tree)
  const [joined, joinMs] = await timed(() => bob.epochs.join({ welcome, tree, keys: bob.keys }))

  const renewals: number[] = []
  let commitBytes = 0
  for (let run = 0; run < 3; run++) {
    const [made, ms] = await timed(() => alice.epochs.commit(created.state, {}))
    renewals.push(ms)
    commitBytes = made.commit.length
  }
  const [added, addMs] = await timed(() =>
    alice.epochs.commit(created.state, { add: [must(newcomer.member.keyPackage)] })
  )
  const warm = await measureWarm(created.state, alice, { bob, others, welcome, tree })

  let from = created.state
  let to: SessionState = joined.state
  const sealing: number[] = []
  const opening: number[] = []
  let sealedBytes = 0
  let rewritten = 0
  for (let index = 0; index < MESSAGES; index++) {
    const [sealed, sealMs] = await timed(() => alice.suite.seal(from, TEXT, NOW))
    const [opened, openMs] = await timed(() => bob.suite.open(to, sealed.sealed))
    const before = partsOf(to)
    rewritten = sum([...partsOf(opened.state)].flatMap(([part, data]) => (before.get(part) === data ? [] : [data])))
    from = sealed.state
    to = opened.state
    sealing.push(sealMs)
    opening.push(openMs)
    sealedBytes = sealed.sealed.length
  }
  return {
    suite: name,
    create: { ms: createMs, bytes: welcome.length + tree.length },
    add: { ms: addMs, bytes: added.commit.length },
    commit: { ms: median(renewals), bytes: commitBytes },
    warm,
    join: { ms: joinMs, bytes: welcome.length + tree.length },
    seal: { ms: median(sealing), bytes: sealedBytes },
    open: { ms: median(opening), bytes: sealedBytes },
    state: { bytes: sum(partsOf(joined.state).values()), rewritten }
  }
}

/** How many commit before a group counts as warm; all of a thousand would take an hour. */
const WARM_COMMITS = 16
const WARM_COMMITS_LARGE = 8

/** Commits by members spread over the tree fill it with keys, so that the next one is sealed to few. */
const measureWarm = async (
  founded: SessionState,
  alice: Device,
  group: {
    readonly bob: Device
    readonly others: readonly Device[]
    readonly welcome: Uint8Array
    readonly tree: Uint8Array
  }
): Promise<Cost> => {
  const { welcome, tree } = group
  const all = [group.bob, ...group.others]
  const wanted = all.length > 256 ? WARM_COMMITS_LARGE : WARM_COMMITS
  const committers = all.filter((_, at) => at % Math.ceil(all.length / wanted) === 0)
  let mine = founded
  const states = new Map<Device, SessionState>()
  for (const one of committers) states.set(one, (await one.epochs.join({ welcome, tree, keys: one.keys })).state)
  const take = async (device: Device, state: SessionState, commit: Uint8Array): Promise<SessionState> => {
    const received = await device.epochs.receive(state, commit, () => true)
    return device.epochs.follow(received.state, received.epoch.id)
  }
  for (const one of committers) {
    const made = await one.epochs.commit(must(states.get(one)), {})
    for (const other of committers) {
      const state = must(states.get(other))
      states.set(
        other,
        other === one ? one.epochs.follow(made.state, made.epoch.id) : await take(other, state, made.commit)
      )
    }
    mine = await take(alice, mine, made.commit)
  }
  const [made, ms] = await timed(() => alice.epochs.commit(mine, {}))
  return { ms, bytes: made.commit.length }
}
