/**
 * DV5: what is in the parts of a `.backup` file (docs/protocol/backup.md). Every part is a list of items; an item has a kind and
 * one of these shapes. Nothing of a session is among them, no secret of a device, and no row of an outbox.
 */
import { KiB } from '../base/bytes.ts'
import { MAX_PART_BYTES } from './backup.ts'
import { bindings } from './binding.ts'
import { MAX_DOCUMENT_BYTES } from './document.ts'
import { MAX_EVENT_BYTES } from './event.ts'
import { MAX_HEAD_BYTES } from './head.ts'
import { place } from './place.ts'
import { MAX_NAME_CHARS, MAX_PHOTO_BYTES } from './profile.ts'
import { watermarks } from './receipt.ts'
import { rotations } from './rotation.ts'
import { bytes, field, fixed, flag, listOf, maybe, message, oneOf, text, uint, version, type Of } from './schema.ts'
import { session } from './session.ts'

/** In the order in which they may stand: what others stand on comes first. */
export const ITEM_KINDS = ['account', 'document', 'contact', 'invite', 'settings', 'chat', 'event', 'floor'] as const
export type ItemKind = (typeof ITEM_KINDS)[number]

export const MAX_ITEM_BYTES = 640 * KiB

const item = message(
  'backup-item',
  { max: MAX_ITEM_BYTES + KiB },
  { kind: field(1, oneOf(...ITEM_KINDS)), data: field(2, bytes({ min: 1, max: MAX_ITEM_BYTES })) }
)

export const backupItems = message(
  'backup-items',
  { max: MAX_PART_BYTES },
  { version: field(0, version(1)), items: field(1, listOf(item, { max: 8192 })) }
)

/** Section `roots`, once. The device's own keys, and the head key that all devices have, are not in it. */
export const backupAccount = message(
  'backup-account',
  { max: 64 * KiB },
  {
    version: field(0, version(1)),
    didKey: field(1, fixed(32)),
    madeAt: field(2, uint()),
    rotations: field(3, rotations),
    /** OpenPGP transferable secret key of the primary key alone, without passphrase. */
    rootKey: field(4, bytes({ min: 1, max: 4 * KiB })),
    mlDsaSeed: field(5, fixed(32)),
    nextRootSeed: field(6, fixed(32)),
    nextMlDsaSeed: field(7, fixed(32)),
    nextPromise: field(8, fixed(64)),
    /** ID8: OpenPGP version 4 secret key. */
    gnupg: maybe(9, bytes({ min: 1, max: 16 * KiB })),
    /** Ed25519 keys of the devices that it has had, the last one first. */
    devices: field(10, listOf(fixed(32), { min: 1, max: 32 })),
    /** The newest document, as published. */
    document: field(11, bytes({ min: 1, max: MAX_DOCUMENT_BYTES })),
    name: field(12, text({ max: MAX_NAME_CHARS })),
    photo: maybe(13, bytes({ min: 1, max: MAX_PHOTO_BYTES })),
    profileAt: field(14, uint())
  }
)
export type BackupAccount = Of<typeof backupAccount>

/** Section `documents`: of contacts and of members of groups, old ones too (ID6). */
export const backupDocument = message(
  'backup-document',
  { max: MAX_DOCUMENT_BYTES + KiB },
  { version: field(0, version(1)), document: field(1, bytes({ min: 1, max: MAX_DOCUMENT_BYTES })) }
)

/** Section `contacts`. */
export const backupContact = message(
  'backup-contact',
  { max: 128 * KiB },
  {
    version: field(0, version(1)),
    didKey: field(1, fixed(32)),
    standing: field(2, oneOf('open', 'asked', 'found', 'request', 'declined', 'member')),
    blocked: field(3, flag),
    verified: field(4, flag),
    name: maybe(5, text({ max: MAX_NAME_CHARS })),
    photo: maybe(6, bytes({ min: 1, max: MAX_PHOTO_BYTES })),
    profileAt: field(7, uint()),
    alias: maybe(8, text({ max: MAX_NAME_CHARS })),
    devices: field(9, bindings),
    /** ID6: of devices that the newest document no longer lists. */
    former: field(10, bindings),
    /** ID5: the highest place seen, the hash of the document that is pinned there, and of those that claim the same. */
    place: field(11, place),
    documentHash: field(12, fixed(32)),
    hashes: field(13, listOf(fixed(32), { max: 16 })),
    head: maybe(14, bytes({ min: 1, max: MAX_HEAD_BYTES })),
    duplicity: field(15, flag),
    newerPlace: field(16, flag),
    broken: field(17, flag),
    keysChangedAt: maybe(18, uint()),
    addedAt: field(19, uint()),
    lastHeardAt: maybe(20, uint()),
    token: maybe(21, fixed(16)),
    invite: maybe(22, text({ max: 64 })),
    misdeeds: field(23, uint()),
    /** ID8: certificate to write to by hand, and whether the person gave it. */
    gnupg: maybe(24, bytes({ min: 1, max: 16 * KiB })),
    gnupgByPerson: maybe(25, flag),
    /** ID5, ID4: documents that contradict the pinned one, and such as broke the chain. */
    rivals: field(26, listOf(fixed(32), { max: 16 })),
    refused: field(27, listOf(fixed(32), { max: 16 }))
  }
)
export type BackupContact = Of<typeof backupContact>

/** Section `contacts`: an invite of ours that somebody may still use. */
export const backupInvite = message(
  'backup-invite',
  { max: 160 * KiB },
  {
    version: field(0, version(1)),
    id: field(1, text({ max: 64 })),
    link: field(2, text({ max: 2048 })),
    createdAt: field(3, uint()),
    endsAt: field(4, uint()),
    maxUses: field(5, uint()),
    usedBy: field(6, listOf(fixed(32), { max: 4096 })),
    revoked: field(7, flag),
    token: field(8, text({ max: 64 })),
    secret: field(9, fixed(16)),
    /** Seed of the key that may replace its card at the homes (IN1). */
    writer: field(10, fixed(32))
  }
)
export type BackupInvite = Of<typeof backupInvite>

/** Section `settings`, once. */
export const backupSettings = message(
  'backup-settings',
  { max: KiB },
  {
    version: field(0, version(1)),
    theme: maybe(1, text({ max: 16 })),
    locale: maybe(2, text({ max: 16 })),
    enterSends: maybe(3, flag),
    readReceipts: maybe(4, flag),
    relayOnly: maybe(5, flag)
  }
)
export type BackupSettings = Of<typeof backupSettings>

/** An order key (decision 0041) and what stands there: parts of a log that this device never had. */
const MAX_ORDER_CHARS = 8 * KiB

/** Section `history`: what of a chat does not follow from its events. Its events come after it, before the next chat. */
export const backupChat = message(
  'backup-chat',
  { max: 512 * KiB },
  {
    version: field(0, version(1)),
    id: field(1, fixed(32)),
    didKey: field(2, fixed(32)),
    kind: field(3, oneOf('direct', 'self', 'group')),
    createdAt: field(4, uint()),
    activeAt: field(5, uint()),
    pinned: field(6, flag),
    archived: field(7, flag),
    markedUnread: field(8, flag),
    /** Absent: not muted; 0: without end. */
    mutedUntil: maybe(9, uint()),
    draft: field(10, text({ max: 16 * KiB })),
    readOrder: field(11, text({ max: MAX_ORDER_CHARS })),
    /** The highest generation of a session that carried it: the next one is above. Not a secret, and no state. */
    generation: field(12, uint({ max: 0xffff })),
    standing: maybe(13, oneOf('joining', 'left')),
    /** Of a group: which sessions there are, by name alone. The new device asks to be taken in again. */
    sessions: field(14, listOf(session, { max: 16 })),
    /** LG7: what each device wrote up to here was before our joining. */
    floors: maybe(15, watermarks)
  }
)
export type BackupChat = Of<typeof backupChat>

/** Section `history`: in an order in which each comes after what it stands on. */
export const backupEvent = message(
  'backup-event',
  { max: MAX_EVENT_BYTES + KiB },
  {
    version: field(0, version(1)),
    /** As it travels: header, signature, and body with salt unless it was removed (LG5). */
    event: field(1, bytes({ min: 1, max: MAX_EVENT_BYTES })),
    arrivedAt: field(2, uint()),
    /** Removed for us only. */
    hidden: maybe(3, flag),
    /** A message of ours that not everybody has: nobody else can send it any more. */
    unsent: maybe(4, flag)
  }
)
export type BackupEvent = Of<typeof backupEvent>

/** Section `history`: LG7, where an event stands of which no more is known. */
export const backupFloor = message(
  'backup-floor',
  { max: 10 * KiB },
  {
    version: field(0, version(1)),
    id: field(1, fixed(32)),
    author: maybe(2, fixed(32)),
    device: maybe(3, fixed(32)),
    counter: field(4, uint()),
    time: field(5, uint()),
    tick: field(6, uint()),
    order: field(7, text({ max: MAX_ORDER_CHARS })),
    kind: field(8, text({ max: 24 }))
  }
)
export type BackupFloor = Of<typeof backupFloor>
