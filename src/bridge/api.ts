/**
 * Everything a page may ask of the node. A command answers with an id, a small outcome, or an AppError;
 * its effect arrives through a feed. Arguments are checked on the node's side of the port.
 */
import type { GroupLinkView, GroupView, NewGroup, NoteView } from '../model/group-views.ts'
import type { ChatId, Did, InviteId, MessageId } from '../model/ids.ts'
import type { Policies, Role } from '../model/roster.ts'
import type { BackupOutcome, LockView, OpenedText, Unlock } from '../model/security-views.ts'
import type {
  AccountView,
  ChatList,
  ChatView,
  ContactView,
  DebugView,
  DeliveryView,
  Draft,
  InvitePreview,
  InviteView,
  NetworkView,
  SearchFilter,
  SearchHit,
  SearchView,
  Settings,
  Timeline,
  TimelineWindow
} from '../model/views.ts'
import type { Feed } from './contract.ts'

export interface NodeApi {
  // account: the identity is made in the background while the person types a name
  watchAccount(): Feed<AccountView>
  /** Starts making the identity; answers when it is made and stored (without a name yet). Idempotent. */
  prepareAccount(): Promise<void>
  /** Gives the prepared identity its name: from here the account is `ready`. @throws `conflict` when it already is. */
  createAccount(profile: { readonly name: string; readonly photo?: Uint8Array }): Promise<Did>
  /** `photo: null` takes the photo away. */
  setProfile(change: { readonly name?: string; readonly photo?: Uint8Array | null }): Promise<void>
  /** ID8: `certificate` and `gnupg` (v4) are public; `secret` is the root key, encrypted with the passphrase. Armoured. */
  exportKey(what: 'certificate' | 'gnupg' | 'secret', passphrase?: string): Promise<string>

  // chats
  watchChats(): Feed<ChatList>
  watchChat(chat: ChatId): Feed<ChatView | undefined>
  watchTimeline(chat: ChatId, window: TimelineWindow): Feed<Timeline>
  /**
   * `nonce`: chosen by the page, once per press of *send* (at most 64 characters). Stored in the same transaction as the
   * event, so that a call repeated after the worker died answers the first message's id and writes nothing.
   */
  send(chat: ChatId, draft: Draft, nonce?: string): Promise<MessageId>
  edit(chat: ChatId, message: MessageId, text: string): Promise<void>
  /** One reaction a person and message; `null` takes it away. */
  react(chat: ChatId, message: MessageId, emoji: string | null): Promise<void>
  /** For `everyone` only own messages; for `me` it disappears on this account's devices. */
  remove(chat: ChatId, message: MessageId, scope: 'me' | 'everyone'): Promise<void>
  /** Puts a failed message back into the outbox, under the same event id. */
  retry(chat: ChatId, message: MessageId): Promise<void>
  /** Everything up to and including `upTo` has been seen by the person. */
  markRead(chat: ChatId, upTo: MessageId): Promise<void>
  setChat(
    chat: ChatId,
    change: {
      readonly pinned?: boolean
      readonly archived?: boolean
      readonly markedUnread?: boolean
      readonly mutedUntil?: number | 'always' | null
    }
  ): Promise<void>
  saveDraft(chat: ChatId, draft: Draft): Promise<void>
  /** Newest first, at most 200: the first that are found. An empty query makes ready for the next. */
  search(query: string, filter?: SearchFilter): Promise<readonly SearchHit[]>
  /** The hits as they are found, and as they change. */
  watchSearch(query: string, filter?: SearchFilter): Feed<SearchView>
  watchDelivery(chat: ChatId, message: MessageId): Feed<DeliveryView | undefined>

  // groups (RO1); all throw `untrusted` where the roster gives no right to it, `not-found` where there is no such group
  watchGroup(chat: ChatId): Feed<GroupView | undefined>
  createGroup(group: NewGroup): Promise<ChatId>
  addMembers(chat: ChatId, who: readonly Did[]): Promise<void>
  removeMember(chat: ChatId, who: Did): Promise<void>
  leaveGroup(chat: ChatId): Promise<void>
  setRole(chat: ChatId, who: Did, role: Role): Promise<void>
  setPolicies(chat: ChatId, change: Partial<Policies>): Promise<void>
  setTopic(
    chat: ChatId,
    change: { readonly name?: string; readonly description?: string; readonly photo?: Uint8Array | null }
  ): Promise<void>
  /** Also between two people. 0: messages stay. */
  setTimer(chat: ChatId, seconds: number): Promise<void>
  pinMessage(chat: ChatId, message: MessageId, isPinned: boolean): Promise<void>
  /** Opened with `openInvite`. */
  createGroupLink(
    chat: ChatId,
    options?: { readonly maxUses?: number; readonly endsAt?: number }
  ): Promise<GroupLinkView>
  revokeGroupLink(chat: ChatId, id: string): Promise<void>
  /** Says yes or no to somebody in `asking`. */
  answerJoin(chat: ChatId, who: Did, isWelcome: boolean): Promise<void>

  // the shared note of a chat
  watchNote(chat: ChatId): Feed<NoteView>
  /** A Yjs update of at most 32 KiB. */
  changeNote(chat: ChatId, update: Uint8Array): Promise<void>

  // contacts and first contact
  watchContact(did: Did): Feed<ContactView | undefined>
  watchContacts(): Feed<readonly ContactView[]>
  setContact(
    did: Did,
    change: { readonly alias?: string | null; readonly verified?: boolean; readonly blocked?: boolean }
  ): Promise<void>
  /** Compares a scanned safety code (ID7): marks verified on `match`. */
  checkSafetyCode(did: Did, code: string): Promise<'match' | 'mismatch' | 'malformed'>
  acceptRequest(chat: ChatId): Promise<void>
  declineRequest(chat: ChatId): Promise<void>
  createInvite(options?: { readonly maxUses?: number; readonly endsAt?: number }): Promise<InviteView>
  watchInvites(): Feed<readonly InviteView[]>
  revokeInvite(id: InviteId): Promise<void>
  /** Verifies a pasted, scanned or opened link (of any origin). Nothing is changed. */
  readInvite(link: string): Promise<InvitePreview>
  /** Adds the contact and answers the chat to land in. `scanned`: it verifies its owner (ID7). */
  openInvite(link: string, how?: { readonly scanned?: boolean }): Promise<ChatId>
  /** IN5: a did or fingerprint leads to a verified document and a chat from which the first message is a request. */
  findSomeone(
    didOrFingerprint: string
  ): Promise<
    | { readonly outcome: 'found'; readonly did: Did; readonly chat: ChatId }
    | { readonly outcome: 'own' | 'unknown' | 'malformed' | 'offline' }
  >

  // lock: everything else answers `not-ready` while the store is locked
  watchLock(): Feed<LockView>
  /** @throws `untrusted` for a wrong passphrase or passkey. */
  unlock(how: Unlock): Promise<void>
  lock(): Promise<void>
  /** `have`: what opens it now, needed once something does. `want: null` takes the passphrase away. */
  setPassphrase(want: string | null, have?: Unlock): Promise<void>
  addPasskey(want: Extract<Unlock, { by: 'passkey' }>, have?: Unlock): Promise<void>
  removePasskey(credential: Uint8Array, have: Unlock): Promise<void>
  setLockTimeout(minutes: number | null): Promise<void>
  /** Forgets everything on this device. */
  wipe(): Promise<void>

  // backup (DV5): parts follow one another, so that no side holds the whole file
  startBackup(passphrase: string): Promise<string>
  /** The next part, at most 1 MiB and a little; null at the end. */
  nextBackupPart(id: string): Promise<Uint8Array | null>
  /** Only where there is no account yet. @throws `conflict` */
  startRestore(passphrase: string): Promise<string>
  putRestorePart(id: string, part: Uint8Array): Promise<void>
  /** Nothing has changed before this. @throws `malformed`, `needs-newer`, `untrusted` for a wrong passphrase. */
  finishRestore(id: string): Promise<BackupOutcome>
  /** Lets go of either. */
  dropTransfer(id: string): Promise<void>

  // OpenPGP by hand (ID8)
  /** Armoured; signed, and encrypted to the contact of a direct chat in the form that GnuPG reads where they have one. */
  copyAsOpenPgp(chat: ChatId, text: string): Promise<string>
  /** `keepFor`: a pasted public key belongs to the person in this direct chat, who is written to with it from then on. */
  openOpenPgpText(armoured: string, keepFor?: ChatId): Promise<OpenedText>

  // settings and system
  watchSettings(): Feed<Settings>
  setSettings(change: Partial<Settings>): Promise<void>
  watchNetwork(): Feed<NetworkView>
  /** A multiaddr with `/p2p/…`, or the URL of a relay (its `/.well-known/cryptochat.json` is read). */
  addRelay(address: string): Promise<'added' | 'known' | 'malformed' | 'unreachable'>
  removeRelay(peer: string): Promise<void>
  watchDebug(): Feed<DebugView>
  /** A redacted report for a bug ticket: no names, texts, dids or addresses. */
  makeReport(): Promise<string>
}
