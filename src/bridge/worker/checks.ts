/**
 * What each method of NodeApi takes. A page may be of another build, or wrong: what does not fit is `malformed`, and
 * the node never sees it. Limits are those of the protocol or generous; the messenger still checks what they mean.
 */
import { KiB } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { NodeApi } from '../api.ts'
import type { CheckArgs, Checks } from '../rpc.ts'

type Check = (value: unknown) => boolean

const text =
  (max: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= max
const id = text(200)
const bool: Check = (value) => typeof value === 'boolean'
const time: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const count =
  (max: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max
const bytes =
  (max: number): Check =>
  (value) =>
    value instanceof Uint8Array && value.length <= max
const exactly =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value)
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value))
const maybe = (check: Check): Check => either(exactly(undefined), check)
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((name) => Object.hasOwn(fields, name)) &&
    Object.entries(fields).every(([name, check]) =>
      check(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined)
    )

const takes =
  (...checks: readonly Check[]): CheckArgs =>
  (args) => {
    if (args.length > checks.length) throw new AppError('malformed', 'too many arguments')
    const wrong = checks.findIndex((check, index) => !check(args[index]))
    if (wrong >= 0) throw new AppError('malformed', `argument ${wrong + 1} is not what it should be`)
  }

/** As long as a person could want; the messenger cuts by bytes at what fits an event. */
const MAX_TEXT = 64 * KiB
const MAX_PHOTO_BYTES = 512 * KiB
/** A link may be wrapped in a pasted message. */
const MAX_PASTED = 4 * KiB
const MAX_PASSPHRASE = 1024

const listOf =
  (check: Check, max: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= max && value.every(check)

const MAX_MENTIONS = 64
/** MLS's largest suite (SU2). */
const MAX_MEMBERS = 1000
const MAX_NOTE_UPDATE = 32 * KiB
const MAX_BACKUP_PART = 2 * 1024 * KiB
const MAX_ARMOURED = 256 * KiB

const draft = shape({ text: text(MAX_TEXT), replyTo: maybe(id), mentions: maybe(listOf(id, MAX_MENTIONS)) })
const searchFilter = shape({ chat: maybe(id), author: maybe(id), from: maybe(time), to: maybe(time) })
const who = exactly('everyone', 'admins')
const role = exactly('admin', 'member')
const passkey = shape({ by: exactly('passkey'), credential: bytes(1024), secret: bytes(32) })
const unlock = either(shape({ by: exactly('passphrase'), passphrase: text(MAX_PASSPHRASE) }), passkey)

export const nodeApiChecks: Checks<NodeApi> = {
  watchAccount: takes(),
  prepareAccount: takes(),
  createAccount: takes(shape({ name: text(400), photo: maybe(bytes(MAX_PHOTO_BYTES)) })),
  setProfile: takes(shape({ name: maybe(text(400)), photo: maybe(either(exactly(null), bytes(MAX_PHOTO_BYTES))) })),
  exportKey: takes(exactly('certificate', 'gnupg', 'secret'), maybe(text(MAX_PASSPHRASE))),

  watchChats: takes(),
  watchChat: takes(id),
  watchTimeline: takes(id, shape({ around: either(id, shape({ at: time })), before: count(2000), after: count(2000) })),
  send: takes(id, draft, maybe(text(64))),
  edit: takes(id, id, text(MAX_TEXT)),
  react: takes(id, id, either(exactly(null), text(64))),
  remove: takes(id, id, exactly('me', 'everyone')),
  retry: takes(id, id),
  markRead: takes(id, id),
  setChat: takes(
    id,
    shape({
      pinned: maybe(bool),
      archived: maybe(bool),
      markedUnread: maybe(bool),
      mutedUntil: maybe(either(time, exactly('always', null)))
    })
  ),
  saveDraft: takes(id, draft),
  search: takes(text(400), maybe(searchFilter)),
  watchSearch: takes(text(400), maybe(searchFilter)),
  watchDelivery: takes(id, id),

  watchGroup: takes(id),
  createGroup: takes(
    shape({
      name: text(400),
      photo: maybe(bytes(MAX_PHOTO_BYTES)),
      members: listOf(id, MAX_MEMBERS),
      suite: maybe(exactly('mls-xwing', 'mls-x25519', 'pgp-v6'))
    })
  ),
  addMembers: takes(id, listOf(id, MAX_MEMBERS)),
  removeMember: takes(id, id),
  leaveGroup: takes(id),
  setRole: takes(id, id, role),
  setPolicies: takes(
    id,
    shape({
      write: maybe(who),
      add: maybe(who),
      rename: maybe(who),
      pin: maybe(who),
      approval: maybe(bool),
      history: maybe(exactly('from-joining', 'all'))
    })
  ),
  setTopic: takes(
    id,
    shape({
      name: maybe(text(400)),
      description: maybe(text(4000)),
      photo: maybe(either(exactly(null), bytes(MAX_PHOTO_BYTES)))
    })
  ),
  setTimer: takes(id, count(366 * 24 * 3600)),
  pinMessage: takes(id, id, bool),
  createGroupLink: takes(id, maybe(shape({ maxUses: maybe(count(1000)), endsAt: maybe(time) }))),
  revokeGroupLink: takes(id, id),
  answerJoin: takes(id, id, bool),
  watchNote: takes(id),
  changeNote: takes(id, bytes(MAX_NOTE_UPDATE)),

  watchContact: takes(id),
  watchContacts: takes(),
  setContact: takes(
    id,
    shape({ alias: maybe(either(exactly(null), text(400))), verified: maybe(bool), blocked: maybe(bool) })
  ),
  checkSafetyCode: takes(id, text(MAX_PASTED)),
  acceptRequest: takes(id),
  declineRequest: takes(id),
  createInvite: takes(maybe(shape({ maxUses: maybe(count(1000)), endsAt: maybe(time) }))),
  watchInvites: takes(),
  revokeInvite: takes(id),
  readInvite: takes(text(MAX_PASTED)),
  openInvite: takes(text(MAX_PASTED), maybe(shape({ scanned: maybe(bool) }))),
  findSomeone: takes(text(MAX_PASTED)),

  watchLock: takes(),
  unlock: takes(unlock),
  lock: takes(),
  setPassphrase: takes(either(exactly(null), text(MAX_PASSPHRASE)), maybe(unlock)),
  addPasskey: takes(passkey, maybe(unlock)),
  removePasskey: takes(bytes(1024), unlock),
  setLockTimeout: takes(either(exactly(null), count(24 * 60))),
  wipe: takes(),
  startBackup: takes(text(MAX_PASSPHRASE)),
  nextBackupPart: takes(id),
  startRestore: takes(text(MAX_PASSPHRASE)),
  putRestorePart: takes(id, bytes(MAX_BACKUP_PART)),
  finishRestore: takes(id),
  dropTransfer: takes(id),
  copyAsOpenPgp: takes(id, text(MAX_TEXT)),
  openOpenPgpText: takes(text(MAX_ARMOURED), maybe(id)),

  watchSettings: takes(),
  setSettings: takes(
    shape({
      theme: maybe(text(16)),
      locale: maybe(text(16)),
      enterSends: maybe(bool),
      readReceipts: maybe(bool),
      relayOnly: maybe(bool)
    })
  ),
  watchNetwork: takes(),
  addRelay: takes(text(MAX_PASTED)),
  removeRelay: takes(id),
  watchDebug: takes(),
  makeReport: takes()
}
