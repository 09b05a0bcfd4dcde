/** The fake node's lock, backups and OpenPGP texts. `?lock=passphrase|passkey|locked` says how it begins; `sesame` opens. */
import { bytesToBase64url, utf8 } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import type { NodeApi } from '../../src/bridge/api.ts'
import { PASSKEY_SALT } from '../../src/model/security-views.ts'
import type { LockView, Unlock } from '../../src/model/security-views.ts'
import type { AccountView } from '../../src/model/views.ts'
import type { World } from './made.ts'
import { OWN_DID } from './made.ts'

type Security = Pick<
  NodeApi,
  | 'watchLock'
  | 'unlock'
  | 'lock'
  | 'setPassphrase'
  | 'addPasskey'
  | 'removePasskey'
  | 'setLockTimeout'
  | 'wipe'
  | 'startBackup'
  | 'nextBackupPart'
  | 'startRestore'
  | 'putRestorePart'
  | 'finishRestore'
  | 'dropTransfer'
  | 'copyAsOpenPgp'
  | 'openOpenPgpText'
>

interface Deps {
  readonly world: World
  readonly feed: <T>(make: () => T) => AsyncIterable<T>
  readonly changed: () => void
  readonly query?: URLSearchParams
}

const MiB = 1024 * 1024
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const createFakeSecurity = ({ world, feed, changed, query = new URLSearchParams() }: Deps): Security => {
  const how = query.get('lock')
  let passphrase = how === 'passphrase' || how === 'locked' ? 'sesame' : undefined
  let passkeys: LockView['passkeys'] =
    how === 'passkey' || how === 'locked' ? [{ credential: new Uint8Array([1]), salt: PASSKEY_SALT }] : []
  let timeoutMinutes: number | undefined = how === 'passphrase' ? 15 : undefined
  let unlocked: AccountView = world.account
  let parts = 0
  let put = 0
  let restoring = ''

  const check = (have: Unlock | undefined): void => {
    if (passphrase === undefined && passkeys.length === 0) return
    const fits = have?.by === 'passphrase' ? have.passphrase === passphrase : have?.by === 'passkey'
    if (!fits) throw new AppError('untrusted', 'not the one')
  }
  const lockNow = (): void => {
    if (world.account.state !== 'locked') unlocked = world.account
    world.account = { state: 'locked' }
    changed()
  }
  if (how === 'locked') lockNow()
  if (query.has('replaced') && world.account.state === 'ready') world.account = { ...world.account, replaced: true }

  return {
    watchLock: () =>
      feed((): LockView => ({
        state: world.account.state === 'locked' ? 'locked' : 'open',
        passphrase: passphrase !== undefined,
        passkeys,
        ...(timeoutMinutes === undefined ? {} : { timeoutMinutes })
      })),
    unlock: async (have) => {
      await wait(250)
      check(have)
      world.account = unlocked
      changed()
    },
    lock: async () => lockNow(),
    setPassphrase: async (want, have) => {
      await wait(200)
      check(have)
      passphrase = want ?? undefined
      changed()
    },
    addPasskey: async ({ credential }, have) => {
      check(have)
      passkeys = [...passkeys, { credential, salt: PASSKEY_SALT }]
      changed()
    },
    removePasskey: async (credential, have) => {
      check(have)
      passkeys = passkeys.filter((one) => one.credential !== credential)
      changed()
    },
    setLockTimeout: async (minutes) => {
      timeoutMinutes = minutes ?? undefined
      changed()
    },
    wipe: async () => {
      await wait(200)
      passphrase = undefined
      passkeys = []
      world.chats = []
      world.account = { state: 'none' }
      changed()
    },

    startBackup: async () => {
      parts = 0
      return 'backup'
    },
    nextBackupPart: async () => {
      await wait(60)
      return ++parts > 3 ? null : new Uint8Array(parts === 3 ? 1234 : MiB)
    },
    startRestore: async (secret) => {
      restoring = secret
      put = 0
      return 'restore'
    },
    putRestorePart: async (_, part) => {
      await wait(60)
      put += part.length
    },
    finishRestore: async () => {
      await wait(200)
      if (restoring !== 'sesame') throw new AppError('untrusted', 'not the passphrase')
      if (put < 100) throw new AppError('malformed', 'too short')
      if (put === 777) throw new AppError('needs-newer', 'of tomorrow')
      world.account = {
        state: 'ready',
        did: OWN_DID,
        name: 'Mia Lindqvist',
        avatar: { hue: 225 },
        fingerprint: '0'.repeat(64),
        device: '12D3KooWfake' as never
      }
      changed()
      return { did: OWN_DID, name: 'Mia Lindqvist', messages: 12_408 }
    },
    dropTransfer: async () => undefined,

    copyAsOpenPgp: async (_, text) =>
      `-----BEGIN PGP MESSAGE-----\n\n${bytesToBase64url(utf8(text))}\n-----END PGP MESSAGE-----\n`,
    openOpenPgpText: async (armoured) => {
      await wait(150)
      if (!armoured.includes('BEGIN PGP')) throw new AppError('malformed', 'no armour')
      const [friend] = world.chats
      const signer = '0F1E2D3C4B5A69788796A5B4C3D2E1F000112233445566778899AABBCCDDEEFF'
      const text = 'See you at six, at the usual place.\nBring the map.'
      if (armoured.includes('bad')) return { text, signer, signature: 'bad' }
      if (armoured.includes('unknown')) return { text, signer, signature: 'unknown' }
      if (armoured.includes('none') || friend?.contact === undefined) return { text, signature: 'none' }
      const { did, name } = friend.contact
      return { text, signer, signature: 'good', did, name, chat: friend.id }
    }
  }
}
