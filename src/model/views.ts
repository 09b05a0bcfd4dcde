/**
 * What a page is shown: snapshots, plain data that survives structured clone. The node makes them, the UI draws them,
 * nothing else depends on them. Times are milliseconds since the epoch. Photos are small JPEG or WebP files.
 */
import type { Avatar } from './avatar.ts'
import type { DeliveryState, Path } from './delivery.ts'
import type { Somebody, SuiteView, SystemLine } from './group-views.ts'
import type { ChatId, DeviceId, Did, InviteId, MessageId } from './ids.ts'

// ── account ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type AccountView =
  | { readonly state: 'none' }
  | { readonly state: 'making' }
  /** The store is locked: see `watchLock`. */
  | { readonly state: 'locked' }
  | {
      readonly state: 'ready'
      readonly did: Did
      readonly name: string
      readonly avatar: Avatar
      /** OpenPGP v6 fingerprint, 64 hex digits. */
      readonly fingerprint: string
      readonly device: DeviceId
      /** DV5: another device took the account over. This one reads, sends nothing, and keeps what was not sent. */
      readonly replaced?: boolean
    }

// ── chats ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `request`: a stranger wrote and we have not accepted. `asked`: we wrote and they have not accepted yet. */
export type ChatStanding =
  | 'open'
  | 'request'
  | 'asked'
  | 'blocked'
  /** A group that we are no longer in. */
  | 'left'
  /** We came with a group's link, or were added, and the group has not opened yet. */
  | 'joining'

export interface ChatRow {
  readonly chat: ChatId
  readonly kind: 'direct' | 'self' | 'group'
  /** The other person; of a group and the own chat, ourselves. */
  readonly did: Did
  readonly title: string
  readonly avatar: Avatar
  readonly standing: ChatStanding
  readonly verified: boolean
  readonly pinned: boolean
  readonly archived: boolean
  /** Until when notifications are muted; `'always'` has no end. */
  readonly mutedUntil?: number | 'always'
  readonly unread: number
  /** Unread messages that mention us. */
  readonly mentions?: number
  readonly markedUnread: boolean
  /** Unsent text; its beginning is shown as "Draft: …". */
  readonly draft?: string
  readonly last?: {
    readonly text: string
    readonly kind: 'text' | 'removed' | 'system'
    /** Of `system`: what happened. */
    readonly system?: SystemLine
    readonly mine: boolean
    /** In groups: who wrote it. */
    readonly author?: string
    readonly at: number
    readonly delivery?: DeliveryState
  }
  /** For sorting: time of the last thing that happened here. */
  readonly activeAt: number
}

export interface ChatList {
  /** Pinned first, then by `activeAt`, newest first. Requests and archived are in their own lists. */
  readonly rows: readonly ChatRow[]
  readonly requests: readonly ChatRow[]
  readonly archived: readonly ChatRow[]
  readonly unreadTotal: number
}

export interface Draft {
  readonly text: string
  readonly replyTo?: MessageId
  /** Accounts that the text names with `@name`. */
  readonly mentions?: readonly Did[]
}

export interface Quote {
  readonly message: MessageId
  readonly author: string
  readonly mine: boolean
  /** At most 200 characters; absent when the quoted message is removed or unknown. */
  readonly text?: string
}

export interface ReactionView {
  readonly emoji: string
  readonly count: number
  readonly mine: boolean
  readonly names: readonly string[]
}

export interface MessageView {
  readonly id: MessageId
  readonly mine: boolean
  readonly author: Did
  readonly authorName: string
  readonly text: string
  /** Time to show: the author's claim, clamped to arrival (LG3). */
  readonly at: number
  readonly arrivedAt: number
  /** LG3: came more than a day after its claimed time. */
  readonly late: boolean
  readonly removed: boolean
  readonly edits: readonly { readonly text: string; readonly at: number }[]
  readonly reactions: readonly ReactionView[]
  readonly quote?: Quote
  /** Own messages only. */
  readonly delivery?: DeliveryState
  /** A wire kind from a newer version that we keep but cannot read (EN5). */
  readonly needsNewer: boolean
  /** Nobody wrote this: what happened in the chat. All else is empty then. */
  readonly system?: SystemLine
  readonly mentions?: readonly Somebody[]
  /** Disappears then, on every device. */
  readonly endsAt?: number
  readonly pinned?: boolean
}

/** Which part of a timeline is wanted: a window around an anchor, in messages. */
export interface TimelineWindow {
  /** `'unread'` is the first unread message, or the end when there is none; `at` the first message shown at or after that time. */
  readonly around: 'end' | 'unread' | MessageId | { readonly at: number }
  readonly before: number
  readonly after: number
}

export interface Timeline {
  readonly chat: ChatId
  /** Oldest first, in the order of LG3. */
  readonly messages: readonly MessageView[]
  readonly atStart: boolean
  readonly atEnd: boolean
  /** Position of the first of `messages` in the whole timeline, and how many there are in all. */
  readonly offset: number
  readonly total: number
  /** The first message that was unread when the feed was opened; stays while it is open. */
  readonly firstUnread?: MessageId
  readonly unread: number
}

export interface ChatView {
  readonly row: ChatRow
  readonly path: Path
  readonly draft: Draft
  /** The person may write here now: not blocked, not an unaccepted request, not removed, not against the policy. */
  readonly mayWrite: boolean
  /** What carries it now (SU1); absent before there is a session. */
  readonly suite?: SuiteView
  /** Seconds after which new messages disappear; absent: they stay. */
  readonly timerSeconds?: number
  /** Newest last. */
  readonly pinned?: readonly { readonly message: MessageId; readonly text: string }[]
}

/** All that is given must hold. Times in milliseconds, `to` exclusive. */
export interface SearchFilter {
  readonly chat?: ChatId
  readonly author?: Did
  readonly from?: number
  readonly to?: number
}

export interface SearchHit {
  readonly message: MessageId
  readonly chat: ChatId
  readonly author: string
  readonly at: number
  /** About 120 characters around the first match, and where matches are in it. */
  readonly excerpt: string
  readonly marks: readonly (readonly [start: number, end: number])[]
}

export interface SearchView {
  /** Newest first, at most 200. */
  readonly hits: readonly SearchHit[]
  /** All of history has been looked through; until then more may come. */
  readonly isWhole: boolean
}

export interface DeliveryView {
  readonly message: MessageId
  readonly state: DeliveryState
  readonly writtenAt: number
  readonly devices: readonly {
    readonly device: DeviceId
    /** In groups: whose. */
    readonly who?: Somebody
    readonly path: Path
    readonly deliveredAt?: number
    readonly readAt?: number
  }[]
  readonly attempts: number
  readonly lastError?: string
  readonly nextTryAt?: number
}

// ── contacts and first contact ────────────────────────────────────────────────────────────────────────────────────

export interface ContactView {
  readonly did: Did
  readonly chat: ChatId
  /** The name the contact gave, and the one we gave them. */
  readonly name: string
  readonly alias?: string
  readonly avatar: Avatar
  readonly fingerprint: string
  readonly verified: boolean
  readonly blocked: boolean
  /** ID7: 12 groups of 5 digits; absent until their document is known. */
  readonly safetyNumber?: string
  /** What the safety-number QR holds. */
  readonly safetyCode?: string
  readonly path: Path
  readonly lastHeardAt?: number
  /** ID3a: their head is stale ("not seen for a month"). */
  readonly stale: boolean
  /** ID5: two documents with one previous were seen. */
  readonly duplicity: boolean
  /** ID4: when their root keys changed last, and whether that is still to be looked at by the person. */
  readonly keysChangedAt?: number
  /** ID4: somebody shows keys for them to which they had not committed. An alarm. */
  readonly broken?: boolean
  readonly devices: readonly DeviceId[]
  /** Groups that both are in. */
  readonly groups?: readonly { readonly chat: ChatId; readonly name: string }[]
}

export interface InviteView {
  readonly id: InviteId
  readonly link: string
  readonly createdAt: number
  readonly endsAt: number
  /** How often it may be used, and was. */
  readonly maxUses: number
  readonly uses: number
  readonly revoked: boolean
}

/** What a link says before anything is done with it. */
export type InvitePreview =
  | {
      readonly outcome: 'ok'
      readonly did: Did
      /** From the card; absent when no home could be asked. */
      readonly name?: string
      readonly avatar: Avatar
      /** Already a contact: opening leads to the chat. */
      readonly chat?: ChatId
    }
  /** A group's link: `did` is the member to ask. `chat`: we are in it already. */
  | { readonly outcome: 'group'; readonly did: Did; readonly by?: string; readonly chat?: ChatId }
  | { readonly outcome: 'own' | 'malformed' | 'revoked' | 'offline' | 'untrusted' }

// ── settings, network, system ─────────────────────────────────────────────────────────────────────────────────────

export const LOCALES = ['en', 'de', 'es', 'fr', 'ar', 'zh-Hans'] as const
export type Locale = (typeof LOCALES)[number]

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly locale: 'system' | Locale
  readonly enterSends: boolean
  readonly readReceipts: boolean
  /** Never connect directly to contacts, so that they do not see our address. */
  readonly relayOnly: boolean
}

export type ConnectionState = 'offline' | 'connecting' | 'relayed' | 'direct'

export interface RelayView {
  readonly peer: string
  readonly addresses: readonly string[]
  readonly state: 'connected' | 'connecting' | 'unreachable'
  /** A reservation is in force: others can reach us through it. */
  readonly reserved: boolean
  readonly source: 'origin' | 'learned' | 'manual' | 'invite'
  readonly roundTripMs?: number
  readonly lastError?: string
}

export interface PeerView {
  readonly device: DeviceId
  readonly did?: Did
  readonly name?: string
  readonly path: Path
  readonly roundTripMs?: number
}

export interface NetworkView {
  readonly state: ConnectionState
  readonly online: boolean
  readonly relays: readonly RelayView[]
  readonly peers: readonly PeerView[]
  /** This browser can make direct connections (WebRTC exists and a page hosts it). */
  readonly canBeDirect: boolean
  readonly waiting: number
}

export interface DebugView {
  readonly build: string
  readonly worker: 'shared' | 'dedicated'
  readonly startedAt: number
  readonly schemaVersion: number
  readonly pages: number
  readonly addresses: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  readonly lines: readonly {
    readonly at: number
    readonly level: string
    readonly event: string
    readonly fields: Readonly<Record<string, string | number | boolean | undefined>>
  }[]
}
