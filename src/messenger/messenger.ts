/**
 * What the app does, for whoever owns a node: every method is one of `NodeApi` with the same name and meaning. It needs a
 * database, a way to the world (`Net`) and this device's key, and takes time and chance by name.
 */
import { AppError } from '../base/errors.ts'
import type { GroupLinkView, GroupView, NewGroup, NoteView } from '../model/group-views.ts'
import type { ChatId, Did, InviteId, MessageId } from '../model/ids.ts'
import type { Policies, Role } from '../model/roster.ts'
import type { BackupOutcome, OpenedText } from '../model/security-views.ts'
import type {
  AccountView,
  ChatList,
  ChatView,
  ContactView,
  DeliveryView,
  Draft,
  InvitePreview,
  InviteView,
  SearchFilter,
  SearchHit,
  SearchView,
  Settings,
  Timeline,
  TimelineWindow
} from '../model/views.ts'
import { getAccount } from '../store/account.ts'
import { countOutbox } from '../store/outbox.ts'
import { largeEnvelope } from '../wire/envelope.ts'
import { checkProfile, makeIdentity, nameIdentity, toOwn, wipeKeys, watchAccount } from './account.ts'
import type { Profile } from './account.ts'
import { answerDocuments } from './ask/documents.ts'
import { createTransfers } from './backup/transfers.ts'
import * as contacts from './contacts.ts'
import { createContext, needOwn } from './context.ts'
import type { Context, MessengerDeps, Own } from './context.ts'
import { createDirectorySync, ensureHead } from './directory-sync.ts'
import type { ExportKind } from './export.ts'
import { exportKey } from './export.ts'
import * as invites from './invites.ts'
import { copyAsOpenPgp, openOpenPgpText } from './openpgp-text.ts'
import * as groupCommands from './groups/commands.ts'
import { createGroups } from './groups/groups.ts'
import * as groupLinks from './groups/links.ts'
import { watchGroup } from './groups/view.ts'
import { createOutbox } from './outbox.ts'
import { createNotes } from './note.ts'
import * as pairing from './pairing.ts'
import { meets } from './peers.ts'
import { createPieces } from './pieces.ts'
import { renewOwnBinding, setProfile } from './profile.ts'
import { markRead } from './read-marks.ts'
import { dispatch, receive } from './receive.ts'
import { createSearching } from './search/searching.ts'
import * as sending from './send.ts'
import { createSessions } from './sessions/sessions.ts'
import * as settings from './settings.ts'
import { createSyncing } from './sync/syncing.ts'
import { watchChat, watchChats } from './views/chats.ts'
import { watchDelivery } from './views/delivery.ts'
import { watchTimeline } from './views/timeline.ts'
import { createTimers } from './timers.ts'
import { warmChat, warmRecent } from './warm.ts'

type Feed<T> = AsyncIterable<T>

export interface Messenger {
  watchAccount(): Feed<AccountView>
  prepareAccount(): Promise<void>
  createAccount(profile: Profile): Promise<Did>
  setProfile(change: { readonly name?: string; readonly photo?: Uint8Array | null }): Promise<void>
  exportKey(what: ExportKind, passphrase?: string): Promise<string>
  startBackup(passphrase: string): Promise<string>
  nextBackupPart(id: string): Promise<Uint8Array | null>
  startRestore(passphrase: string): Promise<string>
  putRestorePart(id: string, part: Uint8Array): Promise<void>
  finishRestore(id: string): Promise<BackupOutcome>
  dropTransfer(id: string): Promise<void>
  copyAsOpenPgp(chat: ChatId, text: string): Promise<string>
  openOpenPgpText(armoured: string, keepFor?: ChatId): Promise<OpenedText>

  watchChats(): Feed<ChatList>
  watchChat(chat: ChatId): Feed<ChatView | undefined>
  watchTimeline(chat: ChatId, window: TimelineWindow): Feed<Timeline>
  send(chat: ChatId, draft: Draft, nonce?: string): Promise<MessageId>
  edit(chat: ChatId, message: MessageId, text: string): Promise<void>
  react(chat: ChatId, message: MessageId, emoji: string | null): Promise<void>
  remove(chat: ChatId, message: MessageId, scope: 'me' | 'everyone'): Promise<void>
  retry(chat: ChatId, message: MessageId): Promise<void>
  markRead(chat: ChatId, upTo: MessageId): Promise<void>
  setChat(chat: ChatId, change: settings.ChatChange): Promise<void>
  saveDraft(chat: ChatId, draft: Draft): Promise<void>
  search(query: string, filter?: SearchFilter): Promise<readonly SearchHit[]>
  watchSearch(query: string, filter?: SearchFilter): Feed<SearchView>
  watchDelivery(chat: ChatId, message: MessageId): Feed<DeliveryView | undefined>

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
  setTimer(chat: ChatId, seconds: number): Promise<void>
  pinMessage(chat: ChatId, message: MessageId, isPinned: boolean): Promise<void>
  watchGroup(chat: ChatId): Feed<GroupView | undefined>
  createGroupLink(
    chat: ChatId,
    options?: { readonly maxUses?: number; readonly endsAt?: number }
  ): Promise<GroupLinkView>
  revokeGroupLink(chat: ChatId, id: string): Promise<void>
  answerJoin(chat: ChatId, who: Did, isWelcome: boolean): Promise<void>
  watchNote(chat: ChatId): Feed<NoteView>
  changeNote(chat: ChatId, update: Uint8Array): Promise<void>

  watchContact(did: Did): Feed<ContactView | undefined>
  watchContacts(): Feed<readonly ContactView[]>
  setContact(did: Did, change: contacts.ContactChange): Promise<void>
  checkSafetyCode(did: Did, code: string): Promise<'match' | 'mismatch' | 'malformed'>
  acceptRequest(chat: ChatId): Promise<void>
  declineRequest(chat: ChatId): Promise<void>
  createInvite(options?: { readonly maxUses?: number; readonly endsAt?: number }): Promise<InviteView>
  watchInvites(): Feed<readonly InviteView[]>
  revokeInvite(id: InviteId): Promise<void>
  readInvite(link: string): Promise<InvitePreview>
  openInvite(link: string, how?: { readonly scanned?: boolean }): Promise<ChatId>
  findSomeone(didOrFingerprint: string): Promise<pairing.FindOutcome>

  watchSettings(): Feed<Settings>
  setSettings(change: Partial<Settings>): Promise<void>

  // for the node that owns it
  /** Loads the account, takes envelopes, and sends what waits. */
  start(): Promise<void>
  /** Starts nothing new and lets go of the network; what waits stays in the outbox. */
  stop(): Promise<void>
  /** Resolves when there is nothing to do but wait for the network or for time to pass. */
  idle(): Promise<void>
  isIdle(): boolean
  /** Events that nobody has receipted yet. */
  countWaiting(): Promise<number>
}

export const createMessenger = (deps: MessengerDeps): Messenger => {
  const ctx = createContext(deps)
  const outbox = createOutbox(ctx)
  const sync = createDirectorySync(ctx)
  const searching = createSearching(ctx)
  const transfers = createTransfers(ctx)
  ctx.wake = outbox.wake
  ctx.hurry = outbox.hurry
  ctx.refresh = sync.refresh
  ctx.lookAtOwn = sync.lookAtOwn
  const groups = createGroups(ctx)
  const sessions = createSessions(ctx, (arrived) =>
    dispatch(ctx, needOwn(ctx), arrived, largeEnvelope.decode(arrived.envelope))
  )
  const syncing = createSyncing(ctx)
  const timers = createTimers(ctx)
  ctx.endsAt = timers.endsAt
  const notes = createNotes(ctx)
  ctx.noticeGap = syncing.notice
  ctx.answerers.documents = answerDocuments(ctx, (asker, other) => meets(ctx, asker, other))
  const takePiece = createPieces(ctx, async (arrived, whole) => await dispatch(ctx, needOwn(ctx), arrived, whole))
  ctx.handlers.piece = (_, arrived, { sealed }) => takePiece(arrived, sealed)

  const identity = createIdentity(ctx, async (own) => {
    await ensureHead(ctx, own)
    sync.start(own)
  })
  /** Everything that stands on what is stored: at the start, and again when a restore has put it there. */
  const begin = async (): Promise<void> => {
    ctx.settings = await settings.getSettings(ctx)
    await groups.load()
    await identity.load()
    await contacts.denyBlocked(ctx)
    warmRecent(ctx)
    await sessions.start()
    groups.start()
    syncing.start()
    await timers.start()
    notes.start()
    outbox.wakeAll()
  }
  /** Every command is work that `idle` waits for. */
  const run = <T>(job: () => Promise<T>): Promise<T> => ctx.work.run(job)

  return {
    watchAccount: () => watchAccount(ctx, identity.isMaking),
    prepareAccount: () => run(identity.prepare),
    createAccount: (profile) => run(() => identity.create(profile)),
    setProfile: (change) => run(() => setProfile(ctx, change)),
    exportKey: (what, passphrase) => run(() => exportKey(ctx, what, passphrase)),
    startBackup: (passphrase) => run(async () => transfers.startBackup(passphrase)),
    nextBackupPart: (id) => run(() => transfers.nextBackupPart(id)),
    startRestore: (passphrase) => run(() => transfers.startRestore(passphrase)),
    putRestorePart: (id, part) => run(() => transfers.putRestorePart(id, part)),
    finishRestore: (id) =>
      run(async () => {
        const outcome = await identity.replace(() => transfers.finishRestore(id))
        await begin()
        return outcome
      }),
    dropTransfer: (id) => run(() => transfers.dropTransfer(id)),
    copyAsOpenPgp: (chat, text) => run(() => copyAsOpenPgp(ctx, chat, text)),
    openOpenPgpText: (armoured, keepFor) => run(() => openOpenPgpText(ctx, armoured, keepFor)),

    watchChats: () => watchChats(ctx),
    watchChat: (chat) => {
      warmChat(ctx, chat)
      return watchChat(ctx, chat)
    },
    watchTimeline: (chat, window) => watchTimeline(ctx, chat, window),
    send: (chat, draft, nonce) => run(() => sending.send(ctx, chat, draft, nonce)),
    edit: (chat, message, text) => run(() => sending.edit(ctx, chat, message, text)),
    react: (chat, message, emoji) => run(() => sending.react(ctx, chat, message, emoji)),
    remove: (chat, message, scope) => run(() => sending.remove(ctx, chat, message, scope)),
    retry: (chat, message) => run(() => sending.retry(ctx, chat, message)),
    markRead: (chat, upTo) => run(() => markRead(ctx, chat, upTo)),
    setChat: (chat, change) => run(() => settings.setChat(ctx, chat, change)),
    saveDraft: (chat, draft) => run(() => settings.saveDraft(ctx, chat, draft)),
    search: (query, filter) => run(() => searching.search(query, filter)),
    watchSearch: (query, filter) => searching.watch(query, filter),
    watchDelivery: (chat, message) => watchDelivery(ctx, chat, message),

    createGroup: (group) => run(() => groupCommands.createGroup(ctx, group)),
    addMembers: (chat, who) => run(() => groupCommands.addMembers(ctx, chat, who)),
    removeMember: (chat, who) => run(() => groupCommands.removeMember(ctx, chat, who)),
    leaveGroup: (chat) => run(() => groupCommands.leaveGroup(ctx, chat)),
    setRole: (chat, who, role) => run(() => groupCommands.setRole(ctx, chat, who, role)),
    setPolicies: (chat, change) => run(() => groupCommands.setPolicies(ctx, chat, change)),
    setTopic: (chat, change) => run(() => groupCommands.setTopic(ctx, chat, change)),
    setTimer: (chat, seconds) => run(() => groupCommands.setTimer(ctx, chat, seconds)),
    pinMessage: (chat, message, isPinned) => run(() => groupCommands.pinMessage(ctx, chat, message, isPinned)),
    watchGroup: (chat) => watchGroup(ctx, chat),
    createGroupLink: (chat, options) => run(() => groupLinks.createGroupLink(ctx, chat, options)),
    revokeGroupLink: (chat, id) => run(() => groupLinks.revokeGroupLink(ctx, chat, id)),
    answerJoin: (chat, who, isWelcome) => run(() => groupLinks.answerJoin(ctx, chat, who, isWelcome)),
    watchNote: notes.watch,
    changeNote: (chat, update) => run(() => notes.change(chat, update)),

    watchContact: (did) => contacts.watchContact(ctx, did),
    watchContacts: () => contacts.watchContacts(ctx),
    setContact: (did, change) => run(() => contacts.setContact(ctx, did, change)),
    checkSafetyCode: (did, code) => run(() => contacts.checkSafetyCode(ctx, did, code)),
    acceptRequest: (chat) => run(() => pairing.acceptRequest(ctx, chat)),
    declineRequest: (chat) => run(() => pairing.declineRequest(ctx, chat)),
    createInvite: (options) => run(() => invites.createInvite(ctx, options)),
    watchInvites: () => invites.watchInvites(ctx),
    revokeInvite: (id) => run(() => invites.revokeInvite(ctx, id)),
    readInvite: (link) => run(() => pairing.readInvite(ctx, link)),
    openInvite: (link, how) => run(() => pairing.openInvite(ctx, link, how)),
    findSomeone: (pasted) => run(() => pairing.findSomeone(ctx, pasted)),

    watchSettings: () => settings.watchSettings(ctx),
    setSettings: (change) => run(() => settings.setSettings(ctx, change)),

    start: () =>
      run(async () => {
        ctx.net.onEnvelope((arrived) => run(() => receive(ctx, arrived)))
        await transfers.recover()
        await begin()
      }),
    stop: async () => {
      ctx.stopping.abort(new AppError('aborted', 'the node stops'))
      searching.stop()
      outbox.stop()
      groups.stop()
      sessions.stop()
      syncing.stop()
      timers.stop()
      notes.stop()
      sync.stop()
      await ctx.work.idle()
      if (ctx.own !== undefined) wipeKeys(ctx.own)
      ctx.own = undefined
    },
    idle: ctx.work.idle,
    isIdle: ctx.work.isIdle,
    countWaiting: () => countOutbox(ctx.db)
  }
}

/** The account's three steps; each may be asked for twice. */
const createIdentity = (
  ctx: Context,
  onReady: (own: Own) => Promise<void>
): {
  load(): Promise<void>
  prepare(): Promise<void>
  create(profile: Profile): Promise<Did>
  /** DV5: `job` puts another account in place of the one that was being made. */
  replace<T>(job: () => Promise<T>): Promise<T>
  isMaking(): boolean
} => {
  let making: ReturnType<typeof makeIdentity> | undefined
  let isRestoring = false

  const make = async (): ReturnType<typeof makeIdentity> => {
    if (isRestoring) throw new AppError('conflict', 'an account is being restored')
    making ??= makeIdentity(ctx)
    try {
      return await making
    } finally {
      making = undefined
    }
  }
  const load = async (): Promise<void> => {
    const account = await getAccount(ctx.db)
    if (account?.name === undefined) return
    ctx.own = await renewOwnBinding(ctx, toOwn(ctx, account))
    await onReady(ctx.own)
  }
  return {
    isMaking: () => making !== undefined,
    load,
    replace: async (job) => {
      isRestoring = true
      try {
        await making?.catch(() => undefined)
        return await job()
      } finally {
        isRestoring = false
      }
    },
    prepare: async () => {
      await make()
    },
    create: async (profile) => {
      checkProfile(profile)
      const own = await nameIdentity(ctx, await make(), profile)
      ctx.own = own
      await onReady(own)
      return own.did
    }
  }
}
