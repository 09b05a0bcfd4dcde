/**
 * Puts what waits for one chat into sealed bytes: events in their order, as many as fit, receipts, and what is owed
 * (acceptance, profile, head). No transaction is open while crypto works. What a ratchet sealed is written before anybody
 * sees it (ML2); of other suites nothing is (decision 0040).
 */
import { base64urlToBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { sealRequest } from '../crypto/request.ts'
import { knownAccount } from '../store/account.ts'
import { nextMailId, putMail } from '../store/mail.ts'
import { markSealed } from '../store/outbox.ts'
import type { MailRow, OutboxRow } from '../store/carried-rows.ts'
import type { ChatRecord, ContactRow, Debts, EventRow, SessionRow } from '../store/rows.ts'
import { getEvents } from '../store/timeline.ts'
import { MAX_EVENTS } from '../wire/event.ts'
import type { Person } from '../wire/opening.ts'
import { encodePadded, MAX_PAYLOAD_BYTES } from '../wire/payload.ts'
import type { Session } from '../wire/session.ts'
import type { Batch } from './batches.ts'
import type { Context } from './context.ts'
import { needOwn } from './context.ts'
import { toWire } from './events.ts'
import { toPerson } from './groups/people.ts'
import { ownProfile } from './profile.ts'
import { watermarksFor } from './receipts.ts'
import { canSeal, inSession, sealIn, SESSION_TABLES, sessionFor, writeSession } from './sessions/carrier.ts'
import { sessionToWire } from './sessions/founding.ts'
import { hintsFor } from './sessions/hints.ts'
import { offeredKeys } from './sessions/keys.ts'
import type { OfferedKeys } from './sessions/keys.ts'
import { loadDocument } from './trust.ts'

/** Keys, place, padding and CBOR heads around the events. */
const PAYLOAD_OVERHEAD = 4 * 1024
/** IN3's request has 72 KiB; the rest is left for what the sender may not choose. */
const REQUEST_BYTES = 70 * 1024

interface Packed {
  readonly taken: readonly OutboxRow[]
  readonly events: readonly EventRow[]
}

/** Oldest first, without a gap, as many as fit. */
const packEvents = async (ctx: Context, rows: readonly OutboxRow[], room: number): Promise<Packed> => {
  const chosen = rows.slice(0, MAX_EVENTS)
  const ids = chosen.map(({ id }) => id)
  const byId = new Map((await getEvents(ctx.db, ids)).map((row) => [row.id, row]))
  const taken: OutboxRow[] = []
  const events: EventRow[] = []
  let size = 0
  for (const row of chosen) {
    const event = byId.get(row.id)
    if (event === undefined) throw new AppError('internal', 'an outbox row without its event')
    size += toWire(event).length + 4
    if (size > room) break
    taken.push(row)
    events.push(event)
  }
  return { taken, events }
}

const sizeOfKeys = (keys: readonly OfferedKeys[]): number =>
  keys.reduce((size, { keyPackage }) => size + keyPackage.length + 64, 0)

/** IN3: first contact, with as many of the first messages as fit. Not written yet. */
export const sealFirst = async (
  ctx: Context,
  chat: ChatRecord,
  contact: ContactRow,
  rows: readonly OutboxRow[]
): Promise<MailRow | undefined> => {
  const own = needOwn(ctx)
  const account = knownAccount(ctx.db)
  const session = chat.join === undefined ? sessionFor(ctx, own, chat) : undefined
  const recipient = await loadDocument(ctx, contact.documentHash)
  const isReady = session !== undefined || chat.join !== undefined
  if (recipient === undefined || !isReady || account?.head === undefined) return undefined
  const profile = ownProfile(account)
  const fixed = own.secrets.document.length + account.head.length + own.secrets.device.binding.length
  const { keys } = await offeredKeys(ctx, own)
  const room = REQUEST_BYTES - fixed - (profile.photo?.length ?? 0) - sizeOfKeys(keys) - 1024
  const { taken, events } = await packEvents(ctx, rows, room)
  const { sealed } = await sealRequest({
    account: own.secrets,
    recipient,
    parts: {
      head: account.head,
      session: session === undefined ? noSession(ctx) : sessionToWire(session),
      events: events.map(toWire),
      profile,
      keyPackages: keys,
      ...(contact.token && chat.join === undefined && { token: contact.token }),
      ...(chat.join && { join: { conversation: base64urlToBytes(chat.id), secret: chat.join.secret } })
    },
    now: ctx.clock.now()
  })
  const debts: Debts = { ...(chat.debts.request && { request: chat.debts.request }), head: account.headIssuedAt }
  const devices = contact.devices.map(({ device }) => device)
  return toMail(ctx, { chat, kind: 'request', group: undefined, sealed, taken, debts, devices })
}

/** Who comes with a group's link founds nothing: the group opens its own to them. */
const noSession = (ctx: Context): Session => ({
  version: 1,
  suite: 'pgp-v6',
  group: ctx.random.bytes(32),
  generation: 0
})

export interface SealedBatch {
  readonly row: MailRow
  readonly isSaved: boolean
}

/** Undefined while there is no session in which anybody could read it. */
export const sealBatch = (ctx: Context, chat: ChatRecord, batch: Batch): Promise<SealedBatch | undefined> =>
  inSession(ctx, chat.id, async () => {
    const own = needOwn(ctx)
    const session = sessionFor(ctx, own, chat)
    if (session === undefined || !canSeal(ctx, own, session)) return undefined
    const { plaintext, taken, debts } = await fillPayload(ctx, chat, session, batch)
    const { sealed, change, epoch } = await sealIn(ctx, own, session, plaintext, {
      onlyMembers: batch.onlyMembers
    })
    const { devices } = batch
    const made = toMail(ctx, { chat, kind: 'sealed', group: session.group, sealed, taken, debts, devices })
    const row = epoch === undefined ? made : { ...made, epoch }
    if (change === undefined) return { row, isSaved: false }
    // suites with a ratchet must have their new state on disk before anything leaves
    await ctx.db.write([...SESSION_TABLES, 'mail', 'outbox'], async () => {
      await Promise.all([writeSession(ctx, change), putMail(ctx.db, [row]), markSealed(ctx.db, row.eventIds)])
    })
    return { row, isSaved: true }
  })

const fillPayload = async (
  ctx: Context,
  chat: ChatRecord,
  session: SessionRow,
  { rows, debts: owed, isForAll }: Batch
): Promise<{ readonly plaintext: Uint8Array; readonly taken: readonly OutboxRow[]; readonly debts: Debts }> => {
  const own = needOwn(ctx)
  const { secrets } = own
  const account = knownAccount(ctx.db)
  if (account === undefined) throw new AppError('internal', 'no account')
  const { accept } = owed
  const withProfile = accept !== undefined || owed.profile !== undefined
  const withHead = isForAll && account.head !== undefined && chat.headSent !== account.headIssuedAt
  const profile = withProfile ? ownProfile(account) : undefined
  const offered = chat.kind === 'direct' ? await offeredKeys(ctx, own) : undefined
  const keys = isForAll && offered?.madeAt !== chat.keysSent ? offered : undefined
  const room =
    MAX_PAYLOAD_BYTES -
    PAYLOAD_OVERHEAD -
    (profile?.photo?.length ?? 0) -
    (withHead ? 4096 : 0) -
    sizeOfKeys(keys?.keys ?? [])
  const { taken, events } = await packEvents(ctx, rows, room)
  const people = peopleIn(ctx, events)
  const hints = chat.kind === 'direct' ? hintsFor(ctx, own, chat.did) : []
  const plaintext = encodePadded({
    version: 1,
    conversation: base64urlToBytes(chat.id),
    sender: secrets.didKey,
    place: secrets.place,
    documentHash: secrets.documentHash,
    issued: ctx.clock.now(),
    events: events.map(toWire),
    receipts: chat.kind === 'direct' ? watermarksFor(ctx, chat) : [],
    ...(profile && { profile }),
    ...(people.length > 0 && { people }),
    ...(withProfile && { bindings: [secrets.device.binding] }),
    ...(withHead && { head: account.head }),
    ...(keys && { keyPackages: keys.keys }),
    ...(hints.length > 0 && { hints }),
    ...(accept !== undefined && { accepted: true, session: sessionToWire(session) })
  })
  const along: Debts = { ...(withHead && { head: account.headIssuedAt }), ...(keys && { keys: keys.madeAt }) }
  return { plaintext, taken, debts: { ...owed, ...along } }
}

/** Whoever is told of a newcomer is told who that is; of many they find out by themselves. */
const MAX_INTRODUCED = 16

const peopleIn = (ctx: Context, events: readonly EventRow[]): readonly Person[] =>
  events
    .flatMap(({ content }) => (content?.kind === 'member' && content.change.kind === 'add' ? content.change.seats : []))
    .slice(0, MAX_INTRODUCED)
    .map(({ account }) => ctx.db.memory.contacts.get(account))
    .filter((row) => row !== undefined)
    .map(toPerson)

const toMail = (
  ctx: Context,
  made: Pick<MailRow, 'kind' | 'group' | 'sealed' | 'debts' | 'devices'> & {
    readonly chat: ChatRecord
    readonly taken: readonly OutboxRow[]
  }
): MailRow => {
  const { chat, taken, ...row } = made
  const now = ctx.clock.now()
  return {
    ...row,
    id: nextMailId(ctx.db, now),
    chat: chat.id,
    upTo: taken.at(-1)?.counter ?? 0,
    eventIds: taken.map(({ id }) => id),
    sealedAt: now
  }
}
