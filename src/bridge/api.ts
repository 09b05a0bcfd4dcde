/**
 * Everything a page may ask of the node. A command answers with an id, a small outcome, or an AppError;
 * its effect arrives through a feed. Arguments are checked on the node's side of the port.
 */
import type { ChatId, Did, InviteId, MessageId } from '../model/ids.ts'
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
  SearchHit,
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
  /** Newest first, at most 200. `chat` limits it to one chat. */
  search(query: string, chat?: ChatId): Promise<readonly SearchHit[]>
  watchDelivery(chat: ChatId, message: MessageId): Feed<DeliveryView | undefined>

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
