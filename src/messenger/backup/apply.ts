/**
 * DV5: what is read from a backup becomes rows. Twice: the first time every item is decoded and nothing is kept; when the end has
 * been verified, the second time writes, a batch at a time, and the account last. Events go through the same door as any others.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { bindingParts } from '../../crypto/binding.ts'
import { directConversation } from '../../crypto/conversation.ts'
import { deviceIdFromKey } from '../../crypto/device-id.ts'
import { didFromKey } from '../../crypto/did.ts'
import type { VerifiedDocument } from '../../crypto/document.ts'
import { verifyEvent } from '../../crypto/event.ts'
import { verifyHead } from '../../crypto/head.ts'
import { routeFor } from '../../crypto/suite.ts'
import type { AccountRoots } from '../../crypto/takeover.ts'
import { createGroupLaw } from '../../model/group-law.ts'
import type { GroupLaw } from '../../model/group-law.ts'
import type { ChatId, DeviceId, Did, InviteId, MessageId } from '../../model/ids.ts'
import type { Settings } from '../../model/views.ts'
import { putAside } from '../../store/aside.ts'
import { emptyChat, needChat, putChat, putSession } from '../../store/chats.ts'
import { putContact, putDocument, putPlace } from '../../store/contacts.ts'
import { putInvite } from '../../store/invites.ts'
import { applyEvents, hideMessage, type NewEvent } from '../../store/log.ts'
import { markUnsent, putFloors } from '../../store/restoring.ts'
import { getMessage } from '../../store/timeline.ts'
import type { ChatRecord, ContactRow, EventRow, SessionRow } from '../../store/rows.ts'
import {
  backupAccount,
  backupChat,
  backupContact,
  backupDocument,
  backupEvent,
  backupFloor,
  backupInvite,
  backupSettings,
  type BackupAccount,
  type BackupChat,
  type BackupContact,
  type BackupEvent,
  type BackupFloor
} from '../../wire/backup-items.ts'
import type { Watermark } from '../../wire/receipt.ts'
import type { Context } from '../context.ts'
import { toNewEvent } from '../events.ts'
import { toAsideRow } from '../incoming.ts'
import { checkBindings, checkDocument, facts, loadDocument, toContactDevice } from '../trust.ts'
import type { Item } from './items.ts'

/** As many events a write as one request of the database is good for. */
const BATCH = 256
/** Events before their parents: only where a device has forked (LG6). */
const MAX_LEFT = 4096

export interface Restored {
  readonly account: BackupAccount
  readonly roots: AccountRoots
  readonly document: VerifiedDocument
  readonly settings: Partial<Settings>
  readonly messages: number
}

const CODECS = {
  account: backupAccount,
  document: backupDocument,
  contact: backupContact,
  invite: backupInvite,
  settings: backupSettings,
  chat: backupChat,
  event: backupEvent,
  floor: backupFloor
} as const

/** The first reading. @throws AppError `malformed`, `too-large`, `needs-newer`. */
export const checkItem = ({ kind, data }: Item): void => {
  CODECS[kind].decode(data)
}

type Waiting = { readonly event: BackupEvent } | { readonly floor: BackupFloor }

interface OpenChat {
  readonly said: BackupChat
  readonly id: ChatId
  /** Of a group, as far as its events have been applied. */
  law: GroupLaw | undefined
  batch: Waiting[]
  left: NewEvent[]
  /** To be hidden once it is there. */
  hidden: MessageId[]
}

interface Applying {
  readonly ctx: Context
  account?: BackupAccount
  settings: Partial<Settings>
  chat?: OpenChat
  messages: number
}

/** The second reading: writes all but the account itself. @throws AppError `malformed` when what belongs together does not. */
export const applyItems = async (ctx: Context, items: AsyncIterable<readonly Item[]>): Promise<Restored> => {
  const work: Applying = { ctx, settings: {}, messages: 0 }
  for await (const part of items) for (const item of part) await applyItem(work, item)
  await endChat(work)
  const { account, settings, messages } = work
  if (account === undefined) throw new AppError('malformed', 'a backup without an account')
  const document = await checkDocument(ctx, account.document)
  return { account, roots: toAccountRoots(account), document, settings, messages }
}

const toAccountRoots = ({ devices, ...said }: BackupAccount): AccountRoots => {
  const { didKey, madeAt, rotations, rootKey, mlDsaSeed, nextRootSeed, nextMlDsaSeed, nextPromise, gnupg } = said
  const roots = { didKey, madeAt, rotations, rootKey, mlDsaSeed, nextRootSeed, nextMlDsaSeed, nextPromise }
  return { ...roots, ...(gnupg && { gnupg }), devices: devices.map(deviceIdFromKey) }
}

const applyItem = async (work: Applying, { kind, data }: Item): Promise<void> => {
  const { ctx } = work
  switch (kind) {
    case 'account':
      work.account = backupAccount.decode(data)
      return
    case 'document': {
      const document = await checkDocument(ctx, backupDocument.decode(data).document)
      await ctx.db.write(['documents'], () => putDocument(ctx.db, document.did, document.hash, document.bytes))
      return
    }
    case 'contact':
      await applyContact(ctx, ownDid(work), backupContact.decode(data))
      return
    case 'invite': {
      const { version: _, usedBy, id, ...said } = backupInvite.decode(data)
      const row = { ...said, id: id as InviteId, usedBy: usedBy.map(didFromKey), published: 0 }
      await ctx.db.write(['invites'], (change) => putInvite(ctx.db, change, row))
      return
    }
    case 'settings': {
      const { version: _, ...settings } = backupSettings.decode(data)
      work.settings = settings as Partial<Settings>
      return
    }
    case 'chat':
      await endChat(work)
      await beginChat(work, backupChat.decode(data))
      return
    case 'event':
    case 'floor': {
      const { chat } = work
      if (chat === undefined) throw new AppError('malformed', 'an event without its chat')
      chat.batch.push(kind === 'event' ? { event: backupEvent.decode(data) } : { floor: backupFloor.decode(data) })
      if (chat.batch.length >= BATCH) await applyBatch(work, chat)
      return
    }
  }
}

const ownDid = ({ account }: Applying): Did => {
  if (account === undefined) throw new AppError('malformed', 'the account comes first')
  return didFromKey(account.didKey) as Did
}

const applyContact = async (ctx: Context, own: Did, said: BackupContact): Promise<void> => {
  const did = didFromKey(said.didKey) as Did
  const document = await loadDocument(ctx, said.documentHash)
  if (document === undefined || document.did !== did) throw new AppError('malformed', 'a contact without its document')
  const head = said.head && verifyHead(said.head)
  if (head !== undefined && head.did !== did) throw new AppError('malformed', 'the head of somebody else')
  const devices = await checkBindings(ctx, document, said.devices)
  const { name, photo, alias, token, invite, gnupg, keysChangedAt } = said
  const row: ContactRow = {
    did,
    chat: bytesToBase64url(directConversation(own, did)) as ChatId,
    standing: said.standing,
    blocked: said.blocked,
    verified: said.verified,
    name,
    photo,
    profileAt: said.profileAt,
    alias,
    devices: devices.map(toContactDevice),
    former: said.former.map((bytes) => {
      const { device, expires } = bindingParts(bytes)
      return { device, binding: bytes, endsAt: expires }
    }),
    ...(head === undefined
      ? {
          fingerprint: document.fingerprint,
          homes: [],
          documentHash: document.hash,
          roots: document.roots,
          freshUntil: 0
        }
      : facts({ head, document })),
    duplicity: said.duplicity,
    newerPlace: said.newerPlace,
    ...(said.broken && { broken: true }),
    ...(keysChangedAt !== undefined && { keysChangedAt }),
    addedAt: said.addedAt,
    lastHeardAt: said.lastHeardAt,
    refreshedAt: 0,
    token,
    invite: invite as InviteId | undefined,
    misdeeds: said.misdeeds,
    ...(said.rivals.length > 0 && { rivals: said.rivals.map(bytesToBase64url) }),
    ...(said.refused.length > 0 && { refused: said.refused.map(bytesToBase64url) }),
    ...(gnupg && { gnupg: { certificate: gnupg, by: said.gnupgByPerson === true ? 'person' : 'profile' } })
  }
  await ctx.db.write(['contacts', 'places'], async (change) => {
    await putContact(ctx.db, change, row)
    await putPlace(ctx.db, { did, ...said.place, hashes: said.hashes.map(bytesToBase64url), head: said.head })
  })
}

const beginChat = async (work: Applying, said: BackupChat): Promise<void> => {
  const id = bytesToBase64url(said.id) as ChatId
  const { ctx } = work
  const row: ChatRecord = {
    ...emptyChat(id, didFromKey(said.didKey) as Did, said.kind, said.createdAt),
    readOrder: said.readOrder,
    ...(said.standing && { standing: said.standing }),
    ...(said.floors && { floors: toFloors(said.floors) })
  }
  const sessions = said.sessions.map((session): SessionRow => ({
    group: bytesToBase64url(session.group),
    chat: id,
    suite: session.suite,
    generation: session.generation,
    tag: bytesToBase64url(routeFor(session.group, ctx.device.id)),
    openedAt: ctx.clock.now(),
    state: undefined
  }))
  await ctx.db.write(['chats', 'sessions'], async (change) => {
    await putChat(ctx.db, change, row)
    for (const session of sessions) await putSession(ctx.db, session)
  })
  work.chat = { said, id, law: said.kind === 'group' ? createGroupLaw([]) : undefined, batch: [], left: [], hidden: [] }
}

const toFloors = (floors: readonly Watermark[]): Readonly<Record<DeviceId, number>> =>
  Object.fromEntries(floors.map(({ device, counter }) => [deviceIdFromKey(device), counter]))

const applyBatch = async (work: Applying, chat: OpenChat): Promise<void> => {
  const { ctx } = work
  const own = ownDid(work)
  const { batch, left } = chat
  chat.batch = []
  const ready = await Promise.all(
    batch.map(async (waiting) => {
      if ('floor' in waiting) return { floor: toFloor(chat.id, waiting.floor) }
      const { event, arrivedAt, hidden, unsent } = waiting.event
      return { event: { ...toNewEvent(await verifyEvent(event)), arrivedAt }, hidden, unsent }
    })
  )
  const unsent = ready.flatMap((one) => (one.event && one.unsent === true ? [one.event.id as MessageId] : []))
  chat.hidden.push(...ready.flatMap((one) => (one.event && one.hidden === true ? [one.event.id as MessageId] : [])))

  await ctx.db.write(['chats', 'events', 'messages', 'outbox', 'mail', 'aside'], async (change) => {
    const before = await needChat(ctx.db, chat.id)
    const floors = ready.flatMap((one) => (one.floor ? [one.floor] : []))
    if (floors.length > 0) await putFloors(ctx.db, change, chat.id, floors)
    const applied = await applyEvents(ctx.db, change, {
      chat: await needChat(ctx.db, chat.id),
      events: [...ready.flatMap((one) => (one.event ? [one.event] : [])), ...left],
      own,
      now: ctx.clock.now(),
      law: chat.law,
      isInOrder: true
    })
    chat.left = [...applied.notYet]
    chat.law = applied.law
    work.messages += applied.chat.total - before.total
    if (unsent.length > 0) await markUnsent(ctx.db, change, unsent)
    const waiting: MessageId[] = []
    for (const id of chat.hidden) {
      if ((await getMessage(ctx.db, id)) === undefined) {
        waiting.push(id)
        continue
      }
      await hideMessage(ctx.db, change, await needChat(ctx.db, chat.id), id)
      work.messages--
    }
    chat.hidden = waiting
  })
  if (chat.left.length > MAX_LEFT) throw new AppError('malformed', 'events without what they stand on')
}

const toFloor = (chat: ChatId, said: BackupFloor): EventRow => {
  const id = bytesToBase64url(said.id)
  const { counter, time, tick, order, kind } = said
  return {
    id,
    chat,
    author: (said.author === undefined ? '' : didFromKey(said.author)) as Did,
    device: (said.device === undefined ? '' : deviceIdFromKey(said.device)) as DeviceId,
    counter,
    time,
    tick,
    order,
    kind,
    target: id,
    arrivedAt: time,
    header: new Uint8Array(),
    signature: new Uint8Array(),
    body: undefined,
    salt: undefined,
    content: undefined
  }
}

/** What the events do not tell, and what waits for an event that was not in the backup. */
const endChat = async (work: Applying): Promise<void> => {
  const { ctx, chat } = work
  if (chat === undefined) return
  for (let before = -1; chat.batch.length > 0 || (chat.left.length > 0 && chat.left.length !== before);) {
    before = chat.left.length
    await applyBatch(work, chat)
  }
  const { said, left } = chat
  await ctx.db.write(['chats', 'aside'], async (change) => {
    const now = ctx.clock.now()
    if (left.length > 0)
      await putAside(
        ctx.db,
        chat.id,
        left.map((event) => toAsideRow(chat.id, event, now))
      )
    await putChat(ctx.db, change, {
      ...(await needChat(ctx.db, chat.id)),
      activeAt: said.activeAt,
      pinned: said.pinned,
      archived: said.archived,
      markedUnread: said.markedUnread,
      mutedUntil: said.mutedUntil === 0 ? 'always' : said.mutedUntil,
      draft: { text: said.draft },
      generation: said.generation
    })
  })
  delete work.chat
}
