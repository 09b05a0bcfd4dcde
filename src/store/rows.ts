/**
 * What the tables hold. Plain data only: rows survive structured clone and can be sealed whole (encryption at rest).
 * A field that is added must be optional or come with a migration and a fixture of the version before.
 */
import type { Content } from '../model/fold.ts'
import type { ChatId, DeviceId, Did, InviteId, MessageId } from '../model/ids.ts'
import type { Role } from '../model/roster.ts'
import type { Draft, Settings } from '../model/views.ts'

/** A small value under a name: device key, settings, relay book, one-time hints. */
export interface RecordRow {
  readonly key: string
  readonly value: unknown
}

/** The one account. `keys` is whatever `crypto/` needs to act for it, opaque here. */
export interface AccountRow {
  readonly id: 'own'
  readonly did: Did
  readonly name: string | undefined
  readonly photo: Uint8Array | undefined
  /** When name or photo were set: the later profile wins. */
  readonly profileAt: number
  readonly fingerprint: string
  readonly createdAt: number
  readonly keys: unknown
  /** The last published head and the homes it names. */
  readonly head: Uint8Array | undefined
  readonly headHomes: readonly string[]
  readonly headIssuedAt: number
  /** ID8: our certificate that GnuPG reads, once there is one. */
  readonly gnupgCertificate?: Uint8Array
  /** DV5: `waiting`: restored, and its new document is not published yet. `replaced`: another device took over. */
  readonly standing?: 'waiting' | 'replaced'
}

/** What anybody may know of the account. */
export type Profile = Omit<AccountRow, 'keys'>

/**
 * `found`: we looked them up and have not written. `asked`: our request is on its way. `request`: theirs waits for us.
 * `declined`: theirs was declined; the row stays so that it does not come back. `member`: no contact, but in a group with us.
 */
export type Standing = 'open' | 'asked' | 'found' | 'request' | 'declined' | 'member'

export interface ContactDevice {
  readonly device: DeviceId
  /** ID6: signed binding as it was received. */
  readonly binding: Uint8Array
  readonly endsAt: number
}

export interface ContactRow {
  readonly did: Did
  readonly chat: ChatId
  readonly standing: Standing
  readonly blocked: boolean
  readonly verified: boolean
  readonly name: string | undefined
  readonly photo: Uint8Array | undefined
  readonly profileAt: number
  readonly alias: string | undefined
  readonly fingerprint: string
  readonly homes: readonly string[]
  readonly devices: readonly ContactDevice[]
  /** Of the document in force. */
  readonly documentHash: Uint8Array
  /** ID7: hash of both root keys in force, for safety numbers. */
  readonly roots: Uint8Array
  readonly freshUntil: number
  readonly duplicity: boolean
  /** ID5: a message named a place that is newer than what we hold, or another hash for the same place. */
  readonly newerPlace: boolean
  readonly addedAt: number
  readonly lastHeardAt: number | undefined
  readonly refreshedAt: number
  /** The invite of theirs that we opened: goes into the request. */
  readonly token: Uint8Array | undefined
  /** The invite of ours that they used. */
  readonly invite: InviteId | undefined
  /** LG4: batches of theirs that were thrown away because a row was bad. */
  readonly misdeeds: number
  /** ID6: what an earlier document listed and the newest does not. Nothing comes from them; their old events are theirs. */
  readonly former?: readonly ContactDevice[]
  /** ID4: when their root keys changed; gone when the person has compared the new ones. */
  readonly keysChangedAt?: number | undefined
  /** ID4: somebody showed keys for them to which they had not committed. */
  readonly broken?: boolean
  /** ID5: documents (base64url hashes) beside the pinned one: only what all of them list is trusted. */
  readonly rivals?: readonly string[]
  /** ID4: documents that broke the chain and were told of; the same one is no second alarm. */
  readonly refused?: readonly string[]
  /** ID8: the OpenPGP certificate to write to by hand, binary: their own in version 4, or what the person gave. */
  readonly gnupg?: { readonly certificate: Uint8Array; readonly by: 'profile' | 'person' }
}

/** LG0: what carries a conversation for a while. `tag` is what stands on envelopes to this device, base64url. */
export interface SessionRow {
  readonly group: string
  readonly chat: ChatId
  readonly suite: string
  readonly generation: number
  readonly tag: string
  readonly openedAt: number
  /** The suite's state in one piece, opaque; absent until the members are known. MLS has it in parts (store/sessions.ts). */
  readonly state: Uint8Array | ReadonlyMap<string, Uint8Array> | undefined
  /** Counts what was written to its parts. Absent: there are none, never were or no more. */
  readonly rev?: number
  readonly mls?: MlsNotes
  /** Of suites without epochs: devices that were told of the session, by us or by whoever took them in. */
  readonly opened?: readonly DeviceId[]
  /** Another session is written since then; this one is read for a while (LG0). */
  readonly replacedAt?: number
}

/** What is kept beside an MLS session's state to decide with (ML3, ML6); all else about it is in the state. */
export interface MlsNotes {
  /** ML3: whose messages were opened in which of the epochs that could still be followed. */
  readonly heard: readonly { readonly epoch: string; readonly device: DeviceId; readonly account: Did }[]
  /** Commits that are handed on; their bytes are parts. */
  readonly commits: readonly { readonly id: string; readonly number: number; readonly at: number }[]
  /** Own commits whose Welcome (a part, and its tree) somebody still needs. */
  readonly welcomes: readonly { readonly epoch: string; readonly at: number; readonly devices: readonly DeviceId[] }[]
  /** ML6: when the own leaf is due, and how many messages it has sealed. */
  readonly renewAt: number
  readonly sent: number
  /** The last commit that was followed. */
  readonly movedAt: number
  /** Our state is gone: when others were last asked to take us in again. */
  readonly pleadedAt?: number
  /** Devices that asked to be taken in again, with their key packages. */
  readonly pleas?: readonly { readonly device: DeviceId; readonly keyPackage: Uint8Array; readonly at: number }[]
}

/** ID5: the highest place seen for a did, and every document that claims it. */
export interface PlaceRow {
  readonly did: Did
  readonly generation: number
  readonly seq: number
  readonly hashes: readonly string[]
  readonly head: Uint8Array | undefined
}

export interface DocumentRow {
  readonly hash: string
  readonly did: Did
  readonly bytes: Uint8Array
}

/** One device's chain of events in one conversation (LG1). */
export interface Chain {
  readonly counter: number
  readonly id: string
  readonly time: number
  readonly tick: number
  readonly order: string
  /** LG6: two events with one counter were seen. */
  readonly forked?: boolean
}

export interface Head {
  readonly id: string
  readonly order: string
  readonly time: number
  readonly tick: number
}

export interface LastLine {
  readonly id: string
  readonly order: string
  readonly text: string
  readonly kind: 'text' | 'removed' | 'system'
  readonly system?: SystemFact
  readonly author?: Did
  readonly mine: boolean
  readonly at: number
  readonly device: DeviceId
  readonly counter: number
  readonly failed: boolean
}

/** What the next payload carries besides events. A number that moves tells a later debt from one just paid. */
export interface Debts {
  readonly request?: number
  readonly accept?: number
  readonly profile?: number
  readonly receipt?: number
  /** Not owed but taken along: when the head inside was made. */
  readonly head?: number
  /** Likewise: when the key packages were (IN4). */
  readonly keys?: number
}

/** The last event in the order wins (LG3). */
export interface Said<T> {
  readonly value: T
  readonly order: string
}

export interface ChatRecord {
  readonly id: ChatId
  readonly did: Did
  readonly kind: 'direct' | 'self' | 'group'
  readonly createdAt: number
  readonly activeAt: number
  // what the person set
  readonly pinned: boolean
  readonly archived: boolean
  readonly markedUnread: boolean
  readonly mutedUntil: number | 'always' | undefined
  readonly draft: Draft
  // what the list and the timeline need at once
  readonly total: number
  readonly unread: number
  readonly last: LastLine | undefined
  /** Order key up to which we have read what others wrote. */
  readonly readOrder: string
  /** Own counter up to which they say they have read, for each of our devices, and when that was written. */
  readonly peerRead: Readonly<Record<DeviceId, { readonly counter: number; readonly at: number }>>
  // the log
  readonly chains: Readonly<Record<DeviceId, Chain>>
  /** Events that no other names as a parent yet. */
  readonly heads: readonly Head[]
  /** DL3: watermark of our events at each of their devices, and when it came. */
  readonly delivered: Readonly<Record<DeviceId, { readonly counter: number; readonly at: number }>>
  readonly debts: Debts
  /** When the newest head that they have from us was made. */
  readonly headSent: number
  /** When the newest key packages that they have from us were made. */
  readonly keysSent?: number
  /** DV5: up to where others have what former devices of ours wrote. */
  readonly formerHeld?: Readonly<Record<DeviceId, number>>
  /** DV5: of the sessions before a restore: the next one is above. */
  readonly generation?: number
  // groups, and what both people of a direct chat may set
  /** `joining`: the group has not opened yet. `left`: we are no longer in it. */
  readonly standing?: 'joining' | 'left'
  /** Whom we asked to take us in, and the secret of the link that we came with. */
  readonly join?: { readonly did: Did; readonly secret: Uint8Array }
  /** Of each what the last event in the order says. */
  readonly topic?: {
    readonly name?: Said<string>
    readonly description?: Said<string>
    readonly photo?: Said<Uint8Array>
  }
  readonly timer?: Said<number>
  readonly pins?: Readonly<Record<MessageId, Said<boolean>>>
  /** Unread messages that mention us. */
  readonly mentions?: number
  /** LG7: what each device wrote up to here was before our joining: no gap. */
  readonly floors?: Readonly<Record<DeviceId, number>>
  /** LG7: our events above this counter are owed to whoever was added. */
  readonly owedFrom?: Readonly<Record<Did, number>>
  /** In groups: who says to have read how much of ours. */
  readonly readBy?: Readonly<Record<Did, Readonly<Record<DeviceId, { readonly counter: number; readonly at: number }>>>>
}

export interface EventRow {
  readonly id: string
  readonly chat: ChatId
  readonly author: Did
  readonly device: DeviceId
  readonly counter: number
  readonly time: number
  readonly tick: number
  readonly order: string
  readonly kind: string
  /** The message this event is about; its own id when it is a message. */
  readonly target: string
  readonly arrivedAt: number
  /** The signed header as received. */
  readonly header: Uint8Array
  readonly signature: Uint8Array
  // LG5: gone after a removal
  readonly body: Uint8Array | undefined
  readonly salt: Uint8Array | undefined
  readonly content: Content | undefined
  /** Removed for me: never shown again, whatever arrives. */
  readonly hidden?: boolean
  /** In groups: the newest `member` events that it follows; its author's rights are judged by them. */
  readonly basis?: readonly string[]
  /** `cut`: above a removal's cut (LG6), only its place is kept. `no-right`: kept and handed on, but without effect. */
  readonly void?: 'cut' | 'no-right'
  /** GR6: from a farewell, placed without something that it stands on. Nothing else is placed on it. */
  readonly isLoose?: boolean
  /** LG6: it was refused, and what refused it turned out to be void: a body is missing that others have. */
  readonly isLifted?: boolean
}

/** LG7: all that is known of it is its place; what it says was before our joining. */
export const isFloor = ({ header }: Pick<EventRow, 'header'>): boolean => header.length === 0

/** What a line says that nobody wrote; who did it is its author. */
export type SystemFact =
  | { readonly kind: 'founded'; readonly name: string }
  | { readonly kind: 'added' | 'removed'; readonly who: readonly Did[]; readonly isByLink?: boolean }
  | { readonly kind: 'left' | 'policies' | 'described' | 'photo' | 'note' }
  | { readonly kind: 'role'; readonly who: Did; readonly role: Role }
  | { readonly kind: 'renamed'; readonly name: string }
  | { readonly kind: 'timer'; readonly seconds: number }
  | { readonly kind: 'pinned' | 'unpinned'; readonly message: MessageId }
  | { readonly kind: 'keys'; readonly is: 'rotated' | 'break' | 'new-device' }

/** ID4: they moved to new roots as promised, or to others (an alarm), or have another device. */
export type KeysNotice = Extract<SystemFact, { kind: 'keys' }>['is']

/** The projection that the timeline shows; made only by the fold. */
export interface MessageRow {
  readonly id: MessageId
  readonly chat: ChatId
  readonly order: string
  readonly mine: boolean
  readonly author: Did
  readonly device: DeviceId
  readonly counter: number
  readonly time: number
  readonly arrivedAt: number
  readonly text: string
  readonly replyTo: MessageId | undefined
  readonly mentions?: readonly Did[]
  /** Then it counts as nobody's: never unread, never delivered. */
  readonly system?: SystemFact
  readonly removed: boolean
  readonly needsNewer: boolean
  readonly edits: readonly { readonly text: string; readonly at: number }[]
  readonly reactions: readonly { readonly author: Did; readonly emoji: string }[]
  /** Own messages: the outbox gave up (DL2). */
  readonly failed: boolean
}

/** A part of a session's state: only what changed is written. */
export interface PartRow {
  readonly group: string
  readonly name: string
  readonly value: Uint8Array
}

/** The shared note of a chat, folded. */
export interface NoteRow {
  readonly chat: ChatId
  readonly state: Uint8Array
  /** Order key of the last event in it, and how many there are. */
  readonly upTo: string
  readonly count: number
  /** Changes of ours that no event holds yet. */
  readonly pending?: readonly Uint8Array[]
}

/** Opens something once, or for a while: group links, approvals. */
export interface PassRow {
  readonly id: string
  readonly chat?: ChatId
  readonly [more: string]: unknown
}

export interface InviteRow {
  readonly id: InviteId
  readonly link: string
  readonly createdAt: number
  readonly endsAt: number
  readonly maxUses: number
  readonly usedBy: readonly Did[]
  readonly revoked: boolean
  /** base64url of the inbox token: what a request shows. */
  readonly token: string
  readonly secret: Uint8Array
  /** Seed of who may replace the card, where it was not made from the head key in force (DV5). */
  readonly writer?: Uint8Array
  /** The card was put at this many homes; 0 means try again. */
  readonly published: number
}

/** DV5: a piece of a file that is being restored, as it came. Nothing of it is believed before the end was seen. */
export interface StagingRow {
  readonly id: string
  readonly bytes: Uint8Array
}

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  locale: 'system',
  enterSends: true,
  readReceipts: true,
  relayOnly: false
}
