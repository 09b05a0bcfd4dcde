/**
 * Taking what arrives: decode, find whose it is, open, verify, write in one transaction, and only then answer. A duplicate
 * changes nothing and is answered again. To the blocked, and to strangers we have not accepted, nobody is here.
 */
import { base64urlToBytes, bytesToBase64url, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { VerifiedBinding } from '../crypto/binding.ts'
import { comparePlaces } from '../crypto/document.ts'
import type { VerifiedDocument } from '../crypto/document.ts'
import { verifyHead } from '../crypto/head.ts'
import { memberOf } from '../crypto/suite.ts'
import type { SessionState } from '../crypto/suite.ts'
import { dropAside, putAside } from '../store/aside.ts'
import { findByTag, knownChat, putSession } from '../store/chats.ts'
import { contactOf, putContact, updateContact } from '../store/contacts.ts'
import { applyEvents } from '../store/log.ts'
import type { Applied } from '../store/log.ts'
import { dropParcel, settleOutbox } from '../store/outbox.ts'
import type { ChatRecord, ContactRow, SessionRow } from '../store/rows.ts'
import type { Change } from '../store/watch.ts'
import { envelope } from '../wire/envelope.ts'
import type { Envelope } from '../wire/envelope.ts'
import { payload } from '../wire/payload.ts'
import type { Payload } from '../wire/payload.ts'
import { receiveAsk } from './ask/answer.ts'
import type { Context, Own } from './context.ts'
import { loadAside, sortByDevice, toAsideRow, verifyBatch } from './incoming.ts'
import type { Sorted } from './incoming.ts'
import type { Arrived, EnvelopeAnswer } from './net.ts'
import { encodeAnswer, takeWatermarks, watermarksFor } from './receipts.ts'
import { receiveRequest } from './requests.ts'
import { guessMembers, makeState } from './sessions/founding.ts'
import { checkBindings, fetchDocument, learn, loadDocument, toContactDevice } from './trust.ts'

const ABSENT: EnvelopeAnswer = { outcome: 'absent' }

export const receive = async (ctx: Context, arrived: Arrived): Promise<EnvelopeAnswer> => {
  const { own } = ctx
  if (own === undefined) return ABSENT
  try {
    return await dispatch(ctx, own, arrived, envelope.decode(arrived.envelope))
  } catch (error) {
    const answer = refusal(ctx, error)
    // IN5: anybody rings at a home, and "no" would tell them that we are here
    return arrived.from === undefined ? ABSENT : answer
  }
}

/** Also for what was put together again from pieces. */
export const dispatch = async (
  ctx: Context,
  own: Own,
  arrived: Arrived,
  { kind, route, sealed }: Pick<Envelope, 'kind' | 'route' | 'sealed'>
): Promise<EnvelopeAnswer> => {
  switch (kind) {
    case 'request':
      return await ctx.receiving.run('requests', () => receiveRequest(ctx, own, arrived, sealed))
    case 'ask':
      return await receiveAsk(ctx, arrived, sealed)
    case 'sealed': {
      const session = findByTag(ctx.db, bytesToBase64url(route))
      if (session === undefined) return { outcome: 'refused', why: 'untrusted' }
      return await ctx.receiving.run(session.chat, () => receiveSealed(ctx, own, { arrived, session, sealed }))
    }
    default:
      return (await ctx.handlers[kind]?.(own, arrived, { route, sealed })) ?? { outcome: 'refused', why: 'needs-newer' }
  }
}

/** Bytes that will never be accepted are refused; a failure of ours is not their fault, so they keep it and try again. */
const refusal = (ctx: Context, error: unknown): EnvelopeAnswer => {
  if (!(error instanceof AppError)) throw error
  switch (error.code) {
    case 'malformed':
    case 'too-large':
      ctx.log.info('receive.refused', { code: error.code })
      return { outcome: 'refused', why: 'malformed' }
    case 'undecryptable':
    case 'untrusted':
      ctx.log.info('receive.refused', { code: error.code })
      return { outcome: 'refused', why: 'untrusted' }
    case 'needs-newer':
      return { outcome: 'refused', why: 'needs-newer' }
    default:
      throw error
  }
}

interface Incoming {
  readonly arrived: Arrived
  readonly session: SessionRow
  readonly sealed: Uint8Array
}

const receiveSealed = async (ctx: Context, own: Own, incoming: Incoming): Promise<EnvelopeAnswer> => {
  const contact = contactOf(ctx.db, incoming.session.chat)
  if (contact === undefined || contact.blocked || contact.standing === 'request' || contact.standing === 'declined') {
    return ABSENT
  }
  const document = await loadDocument(ctx, contact.documentHash)
  if (document === undefined) throw new AppError('internal', 'a contact without its document')
  const opened = await open(ctx, own, { ...incoming, contact, document })
  try {
    return await take(ctx, own, opened)
  } catch (error) {
    // LG4: whoever handed over a bad row is marked
    if (error instanceof AppError && (error.code === 'untrusted' || error.code === 'malformed')) {
      await updateContact(ctx.db, contact.did, ({ misdeeds }) => ({ misdeeds: misdeeds + 1 }))
    }
    throw error
  }
}

interface OpenedPayload {
  readonly said: Payload
  readonly contact: ContactRow
  readonly document: VerifiedDocument
  /** The session, with what opening it taught. */
  readonly session: SessionRow
  readonly isSessionNew: boolean
  readonly bindings: readonly VerifiedBinding[]
}

/** Opens a payload and makes sure that it is what its sender sealed, here and for us. Writes nothing. */
const open = async (
  ctx: Context,
  own: Own,
  { arrived, session, sealed, contact, document }: Incoming & { contact: ContactRow; document: VerifiedDocument }
): Promise<OpenedPayload> => {
  const suite = own.suites.get(session.suite)
  if (suite === undefined) throw new AppError('needs-newer', `suite ${session.suite}`)
  if (session.state === undefined && arrived.from === undefined)
    throw new AppError('untrusted', 'nobody is known in this session')
  const state =
    session.state ?? (await makeState(own, session, guessMembers(document, arrived.from ?? own.secrets.device.id)))
  const opened = await suite.open(state, sealed)
  const said = payload.decode(opened.plaintext)

  if (opened.sender.did !== contact.did || !sameBytes(said.sender, document.didKey)) {
    throw new AppError('untrusted', 'the sender is not who sealed it')
  }
  if (!sameBytes(said.conversation, base64urlToBytes(contact.chat)))
    throw new AppError('untrusted', 'another conversation')
  if (arrived.from !== undefined && arrived.from !== opened.sender.device) {
    throw new AppError('untrusted', 'handed over by another device')
  }
  const bindings = await checkBindings(ctx, document, said.bindings ?? [])
  const known = [...contact.devices.map(({ device }) => device), ...bindings.map(({ device }) => device)]
  // ID6: nothing from a device outside the newest document
  if (!known.includes(opened.sender.device)) throw new AppError('untrusted', 'not a device of the contact')
  const signer = bindings.find(({ device }) => device === opened.sender.device)
  if (session.state === undefined && signer === undefined)
    throw new AppError('untrusted', 'a device without its binding')
  const next = await nextState(own, { session, opened, bindings, document })
  // a suite whose state did not change answers the very object it was given
  const isSessionNew = next !== session.state
  return { said, contact, document, bindings, session: { ...session, state: next }, isSessionNew }
}

const nextState = async (
  own: Own,
  {
    session,
    opened,
    bindings,
    document
  }: {
    readonly session: SessionRow
    readonly opened: { readonly state: SessionState }
    readonly bindings: readonly VerifiedBinding[]
    readonly document: VerifiedDocument
  }
): Promise<SessionState> => {
  const members = bindings.map((binding) => memberOf(document, binding))
  if (session.state === undefined) return await makeState(own, session, members)
  if (members.length === 0) return opened.state
  const suite = own.suites.get(session.suite)
  return suite === undefined ? opened.state : (await suite.add(opened.state, members)).state
}

const RECEIVING = ['chats', 'contacts', 'events', 'messages', 'outbox', 'parcels', 'aside', 'sessions'] as const

const take = async (ctx: Context, own: Own, opened: OpenedPayload): Promise<EnvelopeAnswer> => {
  const { said, contact, bindings } = opened
  await learnHead(ctx, opened)
  const devices = [...new Set([...contact.devices, ...bindings].map(({ device }) => device))]
  const verified = await verifyBatch(said.events, { chat: contact.chat, authors: [contact.did, own.did] })
  const fresh = sortByDevice(ctx, verified, devices)
  const waiting = sortByDevice(ctx, await loadAside(ctx, contact.chat), devices)

  const write = (aside: Sorted): Promise<{ readonly applied: Applied; readonly accepted: boolean }> =>
    ctx.db.write(RECEIVING, (change) => writeReceived(ctx, own, change, { opened, fresh, aside }))
  const nothing: Sorted = { good: [], unknown: [] }
  const { applied, accepted } = await write(waiting).catch(async (error: unknown) => {
    // a row that waited must not spoil a batch that came after it
    if (waiting.good.length === 0 || !(error instanceof AppError) || error.code !== 'untrusted') throw error
    await ctx.db.write(['aside'], () =>
      dropAside(
        ctx.db,
        waiting.good.map(({ id }) => id)
      )
    )
    return await write(nothing)
  })
  if (accepted) ctx.wake(contact.chat)
  if (!sameBytes(said.documentHash, contact.documentHash)) ctx.refresh(contact.did)

  const isKept = applied.notYet.length > 0 || fresh.unknown.length > 0
  if (isKept) ctx.noticeGap(contact.chat)
  return {
    outcome: 'taken',
    answer: encodeAnswer({
      outcome: isKept ? 'kept' : applied.fresh.length > 0 || said.events.length === 0 ? 'new' : 'seen',
      conversation: said.conversation,
      receipts: watermarksFor(ctx, applied.chat)
    })
  }
}

const writeReceived = async (
  ctx: Context,
  own: Own,
  change: Change,
  { opened, fresh, aside }: { readonly opened: OpenedPayload; readonly fresh: Sorted; readonly aside: Sorted }
): Promise<{ readonly applied: Applied; readonly accepted: boolean }> => {
  const { said, session } = opened
  const now = ctx.clock.now()
  const chat = knownChat(ctx.db, opened.contact.chat)
  const contact = ctx.db.memory.contacts.get(opened.contact.did)
  if (contact === undefined || contact.blocked || contact.standing === 'declined') {
    throw new AppError('not-found', 'blocked or declined meanwhile')
  }
  const events = [...fresh.good, ...aside.good]
  const applied = await applyEvents(ctx.db, change, { chat, events, own: own.did, now })

  const kept = [...applied.notYet, ...fresh.unknown]
  if (kept.length > 0)
    await putAside(
      ctx.db,
      chat.id,
      kept.map((event) => toAsideRow(chat.id, event, now))
    )
  const still = new Set(applied.notYet.map(({ id }) => id))
  const placed = aside.good.filter(({ id }) => !still.has(id)).map(({ id }) => id)
  if (placed.length > 0) await dropAside(ctx.db, placed)

  const heard = hear(ctx, contact, opened)
  if (heard !== contact) await putContact(ctx.db, change, heard)
  const accepted = contact.standing !== 'open'
  let next: ChatRecord = applied.chat
  if (accepted) {
    // the request did its work: what is left goes sealed
    const { request: _, ...debts } = next.debts
    next = { ...next, debts, attempts: 0, nextTryAt: 0 }
    await dropParcel(ctx.db, chat.id)
  }
  if (opened.isSessionNew) await putSession(ctx.db, session)
  for (const { device } of heard.devices) next = takeWatermarks(ctx, next, device, said.receipts)
  if (next === applied.chat) return { applied, accepted }
  await settleOutbox(ctx.db, change, next, heard)
  return { applied: { ...applied, chat: next }, accepted }
}

/** "Last heard" is shown in minutes; a row written for each message would wake every list. */
const HEARD_STEP_MS = 60_000

/** What a payload says of its sender, beside events. Whatever we can open in our session proves that they accepted. */
const hear = (ctx: Context, contact: ContactRow, { said, bindings, document }: OpenedPayload): ContactRow => {
  const { profile, place } = said
  const isOther = !sameBytes(said.documentHash, contact.documentHash)
  const order = comparePlaces(place, document.place)
  const devices = [
    ...contact.devices.filter(({ device }) => !bindings.some((binding) => binding.device === device)),
    ...bindings.map(toContactDevice)
  ]
  const now = ctx.clock.now()
  const isOld = now - (contact.lastHeardAt ?? 0) > HEARD_STEP_MS
  const isNothingNew = !isOther && profile === undefined && bindings.length === 0 && contact.standing === 'open'
  if (isNothingNew && !isOld) return contact
  return {
    ...contact,
    standing: 'open',
    devices,
    lastHeardAt: now,
    // ID5: views differ
    duplicity: contact.duplicity || (isOther && order === 0),
    newerPlace: contact.newerPlace || (isOther && order > 0),
    ...(profile &&
      profile.issued > contact.profileAt && { name: profile.name, photo: profile.photo, profileAt: profile.issued })
  }
}

/** A head that rides along: mostly new homes, sometimes a new document (which then comes along too, or is fetched). */
const learnHead = async (ctx: Context, { said, contact }: OpenedPayload): Promise<void> => {
  if (said.head === undefined) return
  const head = verifyHead(said.head)
  if (head.did !== contact.did) throw new AppError('untrusted', 'the head of somebody else')
  const document = await fetchDocument(ctx, head, contact.homes)
  if (document !== undefined) await learn(ctx, { head, document })
}
