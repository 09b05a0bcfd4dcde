/** A sealed payload: opened in its session, checked to be what its sender sealed, here and for us, and written at once. */
import { base64urlToBytes, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { VerifiedBinding } from '../crypto/binding.ts'
import { comparePlaces } from '../crypto/document.ts'
import type { VerifiedDocument } from '../crypto/document.ts'
import { verifyHead } from '../crypto/head.ts'
import type { Did } from '../model/ids.ts'
import { knownChat } from '../store/chats.ts'
import { putContact, updateContact } from '../store/contacts.ts'
import type { Applied } from '../store/log.ts'
import { dropMail, mailOf } from '../store/mail.ts'
import { settleOutbox } from '../store/outbox.ts'
import type { ChatRecord, ContactRow, SessionRow } from '../store/rows.ts'
import type { Change } from '../store/watch.ts'
import type { Person } from '../wire/opening.ts'
import { payload } from '../wire/payload.ts'
import type { Payload } from '../wire/payload.ts'
import { inBackground } from './context.ts'
import type { Context, Own } from './context.ts'
import { concludeEvents, DOOR_TABLES, readEvents, withoutSpoilt, writeEvents } from './door.ts'
import type { AtDoor } from './door.ts'
import { noticeOutsider } from './groups/outsiders.ts'
import { meetPeople } from './groups/people.ts'
import type { Arrived, EnvelopeAnswer } from './net.ts'
import { ownerOf, settledUpTo } from './peers.ts'
import { profileFacts } from './profile.ts'
import { encodeAnswer, takeWatermarks, watermarksFor } from './receipts.ts'
import { inSession, openFrom, SESSION_TABLES, writeSession } from './sessions/carrier.ts'
import type { OpenedIn } from './sessions/carrier.ts'
import { guessMembers } from './sessions/founding.ts'
import { takeHints } from './sessions/hints.ts'
import { KEY_TABLES, takeKeys } from './sessions/keys.ts'
import { keepWaiting } from './sessions/waiting.ts'
import { fetchDocument, learn, loadDocument, toContactDevice, trustedBindings } from './trust.ts'

const ABSENT: EnvelopeAnswer = { outcome: 'absent' }

interface Incoming {
  readonly arrived: Arrived
  readonly session: SessionRow
  readonly sealed: Uint8Array
}

/** One at a time and chat: inside `ctx.receiving`. */
export const receiveSealed = async (ctx: Context, own: Own, incoming: Incoming): Promise<EnvelopeAnswer> => {
  const { session, arrived } = incoming
  const chat = knownChat(ctx.db, session.chat)
  const contact = chat.kind === 'direct' ? ctx.db.memory.contacts.get(chat.did) : undefined
  if (chat.kind === 'direct' && !mayHear(contact)) return ABSENT
  const from = chat.kind === 'group' && arrived.from !== undefined ? ownerOf(ctx, arrived.from) : undefined
  if (from !== undefined) noticeOutsider(ctx, chat.id, from.did)
  if (chat.standing === 'joining') return await keep(ctx, incoming)
  let sender: Did | undefined
  try {
    const outcome = await inSession(ctx, chat.id, async () => {
      const opened = await open(ctx, own, incoming, contact)
      sender = opened.contact.did
      return await take(ctx, own, opened)
    })
    return outcome
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'not-ready' && arrived.from !== undefined) {
      ctx.missing(chat.id, arrived.from)
      return await keep(ctx, incoming)
    }
    // ML4: opened before; whatever was inside is here, or waits here
    if (error.code === 'conflict') return answerAgain(ctx, chat.id, arrived)
    // LG4: whoever handed over a bad row is marked
    if (sender !== undefined && (error.code === 'untrusted' || error.code === 'malformed')) {
      await updateContact(ctx.db, sender, ({ misdeeds }) => ({ misdeeds: misdeeds + 1 }))
    }
    throw error
  }
}

const mayHear = (contact: ContactRow | undefined): contact is ContactRow =>
  contact !== undefined && !contact.blocked && contact.standing !== 'request' && contact.standing !== 'declined'

const keep = async (ctx: Context, { arrived, session }: Incoming): Promise<EnvelopeAnswer> => {
  const { from } = arrived
  if (from === undefined) return ABSENT
  await keepWaiting(ctx, { from, chat: session.chat, envelope: arrived.envelope })
  return answerAgain(ctx, session.chat, arrived, 'kept')
}

/** An answer that passes a relay carries no receipt. */
const answerAgain = (
  ctx: Context,
  id: ChatRecord['id'],
  { from }: Arrived,
  outcome: 'seen' | 'kept' = 'seen'
): EnvelopeAnswer => {
  if (from === undefined) return ABSENT
  const receipts = watermarksFor(ctx, knownChat(ctx.db, id), from)
  return { outcome: 'taken', answer: encodeAnswer({ outcome, conversation: base64urlToBytes(id), receipts }) }
}

interface OpenedPayload {
  readonly said: Payload
  readonly contact: ContactRow
  readonly document: VerifiedDocument
  readonly opened: OpenedIn
  readonly bindings: readonly VerifiedBinding[]
  readonly chat: ChatRecord['id']
}

/** Opens a payload and makes sure that it is what its sender sealed, here and for us. Writes nothing. */
const open = async (
  ctx: Context,
  own: Own,
  { arrived, session, sealed }: Incoming,
  direct: ContactRow | undefined
): Promise<OpenedPayload> => {
  const pinned = direct && (await needDocument(ctx, direct))
  const guesses = pinned && arrived.from !== undefined ? guessMembers(pinned, arrived.from) : []
  const opened = await openFrom(ctx, own, session, sealed, { guesses })
  const said = payload.decode(opened.plaintext)
  const contact = ctx.db.memory.contacts.get(opened.sender.did as Did)
  if (contact === undefined || (direct !== undefined && contact.did !== direct.did)) {
    throw new AppError('untrusted', 'the sender is not who sealed it')
  }
  const document = pinned ?? (await needDocument(ctx, contact))
  if (!sameBytes(said.sender, document.didKey)) throw new AppError('untrusted', 'the sender is not who sealed it')
  if (!sameBytes(said.conversation, base64urlToBytes(session.chat)))
    throw new AppError('untrusted', 'another conversation')
  if (arrived.from !== undefined && arrived.from !== opened.sender.device) {
    throw new AppError('untrusted', 'handed over by another device')
  }
  const bindings = await trustedBindings(ctx, contact, document, said.bindings ?? [])
  const known = [...contact.devices.map(({ device }) => device), ...bindings.map(({ device }) => device)]
  // ID6: nothing from a device outside the newest document
  if (!known.includes(opened.sender.device as (typeof known)[number]))
    throw new AppError('untrusted', 'not a device of the contact')
  if (opened.isGuessed && !bindings.some(({ device }) => device === opened.sender.device)) {
    throw new AppError('untrusted', 'a device without its binding')
  }
  return { said, contact, document, opened, bindings, chat: session.chat }
}

const needDocument = async (ctx: Context, { documentHash }: ContactRow): Promise<VerifiedDocument> => {
  const document = await loadDocument(ctx, documentHash)
  if (document === undefined) throw new AppError('internal', 'a contact without its document')
  return document
}

const TABLES = [...new Set([...DOOR_TABLES, 'contacts', 'outbox', 'mail', ...SESSION_TABLES, ...KEY_TABLES] as const)]

interface Received {
  readonly applied: Applied
  readonly accepted: boolean
}

const take = async (ctx: Context, own: Own, opened: OpenedPayload): Promise<EnvelopeAnswer> => {
  const { said, contact, bindings, chat } = opened
  await learnHead(ctx, opened)
  if (said.people !== undefined) introduce(ctx, chat, contact, said.people)
  const devices = new Map(bindings.map(({ device }) => [device, contact.did]))
  const read = await readEvents(ctx, own, knownChat(ctx.db, chat), { events: said.events, devices })
  const { applied, accepted } = await withoutSpoilt(ctx, read, (door) =>
    ctx.db.write(TABLES, (change) => writeReceived(ctx, own, change, { opened, door }))
  )
  concludeEvents(ctx, chat, read, applied)
  if (accepted) ctx.wake(chat)
  if (bindings.length > 0 || accepted || said.keyPackages !== undefined) ctx.reconcile(chat)
  if (opened.opened.hasMoved) ctx.moved(chat)
  if (said.hints !== undefined) {
    const { device } = opened.opened.sender
    takeHints(ctx, own, { did: contact.did, device: device as (typeof contact.devices)[number]['device'] }, said.hints)
  }
  if (!sameBytes(said.documentHash, contact.documentHash)) ctx.refresh(contact.did)

  const isKept = applied.notYet.length > 0 || read.fresh.unknown.length > 0
  return {
    outcome: 'taken',
    answer: encodeAnswer({
      outcome: isKept ? 'kept' : applied.fresh.length > 0 || said.events.length === 0 ? 'new' : 'seen',
      conversation: said.conversation,
      receipts: watermarksFor(
        ctx,
        applied.chat,
        opened.opened.sender.device as (typeof contact.devices)[number]['device']
      )
    })
  }
}

/** Whom they bring in: looked up beside, because it may take a while. */
const introduce = (ctx: Context, chat: ChatRecord['id'], contact: ContactRow, people: readonly Person[]): void => {
  const record = ctx.db.memory.chats.get(chat)
  const [device] = contact.devices
  if (record?.kind !== 'group' || device === undefined) return
  inBackground(ctx, 'groups.meet-failed', async () => {
    await meetPeople(ctx, people, { device: device.device, homes: contact.homes })
    ctx.moved(chat)
  })
}

const writeReceived = async (
  ctx: Context,
  own: Own,
  change: Change,
  { opened, door }: { readonly opened: OpenedPayload; readonly door: AtDoor }
): Promise<Received> => {
  const { said } = opened
  const chat = knownChat(ctx.db, opened.chat)
  const contact = ctx.db.memory.contacts.get(opened.contact.did)
  const isDirect = chat.kind === 'direct'
  if (contact === undefined || (isDirect && !mayHear(contact))) {
    throw new AppError('not-found', 'blocked or declined meanwhile')
  }
  const requests = isDirect ? mailOf(ctx.db, chat.id).filter(({ kind }) => kind === 'request') : []
  const applied = await writeEvents(ctx, own, change, { ...door, chat: chat.id }, chat)

  const heard = hear(ctx, contact, opened, isDirect)
  if (heard !== contact) await putContact(ctx.db, change, heard)
  const accepted = isDirect && (contact.standing !== 'open' || chat.debts.request !== undefined)
  let next: ChatRecord = applied.chat
  if (accepted) {
    // the request did its work: what is left goes sealed
    const { request: _, ...debts } = next.debts
    next = { ...next, debts }
    await dropMail(
      ctx.db,
      requests.map(({ id }) => id)
    )
  }
  await writeSession(ctx, opened.opened.change)
  if (said.keyPackages !== undefined) await takeKeys(ctx, opened.opened.sender.device, said.keyPackages)
  next = takeWatermarks(
    ctx,
    next,
    opened.opened.sender.device as ContactRow['devices'][number]['device'],
    said.receipts
  )
  if (next === applied.chat) return { applied, accepted }
  await settleOutbox(ctx.db, change, next, { upTo: settledUpTo(ctx, next) })
  return { applied: { ...applied, chat: next }, accepted }
}

/** "Last heard" is shown in minutes; a row written for each message would wake every list. */
const HEARD_STEP_MS = 60_000

/** What a payload says of its sender, beside events. Whatever we can open in our own session proves that they accepted. */
const hear = (
  ctx: Context,
  contact: ContactRow,
  { said, bindings, document }: OpenedPayload,
  isDirect: boolean
): ContactRow => {
  const { profile, place } = said
  const isOther = !sameBytes(said.documentHash, contact.documentHash)
  const order = comparePlaces(place, document.place)
  // a newer document that came meanwhile may not list them
  const listed = sameBytes(document.hash, contact.documentHash) ? bindings : []
  const devices = [
    ...contact.devices.filter(({ device }) => !listed.some((binding) => binding.device === device)),
    ...listed.map(toContactDevice)
  ]
  const now = ctx.clock.now()
  const standing = isDirect ? 'open' : contact.standing
  const isOld = now - (contact.lastHeardAt ?? 0) > HEARD_STEP_MS
  const isNothingNew = !isOther && profile === undefined && bindings.length === 0 && contact.standing === standing
  if (isNothingNew && !isOld) return contact
  return {
    ...contact,
    standing,
    devices,
    lastHeardAt: now,
    // ID5: views differ
    duplicity: contact.duplicity || (isOther && order === 0),
    newerPlace: contact.newerPlace || (isOther && order > 0),
    ...profileFacts(contact, profile)
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
