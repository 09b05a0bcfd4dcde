/**
 * SU2: MLS as a conversation suite, over whatever library stands behind crypto/mls/mls.ts. What leaves the device is made
 * here; when it leaves, who may commit and which of rival epochs is followed is decided by the messenger (RO2, ML2, ML3).
 */
import { compareBytes, sameBytes } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import { commitNote, MAX_COMMIT_BYTES, MAX_KEY_PACKAGE_BYTES, mlsWelcome } from '../../wire/mls.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../device-id.ts'
import { didFromKey } from '../did.ts'
import { sha256 } from '../hash.ts'
import { type Authentication, readCredential } from '../mls/authentication.ts'
import { loadLine, saveLine } from '../mls/line-state.ts'
import { age, currentOf, find, idOf, keep, type Kept, type Line, put, putPast } from '../mls/line.ts'
import type { CheckCredential, Leaf, Mls, Own } from '../mls/mls.ts'
import { createEntry, enter, MAX_AHEAD_MS } from './mls-entry.ts'
import type {
  EpochInfo,
  Epochs,
  Member,
  OwnCommit,
  SessionMember,
  SessionState,
  Suite,
  SuiteProperties
} from '../suite.ts'

const PROPERTIES: Readonly<Record<Mls['name'], SuiteProperties>> = {
  'mls-xwing': { forwardSecrecy: true, postCompromise: true, postQuantum: true, largestGroup: 256 },
  'mls-x25519': { forwardSecrecy: true, postCompromise: true, postQuantum: false, largestGroup: 1000 }
}

/** A device commits once an epoch, a few times when it crashes; more only fills disks. */
const MAX_RIVALS_A_DEVICE = 4
/** Each is as large as the group. */
const MAX_EPOCHS = 64

const NOTHING = new Uint8Array()

/** A leaf's owner. Its credential was checked when it came in. */
const whoIs = ({ credential, signatureKey }: Pick<Leaf, 'credential' | 'signatureKey'>): SessionMember => ({
  // in a past epoch only the did's key is left of a credential
  did: credential.length === 32 ? didFromKey(credential) : readCredential(credential).did,
  device: deviceIdFromKey(signatureKey)
})
/** Asked for at every message; the same bytes are the same tree. */
const membersByTree = new WeakMap<Uint8Array, readonly SessionMember[]>()

const shorten = (credential: Uint8Array): Uint8Array => readCredential(credential).didKey

const isAnyOf = (error: unknown, ...codes: readonly string[]): error is AppError =>
  error instanceof AppError && codes.includes(error.code)

export interface MlsSuiteOptions {
  readonly mls: Mls
  /** This device: its binding and its key. */
  readonly own: () => Own
  readonly authentication: Authentication
  /** Corrected (CL1). */
  readonly clock: Pick<Clock, 'now'>
}

export const createMlsSuite = ({ mls, own, authentication, clock }: MlsSuiteOptions): Suite => {
  const properties = PROPERTIES[mls.name]
  const load = (state: SessionState): Line => loadLine(mls, state, own())
  const checkAt =
    (at: number): CheckCredential =>
    (credential, signatureKey) =>
      authentication.check(credential, signatureKey, at)

  const entry = createEntry({ mls, own, clock, checkAt, largestGroup: properties.largestGroup })

  const commit: Epochs['commit'] = async (state, options) => {
    const { line, ...rest } = await commitTo(load(state), options)
    return { ...rest, state: saveLine(line) }
  }

  const commitTo = async (
    line: Line,
    { add = [], remove = [], binding }: Parameters<Epochs['commit']>[1]
  ): Promise<Omit<OwnCommit, 'state'> & { readonly line: Line }> => {
    if (line.epochs.length >= MAX_EPOCHS) throw new AppError('quota', 'too many commits that nobody followed')
    const now = clock.now()
    const parent = currentOf(line)
    const epoch = parent.epoch()
    const leaves = mls.leaves(epoch)
    const dropped = remove.map((device) => leafOf(leaves, keyFromDeviceId(device)))
    if (leaves.length - dropped.length + add.length > properties.largestGroup) {
      throw new AppError('quota', `more than ${properties.largestGroup} devices`)
    }
    // a commit that only adds renews no leaf
    if (binding !== undefined && add.length > 0 && remove.length === 0) {
      throw new AppError('internal', 'a new binding goes with a commit of its own')
    }
    const issued = Math.max(now, parent.info.issued)
    const made = await mls.commit(epoch, {
      add,
      remove: dropped.map(({ index }) => index),
      ...(binding && { credential: binding }),
      aad: commitNote.encode({ version: 1, issued }),
      check: checkAt(issued),
      now
    })
    if (made.commit.length > MAX_COMMIT_BYTES && leaves.length > 1) {
      throw new AppError('too-large', 'too many changes for one commit')
    }
    const id = sha256(made.commit)
    const newcomers = await Promise.all(add.map((one) => mls.readKeyPackage(one)))
    const info: EpochInfo = {
      id: idOf(id),
      parent: parent.info.id,
      number: mls.number(made.after),
      committer: whoIs(mls.ownLeaf(epoch)),
      added: newcomers.map(whoIs),
      removed: dropped.map(whoIs),
      issued,
      isMember: true
    }
    const welcome =
      made.welcome &&
      mlsWelcome.encode({
        version: 1,
        group: line.group,
        generation: line.generation,
        commit: id,
        issued,
        welcome: made.welcome
      })
    return {
      line: put(put(line, keep(mls, parent.info, made.before)), keep(mls, info, made.after)),
      epoch: info,
      commit: made.commit,
      ...(welcome && { welcome }),
      ...(made.tree && { tree: made.tree })
    }
  }

  const follow = (line: Line, id: EpochInfo['id']): Line => {
    const { info } = find(line, id)
    const moved = line.current === info.id ? line : { ...line, current: info.id, head: undefined }
    return age(mls, moved, clock.now(), shorten)
  }

  const commitAndFollow = async (state: SessionState, options: Parameters<Epochs['commit']>[1]) => {
    const { line, epoch, welcome, tree, ...made } = await commitTo(load(state), options)
    return {
      state: saveLine(follow(line, epoch.id)),
      toMembers: made.commit,
      ...(welcome && { toNewcomers: welcome }),
      ...(tree && { tree })
    }
  }

  const receive: Epochs['receive'] = async (state, data, isAllowed) => {
    const line = load(state)
    if (data.length > MAX_COMMIT_BYTES) throw new AppError('too-large', 'commit')
    const id = idOf(sha256(data))
    // ML2: an own commit that comes back, or one that came twice
    const known = line.epochs.find(({ info }) => info.id === id)
    if (known !== undefined) return { state, epoch: known.info }
    const { groupId, number, kind, aad } = mls.peek(data)
    if (kind !== 'commit' || !sameBytes(groupId, line.group)) throw new AppError('untrusted', 'no commit of this group')
    const { issued } = commitNote.decode(aad)
    let last: AppError = missing(line, number)
    for (const parent of candidates(line, number)) {
      try {
        return await apply(line, parent, { data, issued, isAllowed })
      } catch (error) {
        if (!isAnyOf(error, 'undecryptable', 'conflict')) throw error
        last = error
      }
    }
    throw orElsewhere(last)
  }

  const apply = async (
    line: Line,
    parent: Kept,
    arrived: {
      readonly data: Uint8Array
      readonly issued: number
      readonly isAllowed: Parameters<Epochs['receive']>[2]
    }
  ): Promise<{ readonly state: SessionState; readonly epoch: EpochInfo }> => {
    const { data, issued, isAllowed } = arrived
    const now = clock.now()
    const floor = parent.info.issued
    const at = Math.min(Math.max(issued, floor), Math.max(now, floor) + MAX_AHEAD_MS)
    const done = await mls.process(parent.epoch(), data, {
      now,
      check: checkAt(at),
      isAllowed: (view) =>
        isAllowed({
          number: parent.info.number,
          committer: whoIs(view.committer),
          added: view.added.map(whoIs),
          removed: view.removed.map(whoIs)
        })
    })
    const { view, before, after, committer } = done
    const was = whoIs(view.committer)
    // ML1: a renewed credential is the same device of the same account
    if (committer !== undefined && whoIs(committer).did !== was.did) {
      throw new AppError('untrusted', 'a committer changed its account')
    }
    if (committer !== undefined && !sameBytes(committer.signatureKey, view.committer.signatureKey)) {
      throw new AppError('untrusted', 'a committer changed its device')
    }
    if (after !== undefined && mls.leaves(after).length > properties.largestGroup) {
      throw new AppError('quota', `more than ${properties.largestGroup} devices`)
    }
    refuseCrowd(line, parent, was)
    const info: EpochInfo = {
      id: idOf(sha256(data)),
      parent: parent.info.id,
      number: parent.info.number + 1,
      committer: was,
      added: view.added.map(whoIs),
      removed: view.removed.map(whoIs),
      issued: at,
      isMember: after !== undefined
    }
    const next = put(put(line, keep(mls, parent.info, before)), keep(mls, info, after))
    return { state: saveLine(next), epoch: info }
  }

  const membersOf = ({ parts, epoch }: Kept): readonly SessionMember[] => {
    if (parts === undefined) return []
    const found = membersByTree.get(parts.tree) ?? mls.leaves(epoch()).map(whoIs)
    membersByTree.set(parts.tree, found)
    return found
  }

  const open: Suite['open'] = async (state, sealed) => {
    const line = load(state)
    const { groupId, number, kind } = mls.peek(sealed)
    if (kind !== 'message') throw new AppError('malformed', 'a commit is not a message')
    if (!sameBytes(groupId, line.group)) throw new AppError('untrusted', 'sealed for another session')
    let last: AppError = missing(line, number)
    const note = (error: unknown): void => {
      if (!isAnyOf(error, 'undecryptable', 'conflict')) throw error
      // that one branch opened it before says more than that another cannot
      if (last.code !== 'conflict') last = error
    }
    for (const kept of candidates(line, number)) {
      try {
        const { epoch, plaintext, sender } = await mls.open(kept.epoch(), sealed)
        const next = put(line, keep(mls, kept.info, epoch))
        return { state: saveLine(next), sender: whoIs(sender), plaintext, epoch: kept.info.id }
      } catch (error) {
        note(error)
      }
    }
    for (const one of line.pasts.filter((past) => past.number === number)) {
      try {
        const { past, plaintext, sender } = await mls.openPast(one.past(), sealed)
        const next = putPast(mls, line, one.id, past)
        return { state: saveLine(next), sender: whoIs(sender), plaintext, epoch: one.id }
      } catch (error) {
        note(error)
      }
    }
    throw orElsewhere(last)
  }

  return {
    id: mls.name,
    properties,
    propertiesOf: () => properties,
    create: async ({ group, generation, members }) => {
      const line = await entry.found(group, generation)
      const ownDevice = deviceIdFromKey(own().signatureKey)
      const others = members.filter(({ device }) => device !== ownDevice)
      if (others.length === 0) return { state: saveLine(line) }
      const { toMembers: _, ...changed } = await commitAndFollow(saveLine(line), { add: keyPackagesOf(others) })
      return changed // nobody was there to be told of the commit
    },
    add: async (state, members) => commitAndFollow(state, { add: keyPackagesOf(members) }),
    remove: async (state, devices) => commitAndFollow(state, { remove: devices }),
    members: (state) => membersOf(currentOf(load(state))),
    seal: async (state, plaintext) => {
      const line = load(state)
      const kept = currentOf(line)
      const { epoch, sealed } = await mls.seal(kept.epoch(), plaintext, NOTHING)
      return { state: saveLine(put(line, keep(mls, kept.info, epoch))), sealed }
    },
    open,
    epochs: {
      makeKeyPackage: (lifetime) => mls.makeKeyPackage(own(), lifetime),
      readKeyPackage: async (data) => {
        if (data.length > MAX_KEY_PACKAGE_BYTES) throw new AppError('too-large', 'key package')
        const { credential, signatureKey, notBefore, notAfter } = await mls.readKeyPackage(data)
        const now = clock.now()
        if (!(await authentication.check(credential, signatureKey, now))) {
          throw new AppError('untrusted', 'a key package of an unbound device')
        }
        if (notAfter <= now || notBefore > now + MAX_AHEAD_MS) throw new AppError('untrusted', 'an expired key package')
        return { ...whoIs({ credential, signatureKey }), notAfter }
      },
      join: async (options) => {
        const line = await entry.join(options)
        return { state: saveLine(line), group: line.group, generation: line.generation }
      },
      enter: (state, joined) => saveLine(enter(load(state), load(joined))),
      commit,
      receive,
      follow: (state, id) => saveLine(follow(load(state), id)),
      sweep: (state) => {
        const line = load(state)
        const swept = age(mls, line, clock.now(), shorten)
        return swept === line ? state : saveLine(swept)
      },
      current: (state) => currentOf(load(state)).info,
      membersIn: (state, id) => membersOf(find(load(state), id)),
      known: (state) =>
        load(state)
          .epochs.map(({ info }) => info)
          .toSorted((a, b) => a.number - b.number),
      authenticator: (state) => mls.authenticator(currentOf(load(state)).epoch()),
      exportSecret: (state, domain, size) => mls.exportSecret(currentOf(load(state)).epoch(), domain, NOTHING, size)
    }
  }
}

const leafOf = (leaves: readonly Leaf[], signatureKey: Uint8Array): Leaf => {
  const found = leaves.find((leaf) => compareBytes(leaf.signatureKey, signatureKey) === 0)
  if (found === undefined) throw new AppError('not-found', 'no such device in the session')
  return found
}

const keyPackagesOf = (members: readonly Member[]): readonly Uint8Array[] =>
  members.map(({ device, keyPackage }) => {
    if (keyPackage === undefined) throw new AppError('not-ready', `no key package of ${device}`)
    return keyPackage
  })

/** The epochs that a sealed thing may belong to: of its number, the current branch first. */
const candidates = (line: Line, number: number): readonly Kept[] =>
  line.epochs
    .filter(({ info, parts }) => info.number === number && parts !== undefined)
    .toSorted((a, b) => Number(b.info.id === line.current) - Number(a.info.id === line.current))

const missing = (line: Line, number: number): AppError =>
  line.epochs.some(({ info }) => info.number >= number)
    ? new AppError('not-found', `epoch ${number} is gone`)
    : new AppError('not-ready', `epoch ${number} has not come yet`)

/**
 * What no epoch of its number opens may be spoilt, or of a branch whose commit has not come: nobody can tell. Callers keep
 * such things for a while, within bounds.
 */
const orElsewhere = (error: AppError): AppError =>
  error.code === 'undecryptable'
    ? new AppError('not-ready', 'sealed in an epoch that we do not know', { cause: error })
    : error

const refuseCrowd = (line: Line, parent: Kept, { device }: SessionMember): void => {
  const rivals = line.epochs.filter(({ info }) => info.parent === parent.info.id && info.committer?.device === device)
  if (rivals.length >= MAX_RIVALS_A_DEVICE || line.epochs.length >= MAX_EPOCHS) {
    throw new AppError('quota', 'too many rival commits')
  }
}
