/**
 * Devices with plain credentials for tests of the MLS adapter alone, and a group of them that carries commits around by hand.
 */
import { utf8 } from '../../../../src/base/bytes.ts'
import { seededRandom, type Random } from '../../../../src/base/random.ts'
import { ed25519PublicKey } from '../../../../src/crypto/ed25519.ts'
import type { Committed, Epoch, KeyPackagePair, Mls, MlsSuiteName, Own } from '../../../../src/crypto/mls/mls.ts'
import { createTsMls } from '../../../../src/crypto/mls/ts-mls.ts'

export const NOW = Date.UTC(2026, 10, 20, 12)
export const LIFETIME = { notBefore: NOW - 3_600_000, notAfter: NOW + 30 * 86_400_000 }
export const NOTHING = new Uint8Array()
export const trusting = async (): Promise<boolean> => true
export const allow = { isAllowed: (): boolean => true, check: trusting, now: NOW }

export interface Device {
  readonly name: string
  readonly own: Own
  readonly keys: KeyPackagePair
}

export interface Seat extends Device {
  epoch: Epoch
}

export const makeDevice = async (mls: Mls, name: string, random: Random): Promise<Device> => {
  const signatureSeed = random.bytes(32)
  const own: Own = { credential: utf8(name), signatureSeed, signatureKey: ed25519PublicKey(signatureSeed) }
  return { name, own, keys: await mls.makeKeyPackage(own, LIFETIME) }
}

export interface Table {
  readonly mls: Mls
  readonly random: Random
  readonly seats: Seat[]
  /** A commit by one, applied by all others who stay; newcomers join. Answers what was sent. */
  commit(by: Seat, change: { readonly add?: readonly Device[]; readonly remove?: readonly Seat[] }): Promise<Committed>
  device(name: string): Promise<Device>
  indexOf(seat: Seat): number
}

export const setTable = async (name: MlsSuiteName, seed: number, size: number): Promise<Table> => {
  const random = seededRandom(seed)
  const mls = createTsMls(name, random)
  const seats: Seat[] = []
  const device = (who: string): Promise<Device> => makeDevice(mls, who, random)
  const indexOf = (seat: Seat): number => mls.ownLeaf(seat.epoch).index
  const commit: Table['commit'] = async (by, { add = [], remove = [] }) => {
    const made = await mls.commit(by.epoch, {
      add: add.map(({ keys }) => keys.keyPackage),
      remove: remove.map(indexOf),
      aad: NOTHING,
      check: trusting,
      now: NOW
    })
    for (const seat of seats) {
      if (seat === by || remove.includes(seat)) continue
      const { after } = await mls.process(seat.epoch, made.commit, allow)
      if (after === undefined) throw new Error(`${seat.name} was removed`)
      seat.epoch = after
    }
    by.epoch = made.after
    for (const seat of remove) seats.splice(seats.indexOf(seat), 1)
    for (const newcomer of add) {
      if (made.welcome === undefined || made.tree === undefined) throw new Error('no Welcome')
      const { welcome, tree } = made
      const { keys, own } = newcomer
      seats.push({ ...newcomer, epoch: await mls.join({ welcome, tree, keys, own, check: trusting, now: NOW }) })
    }
    return made
  }
  const founder = await device('m0')
  seats.push({ ...founder, epoch: await mls.create({ groupId: random.bytes(32), own: founder.own, now: NOW }) })
  const table = { mls, random, seats, commit, device, indexOf }
  if (size > 1) {
    const add = await Promise.all(Array.from({ length: size - 1 }, (_, index) => device(`m${index + 1}`)))
    await commit(seats[0]!, { add })
  }
  return table
}
