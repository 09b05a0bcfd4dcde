/**
 * What opens the store on this device (decisions 0090, 0121). One record lies open: the keyring, and, as long as the person
 * set neither a passphrase nor a passkey, the secret that opens it. It is always written whole, so that after a crash
 * either the old way opens or the new one.
 */
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { wipeSecret } from '../base/secret.ts'
import {
  type AtRestKeys,
  createKeyring,
  dropOpener,
  listOpeners,
  type Opener,
  type OpenerName,
  setOpener,
  unlockKeyring
} from '../crypto/keyring.ts'
import type { Argon2Cost, CostBounds } from '../crypto/passphrase.ts'
import { UNLOCK_BOUNDS } from '../crypto/passphrase.ts'
import { createVault } from '../crypto/vault.ts'
import { type LockView, PASSKEY_SALT, type Unlock } from '../model/security-views.ts'
import type { Disk } from '../store/disk.ts'
import { SCHEMA_VERSION } from '../store/migrations.ts'
import type { Vault } from '../store/sealed/vault.ts'

interface Ring {
  /** One letter, on every id that was sealed under it. */
  readonly generation: string
  readonly keyring: Uint8Array
  /** Opens it without anybody: lies on the same disk, so it protects from nobody who has the disk. */
  readonly device?: Uint8Array
}

interface LockRecord {
  readonly ring: Ring
  /** Some rows are still sealed under it: kept until none is. */
  readonly previous?: Ring
  readonly timeoutMinutes?: number
}

const KEY = 'lock'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

export interface KeysDeps {
  readonly disk: Disk
  readonly random: Random
  /** Tests only: a cheaper passphrase. */
  readonly cost?: Argon2Cost
  readonly bounds?: CostBounds
}

export type Vaults = readonly [Vault, ...Vault[]]

export interface Keys {
  view(): Omit<LockView, 'state'>
  /** True when the secret lies here: nobody has to be asked. */
  opensByItself(): boolean
  /** @throws AppError `untrusted` for a wrong passphrase or passkey, `not-ready` when none was given and one is needed. */
  open(how: Unlock | undefined): Promise<Vaults>
  /**
   * Sets or takes away an opener. Answers the vault to seal everything again with, where the old key lay open until now;
   * `finish` forgets that key afterwards.
   */
  change(change: KeyChange): Promise<Vault | undefined>
  finish(): Promise<void>
  setTimeout(minutes: number | null): Promise<void>
}

export interface KeyChange {
  readonly have: Unlock | undefined
  readonly set?: Unlock
  readonly drop?: OpenerName
}

const toOpener = (how: Unlock): Opener =>
  how.by === 'passphrase'
    ? { kind: 'passphrase', passphrase: how.passphrase }
    : { kind: 'prf', credential: how.credential, secret: how.secret }

const nextGeneration = ({ generation }: Ring): string =>
  LETTERS[(LETTERS.indexOf(generation) + 1) % LETTERS.length] ?? 'a'

export const loadKeys = async ({ disk, random, cost, bounds = UNLOCK_BOUNDS }: KeysDeps): Promise<Keys> => {
  const options = { random, bounds, ...(cost && { cost }) }
  const stored = await disk.readOpen<LockRecord>(KEY)

  const save = async (next: LockRecord): Promise<void> => {
    await disk.writeOpen({ [KEY]: next })
    record = next
  }
  const makeRing = async (generation: string): Promise<Ring> => {
    const device = random.bytes(32)
    const { keyring, keys } = await createKeyring({ kind: 'device', secret: device }, options)
    wipeSecret(keys.secrets)
    return { generation, keyring, device }
  }
  let record: LockRecord = stored ?? { ring: await makeRing('a') }
  if (stored === undefined) await save(record)

  const toVault = (keys: AtRestKeys, { generation }: Ring): Vault =>
    createVault({ keys, generation, schema: SCHEMA_VERSION, random })

  /** What opens the present ring, for whoever was asked. */
  const openerFor = (how: Unlock | undefined): Opener => {
    const { device } = record.ring
    if (device !== undefined) return { kind: 'device', secret: device }
    if (how === undefined) throw new AppError('untrusted', 'the store has a lock, and nothing was said to open it')
    return toOpener(how)
  }

  const openRing = async (ring: Ring, opener: Opener): Promise<Vault> => {
    try {
      return toVault(await unlockKeyring(ring.keyring, opener, bounds), ring)
    } catch (error) {
      // a passkey that was taken away is as wrong as one that never was there
      if (error instanceof AppError && error.code === 'not-found') throw new AppError('untrusted', error.message)
      throw error
    }
  }

  const open = async (how: Unlock | undefined): Promise<Vaults> => {
    const vault = await openRing(record.ring, openerFor(how))
    const { previous } = record
    if (previous?.device === undefined) return [vault]
    return [vault, await openRing(previous, { kind: 'device', secret: previous.device })]
  }

  const change: Keys['change'] = async ({ have, set, drop }) => {
    const { ring } = record
    if (record.previous !== undefined) throw new AppError('not-ready', 'an earlier change of keys is not done yet')
    const opener = openerFor(have)
    // first of all: a wrong one changes nothing
    const vault = await openRing(ring, opener)
    vault.wipe()
    if (set !== undefined && ring.device !== undefined) {
      // the old key lay open: whatever was sealed under it stays readable for whoever has that secret
      const { keyring, keys } = await createKeyring(toOpener(set), options)
      const next: Ring = { generation: nextGeneration(ring), keyring }
      await save({ ...record, ring: next, previous: ring })
      return toVault(keys, next)
    }
    let { keyring } = ring
    let device: Uint8Array | undefined
    if (set !== undefined) keyring = await setOpener(keyring, { have: opener, want: toOpener(set) }, options)
    if (drop !== undefined) {
      if (listOpeners(keyring).length === 1) {
        device = random.bytes(32)
        keyring = await setOpener(keyring, { have: opener, want: { kind: 'device', secret: device } }, options)
      }
      keyring = dropOpener(keyring, drop)
    }
    await save({ ...record, ring: { generation: ring.generation, keyring, ...(device && { device }) } })
    return undefined
  }

  return {
    view: () => {
      const openers = listOpeners(record.ring.keyring)
      return {
        passphrase: openers.some(({ kind }) => kind === 'passphrase'),
        passkeys: openers.flatMap((one) =>
          one.kind === 'prf' ? [{ credential: one.credential, salt: PASSKEY_SALT }] : []
        ),
        ...(record.timeoutMinutes !== undefined && { timeoutMinutes: record.timeoutMinutes })
      }
    },
    opensByItself: () => record.ring.device !== undefined,
    open,
    change,
    finish: async () => {
      const { previous: _, ...rest } = record
      if (record.previous !== undefined) await save(rest)
    },
    setTimeout: async (minutes) => {
      const { timeoutMinutes: _, ...rest } = record
      await save(minutes === null ? rest : { ...rest, timeoutMinutes: minutes })
    }
  }
}
