/** What a page is shown of groups: members, rights, links, lines about what happened, and how a session carries a chat. */
import type { ChatId, Did, MessageId } from './ids.ts'
import type { Policies, Role } from './roster.ts'
import type { Avatar } from './avatar.ts'

/** SU1, in the order in which they are offered. */
export const SUITE_IDS = ['mls-xwing', 'mls-x25519', 'pgp-v6'] as const
export type SuiteId = (typeof SUITE_IDS)[number]

/** What carries a chat now; the page says it in plain words. */
export interface SuiteView {
  readonly suite: SuiteId
  readonly forwardSecrecy: boolean
  readonly postCompromise: boolean
  readonly postQuantum: boolean
  /** Most devices. */
  readonly largestGroup: number
  /** Devices in the session now, ours included. */
  readonly devices: number
}

export interface Somebody {
  readonly did: Did
  /** Alias, or the name they gave, or the beginning of the did. */
  readonly name: string
  readonly mine: boolean
}

/** A line in the timeline that nobody wrote. */
export type SystemLine =
  | { readonly kind: 'founded'; readonly by: Somebody; readonly name: string }
  | { readonly kind: 'added' | 'removed'; readonly by: Somebody; readonly who: readonly Somebody[] }
  | { readonly kind: 'left'; readonly by: Somebody }
  | { readonly kind: 'role'; readonly by: Somebody; readonly who: Somebody; readonly role: Role }
  | { readonly kind: 'policies'; readonly by: Somebody }
  | { readonly kind: 'renamed'; readonly by: Somebody; readonly name: string }
  | { readonly kind: 'described' | 'photo'; readonly by: Somebody }
  /** 0: messages stay. */
  | { readonly kind: 'timer'; readonly by: Somebody; readonly seconds: number }
  | { readonly kind: 'pinned' | 'unpinned'; readonly by: Somebody; readonly message: MessageId }
  /** ID4: they moved to new root keys, or (`break`) to keys that they had not committed to. */
  | { readonly kind: 'keys'; readonly who: Somebody; readonly is: 'rotated' | 'break' | 'new-device' }
  | { readonly kind: 'note'; readonly by: Somebody }

export interface GroupMemberView extends Somebody {
  readonly avatar: Avatar
  readonly role: Role
  readonly verified: boolean
  readonly isContact: boolean
  /** `joining`: in the roster; none of their devices is in the session yet. */
  readonly state: 'in' | 'joining'
}

export interface GroupLinkView {
  /** Of the pass. */
  readonly id: string
  readonly link: string
  readonly endsAt: number
  readonly maxUses: number
  readonly uses: number
}

export interface GroupView {
  readonly chat: ChatId
  readonly name: string
  readonly description?: string
  readonly avatar: Avatar
  /** Admins first, then by name. */
  readonly members: readonly GroupMemberView[]
  /** Absent when we are no longer in it. */
  readonly role?: Role
  readonly may: {
    readonly write: boolean
    readonly add: boolean
    readonly rename: boolean
    readonly pin: boolean
    /** Remove others, roles, policies, timer, links. */
    readonly manage: boolean
    /** The last admin of a group with others in it names another first. */
    readonly leave: boolean
  }
  readonly policies: Policies
  readonly links: readonly GroupLinkView[]
  /** Came with a link and wait for an admin's yes; shown to those who may say it. */
  readonly asking: readonly (Somebody & { readonly avatar: Avatar; readonly askedAt: number })[]
}

export interface NewGroup {
  readonly name: string
  readonly photo?: Uint8Array
  readonly members: readonly Did[]
  /** Default: `mls-xwing`, above 50 members `mls-x25519`. */
  readonly suite?: SuiteId
}

/** The chat's shared note: a whole Yjs document as one update, and who has ever changed it. */
export interface NoteView {
  readonly update: Uint8Array
  readonly authors: readonly Somebody[]
  readonly changedAt?: number
}
