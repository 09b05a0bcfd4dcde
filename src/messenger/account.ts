/**
 * This device and this account. The device's key is made at the first start, in milliseconds, because libp2p needs it; the
 * account is made in the background while the person types a name, and exists for others only when it has one.
 */
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { guardSecret, wipeSecret } from '../base/secret.ts'
import { makeAccount } from '../crypto/account.ts'
import type { AccountSecrets } from '../crypto/account.ts'
import { chatIdOf, selfConversation } from '../crypto/conversation.ts'
import { deviceIdFromKey } from '../crypto/device-id.ts'
import { ed25519PublicKey } from '../crypto/ed25519.ts'
import { bytesToHex } from '../base/bytes.ts'
import type { Did } from '../model/ids.ts'
import type { AccountView } from '../model/views.ts'
import { getAccount, putAccount } from '../store/account.ts'
import { emptyChat, putChat } from '../store/chats.ts'
import type { Db } from '../store/database.ts'
import { getRecord, setRecord } from '../store/records.ts'
import type { AccountRow } from '../store/rows.ts'
import { watch } from '../store/watch.ts'
import { MAX_NAME_CHARS, MAX_PHOTO_BYTES } from '../wire/profile.ts'
import type { Context, Device, Own } from './context.ts'
import { avatarOf } from './names.ts'
import { createSuites } from './sessions/suites.ts'

const DEVICE_KEY = 'device'

/** The device's key pair, made once for each database. */
export const loadOrMakeDevice = async (db: Db, random: Random): Promise<Device> => {
  const stored = await getRecord<Uint8Array>(db, DEVICE_KEY)
  const seed = stored ?? random.bytes(32)
  if (stored === undefined) await setRecord(db, DEVICE_KEY, seed)
  return { seed, id: deviceIdFromKey(ed25519PublicKey(seed)) }
}

/** @throws AppError `needs-newer` when another version wrote it. */
export const readSecrets = ({ keys }: AccountRow): AccountSecrets => {
  const secrets = keys as AccountSecrets
  if (secrets.version !== 1) throw new AppError('needs-newer', 'the account was written by a newer version')
  return secrets
}

export const toOwn = (ctx: Context, account: AccountRow): Own => {
  const secrets = readSecrets(account)
  const standing = account.standing ?? 'active'
  return { did: account.did, standing, secrets: guardSecret(secrets), suites: createSuites(ctx, secrets) }
}

/** Only what is secret: certificate and document are public, and others hold the same bytes. */
export const wipeKeys = ({ secrets }: Own): void => {
  const { secretKey, rootSeed, mlDsaSeed, headSeed, nextRootSeed, nextMlDsaSeed, gnupg } = secrets
  wipeSecret([secretKey, rootSeed, mlDsaSeed, headSeed, nextRootSeed, nextMlDsaSeed, gnupg])
}

/** Makes and stores the identity unless there is one. */
export const makeIdentity = async (ctx: Context): Promise<AccountRow> => {
  const known = await getAccount(ctx.db)
  if (known !== undefined) return known
  const { random, clock, device } = ctx
  const now = clock.now()
  const keys = await makeAccount({ random, now, deviceSeed: device.seed })
  const account: AccountRow = {
    id: 'own',
    did: keys.did as Did,
    name: undefined,
    photo: undefined,
    profileAt: now,
    fingerprint: bytesToHex(keys.fingerprint),
    createdAt: now,
    keys,
    head: undefined,
    headHomes: [],
    headIssuedAt: 0
  }
  await ctx.db.write(['account'], (change) => putAccount(ctx.db, change, account))
  return account
}

export interface Profile {
  readonly name: string
  readonly photo?: Uint8Array
}

/** @throws AppError `malformed` or `too-large`. */
export const checkProfile = ({ name, photo }: { readonly name?: string; readonly photo?: Uint8Array | null }): void => {
  if (name !== undefined && (name.trim() === '' || !name.isWellFormed()))
    throw new AppError('malformed', 'a name is needed')
  if (name !== undefined && name.trim().length > MAX_NAME_CHARS) throw new AppError('too-large', 'the name is too long')
  if (photo && (photo.length === 0 || photo.length > MAX_PHOTO_BYTES))
    throw new AppError('too-large', 'the photo is too large')
}

/** From here the account is there for others. Note to self exists from the first minute. */
export const nameIdentity = async (ctx: Context, account: AccountRow, { name, photo }: Profile): Promise<Own> => {
  const now = ctx.clock.now()
  await ctx.db.write(['account', 'chats'], async (change) => {
    const stored = await getAccount(ctx.db)
    if (stored?.name !== undefined) throw new AppError('conflict', 'there is an account already')
    await putAccount(ctx.db, change, { ...account, name: name.trim(), photo, profileAt: now })
    await putChat(ctx.db, change, emptyChat(chatIdOf(selfConversation(account.did)), account.did, 'self', now))
  })
  return toOwn(ctx, account)
}

export const watchAccount = (ctx: Context, isMaking: () => boolean): AsyncIterable<AccountView> =>
  watch<AccountView>(ctx.db.changes, {
    concerns: ({ topics }) => topics.has('account'),
    read: async () => {
      const account = await getAccount(ctx.db)
      if (account?.name === undefined) return { state: isMaking() ? 'making' : 'none' }
      const { did, name, photo, fingerprint, standing } = account
      const view = { did, name, avatar: avatarOf(did, photo), fingerprint, device: ctx.device.id }
      return { state: 'ready', ...view, ...(standing === 'replaced' && { replaced: true }) }
    }
  })
