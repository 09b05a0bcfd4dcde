/**
 * First contact from the other side (IN3). Under a good token of ours the invitation was the acceptance: contact and chat
 * open at once. Everything else waits under *Requests*, and until the person accepts, nothing leaves the device.
 */
import { base64urlToBytes, bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { VerifiedBinding } from '../crypto/binding.ts'
import { openRequest } from '../crypto/request.ts'
import type { OpenedRequest } from '../crypto/request.ts'
import type { Did } from '../model/ids.ts'
import { emptyChat, getChat, putChat, putSession } from '../store/chats.ts'
import { countSeen, getContact, getSeen, listContacts, markSeen, putContact } from '../store/contacts.ts'
import { findInvite, judgeUse, putInvite } from '../store/invites.ts'
import { applyEvents } from '../store/log.ts'
import type { NewEvent } from '../store/log.ts'
import type { ContactDevice, ContactRow, InviteRow, SessionRow } from '../store/rows.ts'
import type { Change } from '../store/watch.ts'
import { MAX_REQUEST_AGE_MS } from '../wire/request.ts'
import type { Context, Own } from './context.ts'
import { toNewEvent } from './events.ts'
import { takeJoin } from './groups/links.ts'
import { verifyBatch } from './incoming.ts'
import type { Arrived, EnvelopeAnswer } from './net.ts'
import { noticeKeys } from './notices.ts'
import { newContact, PAIRING } from './new-contact.ts'
import { profileFacts } from './profile.ts'
import { encodeAnswer, watermarksFor } from './receipts.ts'
import { openSession } from './sessions/founding.ts'
import { KEY_TABLES, takeKeys } from './sessions/keys.ts'
import { checkDocument, learn, pin, reconcileAll, replaceDevices, toContactDevice, trustedBindings } from './trust.ts'

/** Strangers fill no more than this; the person empties it. */
const MAX_REQUESTS = 200
/** One of them sends the same bytes again, and seals anew when something was refused: others than these are a flood. */
const MAX_REQUESTS_EACH = 32

/** Acceptance counts from: our invite, our own request to them, or that they are a contact already. */
type Reason = 'invite' | 'mutual' | 'known' | undefined

export const receiveRequest = async (
  ctx: Context,
  own: Own,
  arrived: Arrived,
  sealed: Uint8Array
): Promise<EnvelopeAnswer> => {
  const opened = await openRequest(sealed, own.secrets, ctx.clock.now())
  const { did } = opened.document
  const known = await getContact(ctx.db, did)
  if (known?.blocked === true || known?.standing === 'declined') return { outcome: 'absent' }

  // a second one is answered like the first
  const mark = `request:${did}:`
  const key = mark + bytesToBase64url(opened.hash)
  if (opened.request.join === undefined && getSeen(ctx.db, key) !== undefined) return await answer(ctx, arrived, did)

  await checkDocument(ctx, opened.document.bytes)
  if (known !== undefined) {
    // ID5: of somebody we know of, nothing older and nothing that cannot follow
    const judgement = await learn(ctx, opened)
    if (judgement !== 'same' && judgement !== 'newer') throw new AppError('untrusted', `their document is ${judgement}`)
  }
  const trusted = await trustedDevices(ctx, did, opened)
  if (opened.request.join !== undefined) return await receiveJoin(ctx, opened)
  const chatId = bytesToBase64url(opened.request.conversation) as ContactRow['chat']
  const verified = await verifyBatch(opened.request.events, { chat: chatId, authors: [did] })
  const devices = new Set(trusted.map(({ device }) => device))
  const events = verified.filter(({ device }) => devices.has(device)).map(toNewEvent)
  const session = await openSession(ctx, own, {
    chat: chatId,
    document: opened.document,
    bindings: opened.bindings,
    suite: opened.request.session.suite,
    group: bytesToBase64url(opened.request.session.group),
    generation: opened.request.session.generation
  })
  const isRoomLeft = (await countSeen(ctx.db, mark)) < MAX_REQUESTS_EACH && (await hasRoom(ctx, known))

  const accepted = await ctx.db.write(
    [...PAIRING, ...KEY_TABLES, 'events', 'messages', 'invites', 'seen', 'outbox'],
    async (change) => {
      const reason = await findReason(ctx, change, opened, did)
      if (reason === undefined && !isRoomLeft) return false
      await writeRequest(ctx, own, change, { opened, session, events, reason, devices: trusted.map(toContactDevice) })
      const now = ctx.clock.now()
      const endsAt = Math.max(now, opened.request.issued) + MAX_REQUEST_AGE_MS
      if (opened.request.keyPackages !== undefined) await takeKeys(ctx, opened.from.device, opened.request.keyPackages)
      await markSeen(ctx.db, { id: key, endsAt }, now)
      return reason !== undefined
    }
  )
  // DV5: a device that takes over comes with a request, and every session with them has to follow
  if (known !== undefined) {
    reconcileAll(ctx, did)
    // and may hold what the device before it could not send any more
    if (hasNewDevice(known, trusted.map(toContactDevice))) ctx.noticeGap(chatId)
  }
  if (accepted) {
    ctx.foundSoon(chatId)
    ctx.wake(chatId)
  }
  ctx.log.info('requests.arrived', { accepted })
  return await answer(ctx, arrived, did)
}

/** Whoever comes with a group's link is no contact; to whom the link says nothing any more, nobody is here. */
const receiveJoin = async (ctx: Context, opened: OpenedRequest): Promise<EnvelopeAnswer> => {
  const { keyPackages = [] } = opened.request
  if (keyPackages.length > 0) {
    await ctx.db.write([...KEY_TABLES], () => takeKeys(ctx, opened.from.device, keyPackages))
  }
  if (!(await takeJoin(ctx, opened))) return { outcome: 'absent' }
  return { outcome: 'taken', answer: encodeAnswer({ outcome: 'new' }) }
}

/** ID5: while views of somebody differ, a device that not all of them list is refused. */
const trustedDevices = async (
  ctx: Context,
  did: Did,
  { document, bindings, from }: OpenedRequest
): Promise<readonly VerifiedBinding[]> => {
  const contact = await getContact(ctx.db, did)
  if (contact?.rivals === undefined) return bindings
  const bytes = bindings.map((binding) => binding.bytes)
  const trusted = await trustedBindings(ctx, contact, document, bytes)
  if (!trusted.some(({ device }) => device === from.device)) throw new AppError('untrusted', 'not listed by all views')
  return trusted
}

const hasRoom = async (ctx: Context, known: ContactRow | undefined): Promise<boolean> =>
  known !== undefined ||
  (await listContacts(ctx.db)).filter(({ standing }) => standing === 'request').length < MAX_REQUESTS

/** Inside the write: uses of an invite are counted together with what they open. */
const findReason = async (ctx: Context, change: Change, { request }: OpenedRequest, did: Did): Promise<Reason> => {
  const known = await getContact(ctx.db, did)
  if (known?.standing === 'open') return 'known'
  const invite = request.token && (await findInvite(ctx.db, bytesToBase64url(request.token)))
  const use = judgeUse(invite, did, ctx.clock.now())
  if (invite !== undefined && use !== 'void') await countUse(ctx, change, invite, did)
  if (use === 'good') return 'invite'
  return known?.standing === 'asked' ? 'mutual' : undefined
}

/** ID7: a use beyond the last is counted too, and shown to the owner. */
const countUse = async (ctx: Context, change: Change, invite: InviteRow, did: Did): Promise<void> => {
  if (!invite.usedBy.includes(did)) await putInvite(ctx.db, change, { ...invite, usedBy: [...invite.usedBy, did] })
}

const writeRequest = async (
  ctx: Context,
  own: Own,
  change: Change,
  {
    opened,
    session,
    events,
    reason,
    devices
  }: {
    readonly opened: OpenedRequest
    readonly session: SessionRow
    readonly events: readonly NewEvent[]
    readonly reason: Reason
    readonly devices: readonly ContactDevice[]
  }
): Promise<void> => {
  const { request, document, head } = opened
  const now = ctx.clock.now()
  const before = await getContact(ctx.db, document.did)
  const found = { head, document }
  if (before === undefined) await pin(ctx, found)
  const fresh = newContact(ctx, found, { standing: reason === undefined ? 'request' : 'open' })
  const contact: ContactRow = {
    ...(before ?? fresh),
    standing: reason === undefined ? 'request' : 'open',
    ...replaceDevices(before ?? fresh, devices),
    lastHeardAt: now,
    ...profileFacts(before ?? fresh, request.profile)
  }
  await putContact(ctx.db, change, contact)
  if (before !== undefined && hasNewDevice(before, devices)) await noticeKeys(ctx, change, contact.did, 'new-device')
  await putSession(ctx.db, session)
  const chat = (await getChat(ctx.db, contact.chat)) ?? emptyChat(contact.chat, contact.did, 'direct', now)
  const { chat: applied } = await applyEvents(ctx.db, change, { chat, events, own: own.did, now })
  const { request: _, ...debts } = applied.debts
  await putChat(ctx.db, change, {
    ...applied,
    activeAt: Math.max(applied.activeAt, now),
    ...(reason !== undefined && { debts: { ...debts, accept: (debts.accept ?? 0) + 1 } })
  })
}

/** Somebody whose devices we knew has one that we did not. */
const hasNewDevice = ({ devices: known, former = [] }: ContactRow, devices: readonly ContactDevice[]): boolean => {
  const before = new Set([...known, ...former].map(({ device }) => device))
  return before.size > 0 && devices.some(({ device }) => !before.has(device))
}

/** IN3: to whom we have not accepted nobody is here. An answer that passes a relay carries no receipt. */
const answer = async (ctx: Context, { from }: Arrived, did: Did): Promise<EnvelopeAnswer> => {
  const contact = await getContact(ctx.db, did)
  const chat = contact && (await getChat(ctx.db, contact.chat))
  if (contact?.standing !== 'open' || contact.blocked || chat === undefined) return { outcome: 'absent' }
  if (from === undefined || !contact.devices.some(({ device }) => device === from)) {
    return { outcome: 'taken', answer: encodeAnswer({ outcome: 'new' }) }
  }
  const conversation = base64urlToBytes(chat.id)
  return {
    outcome: 'taken',
    answer: encodeAnswer({ outcome: 'new', conversation, receipts: watermarksFor(ctx, chat) })
  }
}
