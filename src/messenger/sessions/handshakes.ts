/**
 * Commits and openings that arrive. Whose they are and whether the roster allows them is decided here and in branch.ts; that they
 * are valid MLS, below. What is not ready yet waits and is answered `kept`.
 */
import { base64urlToBytes, bytesToBase64url, sameBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { chatIdOf, directConversation } from '../../crypto/conversation.ts'
import { openOpening } from '../../crypto/opening.ts'
import type { OpenedOpening } from '../../crypto/opening.ts'
import type { SessionState, Suite } from '../../crypto/suite.ts'
import type { ChatId, DeviceId, Did } from '../../model/ids.ts'
import { findByTag, knownSessions } from '../../store/chats.ts'
import { getSeen, markSeen, updateContact } from '../../store/contacts.ts'
import type { TableName } from '../../store/database.ts'
import { mailOf } from '../../store/mail.ts'
import type { ContactRow, SessionRow } from '../../store/rows.ts'
import type { Change } from '../../store/watch.ts'
import { largeEnvelope } from '../../wire/envelope.ts'
import type { Context, Own } from '../context.ts'
import type { Arrived, EnvelopeAnswer } from '../net.ts'
import { isFellow } from '../peers.ts'
import { encodeAnswer } from '../receipts.ts'
import { loadDocument, toContactDevice } from '../trust.ts'
import { epochsOf, settle } from './branch.ts'
import { inSession } from './carrier.ts'
import { takeCommit } from './commits.ts'
import { firstNotes, sessionRow } from './founding.ts'
import { isSenior } from './healing.ts'
import { lawOf } from './law.ts'
import { lostMailOf } from './lost.ts'
import { keysFor, KEY_TABLES, takeKeys } from './keys.ts'
import { currentRow, loadState, SESSION_TABLES, writeSession } from './state.ts'
import type { SessionChange } from './state.ts'
import { keepWaiting } from './waiting.ts'

const ABSENT: EnvelopeAnswer = { outcome: 'absent' }

const answer = (outcome: 'new' | 'seen' | 'kept', chat?: ChatId): EnvelopeAnswer => ({
  outcome: 'taken',
  answer: encodeAnswer({ outcome, ...(chat && { conversation: base64urlToBytes(chat) }) })
})

/** Whose device handed it over, when that is somebody whom we let in. */
const knownSender = (
  ctx: Context,
  { from }: Arrived
): { did: Did; device: DeviceId; contact: ContactRow } | undefined => {
  if (from === undefined) return undefined
  for (const contact of ctx.db.memory.contacts.values()) {
    if (!contact.devices.some(({ device }) => device === from)) continue
    const isKnown =
      !contact.blocked && (['open', 'asked', 'member'].includes(contact.standing) || isFellow(ctx, contact.did))
    return isKnown ? { did: contact.did, device: from, contact } : undefined
  }
  return undefined
}

const isCode = (error: unknown, ...codes: readonly string[]): error is AppError =>
  error instanceof AppError && codes.includes(error.code)

// ── commits ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const receiveCommit = async (
  ctx: Context,
  own: Own,
  arrived: Arrived,
  { route, sealed }: { readonly route: Uint8Array; readonly sealed: Uint8Array }
): Promise<EnvelopeAnswer> => {
  const sender = knownSender(ctx, arrived)
  if (sender === undefined) return ABSENT
  const session = findByTag(ctx.db, bytesToBase64url(route))
  // it may have come in pieces
  const envelope = largeEnvelope.encode({ version: 1, kind: 'commit', route, sealed })
  if (session === undefined) {
    // the session may open any moment: members follow a commit before its newcomers know of it
    await keepWaiting(ctx, { from: sender.device, envelope })
    return answer('kept')
  }
  try {
    const isNew = await applyCommit(ctx, own, session, sealed)
    return answer(isNew ? 'new' : 'seen', session.chat)
  } catch (error) {
    if (isCode(error, 'not-ready')) {
      await keepWaiting(ctx, { from: sender.device, chat: session.chat, envelope })
      ctx.missing(session.chat, sender.device)
      return answer('kept', session.chat)
    }
    // older than anything that could be followed, or one too many: nothing is lost without it
    if (isCode(error, 'not-found', 'conflict', 'quota')) return answer('seen', session.chat)
    throw error
  }
}

/** False when it was known. @throws AppError as `Epochs.receive`. */
export const applyCommit = (
  ctx: Context,
  own: Own,
  { group, chat }: SessionRow,
  commit: Uint8Array
): Promise<boolean> =>
  inSession(ctx, chat, async () => {
    const session = currentRow(ctx, { group })
    const suite = session && own.suites.get(session.suite)
    if (session === undefined || suite?.epochs === undefined) throw new AppError('untrusted', 'a commit of no session')
    const state = await loadState(ctx, session)
    if (state === undefined) throw new AppError('not-ready', 'the state of this session is gone')
    const { change, epoch, isOut } = await takeCommit(ctx, own, { session, suite, state }, commit)
    if (change === undefined) return false
    await ctx.db.write(SESSION_TABLES, () => writeSession(ctx, change))
    ctx.log.info('sessions.commit', {
      session: group.slice(0, 4),
      epoch: epoch.number,
      id: epoch.id.slice(0, 4),
      added: epoch.added.length,
      removed: epoch.removed.length
    })
    if (isOut) ctx.log.info('sessions.left', { epoch: epoch.number })
    // DV5: who is dropped and stays a member has a newer document, by which the next commit is judged
    const roster = ctx.rosters.get(chat)
    for (const did of new Set(epoch.removed.map((one) => one.did as Did))) {
      if (roster?.members.has(did) === true) ctx.refresh(did)
    }
    ctx.moved(chat)
    return true
  })

// ── openings ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const receiveOpening = async (
  ctx: Context,
  own: Own,
  arrived: Arrived,
  sealed: Uint8Array
): Promise<EnvelopeAnswer> => {
  const known = knownSender(ctx, arrived)
  if (known === undefined && !isAwaiting(ctx)) return ABSENT
  const opened = await openOpening(sealed, own.secrets, ctx.clock.now())
  const sender = known ?? (await awaitedSender(ctx, arrived, opened))
  if (sender === undefined) return ABSENT
  const key = `opening:${bytesToBase64url(opened.hash)}`
  const chat = chatIdOf(opened.said.conversation) as ChatId
  if (getSeen(ctx.db, key) !== undefined) return answer('seen', chat)
  try {
    if (known !== undefined) await checkSender(ctx, opened, sender)
    await (opened.said.keyPackage === undefined
      ? enter(ctx, own, { opened, sender, chat, key })
      : takePlea(ctx, own, { opened, sender, chat, key }))
  } catch (error) {
    // an opening that came late, or of somebody who is behind: where we are is as good
    if (isCode(error, 'conflict')) return answer('seen', chat)
    if (!isCode(error, 'not-ready')) throw error
    const envelope = largeEnvelope.encode({ version: 1, kind: 'opening', route: new Uint8Array(16), sealed })
    await keepWaiting(ctx, { from: sender.device, chat, envelope })
    ctx.refresh(sender.did)
    return answer('kept', chat)
  }
  return answer('new', chat)
}

type Sender = NonNullable<ReturnType<typeof knownSender>>

/** We came with some group's link: whom it names we know by their document, but not yet what devices they have. */
const isAwaiting = ({ db }: Context): boolean => [...db.memory.chats.values()].some(({ join }) => join !== undefined)

/** @throws AppError `untrusted` */
const awaitedSender = async (ctx: Context, { from }: Arrived, opened: OpenedOpening): Promise<Sender | undefined> => {
  const did = opened.sender as Did
  const chat = ctx.db.memory.chats.get(chatIdOf(opened.said.conversation) as ChatId)
  const contact = ctx.db.memory.contacts.get(did)
  if (from === undefined || chat?.join?.did !== did || contact === undefined || contact.blocked) return undefined
  const document = await loadDocument(ctx, contact.documentHash)
  if (document === undefined) return undefined
  const binding = await opened.prove(document)
  if (binding.device !== from) throw new AppError('untrusted', 'handed over by another device')
  const after = await updateContact(ctx.db, did, ({ devices }) => ({
    devices: [...devices.filter(({ device }) => device !== from), toContactDevice(binding)]
  }))
  return after && { did, device: from, contact: after }
}

interface Arriving {
  readonly opened: OpenedOpening
  readonly sender: Sender
  readonly chat: ChatId
  readonly key: string
}

/** @throws AppError `untrusted`, or `not-ready` when their document is newer than what we know. */
const checkSender = async (ctx: Context, opened: OpenedOpening, { did, device, contact }: Sender): Promise<void> => {
  if (opened.sender !== did) throw new AppError('untrusted', 'handed over by somebody else')
  const document = await loadDocument(ctx, contact.documentHash)
  if (document === undefined) throw new AppError('internal', 'a contact without its document')
  try {
    const { device: signer } = await opened.prove(document)
    if (signer !== device) throw new AppError('untrusted', 'handed over by another device')
  } catch (error) {
    const isOther = !sameBytes(opened.said.documentHash, contact.documentHash)
    if (isOther && isCode(error, 'untrusted'))
      throw new AppError('not-ready', 'their document is another', { cause: error })
    throw error
  }
}

/** How long a second one is known by its hash: longer than any is accepted. */
const SEEN_MS = 32 * 24 * 3600 * 1000

interface Draft {
  readonly tables: readonly TableName[]
  readonly write: (change: Change) => Promise<void>
}

const enter = async (ctx: Context, own: Own, { opened, sender, chat, key }: Arriving): Promise<void> => {
  const { session, log, welcome, tree, conversation } = opened.said
  const isDirect = sameBytes(conversation, directConversation(own.did, sender.did))
  if (!isDirect && log === undefined) throw new AppError('untrusted', 'a group that says nothing of itself')
  const suite = own.suites.get(session.suite)
  if (suite === undefined) throw new AppError('needs-newer', `suite ${session.suite}`)
  const { did, device } = sender
  const draft =
    isDirect || log === undefined
      ? undefined
      : await ctx.groupDoor?.read({ sender: { did, device }, chat, suite: session.suite, log })
  if (!isDirect && draft === undefined) throw new AppError('not-ready', 'groups are not here yet')
  const belongs = draft?.wasEverIn ?? ((one: Did) => one === own.did || one === did)

  const record = ctx.db.memory.chats.get(chat)
  // whoever is senior says where the group is, when nothing else can (ML5)
  const mayEnter = (before: SessionRow | undefined): boolean =>
    before?.mls?.pleadedAt !== undefined || (record !== undefined && !isSenior(ctx, own, record, did))
  await inSession(ctx, chat, async () => {
    const group = bytesToBase64url(session.group)
    const before = currentRow(ctx, { group })
    if (before !== undefined && before.chat !== chat) throw new AppError('untrusted', 'a session of another chat')
    const row = before ?? sessionRow(ctx, { chat, suite: session.suite, group, generation: session.generation })
    const change: SessionChange =
      suite.epochs === undefined || draft?.isFarewell === true
        ? { before, row, from: undefined, state: undefined }
        : await joinIn(ctx, own, { suite, row, before, welcome, tree, belongs, mayEnterAgain: mayEnter(before) })
    await writeAll(ctx, { change: isDirect ? withLost(ctx, change) : change, key, draft })
  })
  ctx.log.info('sessions.opened', {
    session: bytesToBase64url(session.group).slice(0, 4),
    suite: session.suite,
    generation: session.generation
  })
  ctx.moved(chat)
  // SY1: whoever let us in may not have known of all that was said when they did
  if (draft !== undefined && draft.isFarewell !== true) ctx.noticeGap(chat)
}

/** Two people who go on in a new session: what was sealed in older ones and not taken is sealed again there. */
const withLost = (ctx: Context, change: SessionChange): SessionChange => {
  const { chat, generation } = change.row
  const older = knownSessions(ctx.db, chat).filter((one) => one.rev !== undefined && one.generation < generation)
  const lostMail = mailOf(ctx.db, chat)
    .filter(({ kind, group }) => kind !== 'request' && older.some((one) => one.group === group))
    .map(({ id }) => id)
  return { ...change, lostMail }
}

const writeAll = (
  ctx: Context,
  { change, key, draft }: { change: SessionChange; key: string; draft: Draft | undefined }
): Promise<void> =>
  ctx.db.write([...new Set([...SESSION_TABLES, 'seen' as const, ...(draft?.tables ?? [])])], async (told) => {
    await draft?.write(told)
    await writeSession(ctx, change)
    const now = ctx.clock.now()
    await markSeen(ctx.db, { id: key, endsAt: now + SEEN_MS }, now)
    told.chats.add(change.row.chat)
  })

const joinIn = async (
  ctx: Context,
  own: Own,
  given: {
    readonly suite: Suite
    readonly row: SessionRow
    readonly before: SessionRow | undefined
    readonly welcome: Uint8Array | undefined
    readonly tree: Uint8Array | undefined
    readonly belongs: (did: Did) => boolean
    readonly mayEnterAgain: boolean
  }
): Promise<SessionChange> => {
  const { suite, row, before, welcome, tree, belongs, mayEnterAgain } = given
  if (welcome === undefined || tree === undefined) throw new AppError('malformed', 'an opening without Welcome')
  const joined = await join(ctx, suite, welcome, tree)
  if (bytesToBase64url(joined.group) !== row.group || joined.generation !== row.generation) {
    throw new AppError('untrusted', 'a Welcome into another session')
  }
  if (!suite.members(joined.state).every(({ did }) => belongs(did as Did))) {
    throw new AppError('untrusted', 'tree and roster do not agree')
  }
  const from = before === undefined ? undefined : await loadState(ctx, before)
  if (from !== undefined && !mayEnterAgain) throw new AppError('conflict', 'we are in it already')
  const state = from === undefined ? joined.state : epochsOf(suite).enter(from, joined.state)
  if (state instanceof Uint8Array) throw new AppError('internal', 'a state in one piece')
  const now = ctx.clock.now()
  const { pleadedAt: _, ...old } = row.mls ?? firstNotes(ctx)
  const notes = { ...old, renewAt: firstNotes(ctx).renewAt, sent: 0, movedAt: now }
  const chat = ctx.db.memory.chats.get(row.chat)
  if (from === undefined || chat === undefined) return { before, row: { ...row, mls: notes }, from, state }
  const settled = settle(suite, lawOf(ctx, own, chat), state, notes, now)
  if (settled.state instanceof Uint8Array) throw new AppError('internal', 'a state in one piece')
  const lostMail = lostMailOf(ctx, row, settled.lineage)
  return { before, row: { ...row, mls: settled.notes }, from, state: settled.state, lostMail }
}

/** Any of our key packages may have been used. */
const join = async (
  ctx: Context,
  suite: Suite,
  welcome: Uint8Array,
  tree: Uint8Array
): Promise<{ readonly state: SessionState; readonly group: Uint8Array; readonly generation: number }> => {
  let last: unknown = new AppError('undecryptable', 'none of our key packages')
  for (const keys of keysFor(ctx, suite.id)) {
    try {
      return await epochsOf(suite).join({ welcome, tree, keys })
    } catch (error) {
      if (!isCode(error, 'untrusted', 'undecryptable')) throw error
      last = error
    }
  }
  throw last
}

// ── pleas ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const MAX_PLEAS = 64

const takePlea = async (ctx: Context, _own: Own, { opened, sender, chat, key }: Arriving): Promise<void> => {
  const { session, keyPackage, issued } = opened.said
  const { device } = sender
  if (keyPackage === undefined) return
  await inSession(ctx, chat, async () => {
    const known = knownSessions(ctx.db, chat).find(({ group }) => group === bytesToBase64url(session.group))
    await ctx.db.write([...SESSION_TABLES, ...KEY_TABLES, 'seen'], async () => {
      const now = ctx.clock.now()
      await markSeen(ctx.db, { id: key, endsAt: now + SEEN_MS }, now)
      await takeKeys(ctx, device, [{ suite: session.suite, keyPackage }])
      if (known?.mls === undefined) return
      // an old plea must not push a device out that came in since
      const pleas = (known.mls.pleas ?? []).filter((one) => one.device !== device).slice(-MAX_PLEAS)
      const row = { ...known, mls: { ...known.mls, pleas: [...pleas, { device, keyPackage, at: issued }] } }
      await writeSession(ctx, { before: known, row, from: undefined, state: undefined })
    })
  })
  ctx.log.info('sessions.plea')
  ctx.reconcile(chat)
}
