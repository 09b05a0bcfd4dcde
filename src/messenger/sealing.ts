/**
 * Puts what waits for one chat into sealed bytes: events in their order, as many as fit, receipts, and what is owed
 * (acceptance, profile, head). No transaction is open while crypto works; nothing is written here.
 */
import { base64urlToBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { sealRequest } from '../crypto/request.ts'
import { routeFor } from '../crypto/suite.ts'
import type { DeviceId } from '../model/ids.ts'
import { knownAccount } from '../store/account.ts'
import type { ChatRecord, ContactRow, Debts, OutboxRow, ParcelRow, Profile, SessionRow } from '../store/rows.ts'
import { getEvents } from '../store/timeline.ts'
import { envelope } from '../wire/envelope.ts'
import { MAX_EVENTS } from '../wire/event.ts'
import { encodePadded, MAX_PAYLOAD_BYTES } from '../wire/payload.ts'
import type { Session } from '../wire/session.ts'
import type { Context, Own } from './context.ts'
import { needOwn } from './context.ts'
import { toWire } from './events.ts'
import { ownProfile } from './profile.ts'
import { watermarksFor } from './receipts.ts'
import { loadDocument } from './trust.ts'

interface ToSeal {
  readonly chat: ChatRecord
  readonly contact: ContactRow
  readonly rows: readonly OutboxRow[]
  readonly session: SessionRow | undefined
  readonly kind: 'request' | 'sealed'
}

export interface SealedParcel {
  readonly parcel: ParcelRow
  readonly rows: readonly OutboxRow[]
  readonly isStateful: boolean
}

/** Keys, place, padding and CBOR heads around the events. */
const PAYLOAD_OVERHEAD = 4 * 1024
/** IN3's request has 72 KiB; the rest is left for what the sender may not choose. */
const REQUEST_BYTES = 70 * 1024

export const sealParcel = async (ctx: Context, work: ToSeal): Promise<SealedParcel | undefined> => {
  const own = needOwn(ctx)
  const account = knownAccount(ctx.db)
  if (account === undefined || work.session === undefined) return undefined
  return work.kind === 'request'
    ? await sealFirst(ctx, own, account, work, work.session)
    : await sealNext(ctx, own, account, work, work.session)
}

/** Oldest first, without a gap, as many as fit. */
const packEvents = async (
  ctx: Context,
  rows: readonly OutboxRow[],
  room: number
): Promise<{ readonly taken: readonly OutboxRow[]; readonly events: readonly Uint8Array[] }> => {
  const chosen = rows.slice(0, MAX_EVENTS)
  const byId = new Map(
    (
      await getEvents(
        ctx.db,
        chosen.map(({ id }) => id)
      )
    ).map((row) => [row.id, row])
  )
  const taken: OutboxRow[] = []
  const events: Uint8Array[] = []
  let size = 0
  for (const row of chosen) {
    const event = byId.get(row.id)
    if (event === undefined) throw new AppError('internal', 'an outbox row without its event')
    const bytes = toWire(event)
    size += bytes.length + 4
    if (size > room) break
    taken.push(row)
    events.push(bytes)
  }
  return { taken, events }
}

export const sessionToWire = ({ suite, group, generation }: SessionRow): Session => ({
  version: 1,
  suite,
  group: base64urlToBytes(group),
  generation
})

/** IN3: first contact, with as many of the first messages as fit. */
const sealFirst = async (
  ctx: Context,
  own: Own,
  account: Profile,
  { chat, contact, rows }: ToSeal,
  session: SessionRow
): Promise<SealedParcel | undefined> => {
  const recipient = await loadDocument(ctx, contact.documentHash)
  if (recipient === undefined || account.head === undefined) return undefined
  const profile = ownProfile(account)
  const fixed = own.secrets.document.length + account.head.length + own.secrets.device.binding.length
  const room = REQUEST_BYTES - fixed - (profile.photo?.length ?? 0) - 1024
  const { taken, events } = await packEvents(ctx, rows, room)
  const { sealed } = await sealRequest({
    account: own.secrets,
    recipient,
    parts: {
      head: account.head,
      session: sessionToWire(session),
      events,
      profile,
      ...(contact.token && { token: contact.token })
    },
    now: ctx.clock.now()
  })
  const debts: Debts = { ...(chat.debts.request && { request: chat.debts.request }), head: account.headIssuedAt }
  return toParcel(ctx, { chat, contact, sealed, taken, debts, kind: 'request', isStateful: false, group: undefined })
}

const sealNext = async (
  ctx: Context,
  own: Own,
  account: Profile,
  { chat, contact, rows }: ToSeal,
  session: SessionRow
): Promise<SealedParcel | undefined> => {
  const suite = own.suites.get(session.suite)
  if (suite === undefined || session.state === undefined) return undefined
  const { accept } = chat.debts
  const withProfile = accept !== undefined || chat.debts.profile !== undefined
  const withHead = account.head !== undefined && chat.headSent !== account.headIssuedAt
  const profile = withProfile ? ownProfile(account) : undefined
  const room = MAX_PAYLOAD_BYTES - PAYLOAD_OVERHEAD - (profile?.photo?.length ?? 0) - (withHead ? 4096 : 0)
  const { taken, events } = await packEvents(ctx, rows, room)
  const plaintext = encodePadded({
    version: 1,
    conversation: base64urlToBytes(chat.id),
    sender: own.secrets.didKey,
    place: own.secrets.place,
    documentHash: own.secrets.documentHash,
    issued: ctx.clock.now(),
    events,
    receipts: watermarksFor(ctx, chat),
    ...(profile && { profile }),
    ...(withProfile && { bindings: [own.secrets.device.binding] }),
    ...(withHead && { head: account.head }),
    ...(accept !== undefined && { accepted: true, session: sessionToWire(session) })
  })
  const { state, sealed } = await suite.seal(session.state, plaintext, ctx.clock.now())
  const { request: _, ...owed } = chat.debts
  const debts: Debts = { ...owed, ...(withHead && { head: account.headIssuedAt }) }
  const isStateful = state !== session.state
  return toParcel(ctx, { chat, contact, sealed, taken, debts, kind: 'sealed', isStateful, group: session.group })
}

const toParcel = (
  ctx: Context,
  options: {
    readonly chat: ChatRecord
    readonly contact: ContactRow
    readonly sealed: Uint8Array
    readonly taken: readonly OutboxRow[]
    readonly debts: Debts
    readonly kind: 'request' | 'sealed'
    readonly isStateful: boolean
    readonly group: string | undefined
  }
): SealedParcel => {
  const { chat, contact, sealed, taken, debts, kind, isStateful, group } = options
  return {
    rows: taken,
    isStateful,
    parcel: {
      chat: chat.id,
      sealed,
      group,
      kind,
      upTo: taken.at(-1)?.counter ?? 0,
      debts,
      sealedAt: ctx.clock.now(),
      devices: contact.devices.map(({ device }) => device)
    }
  }
}

/** What goes out to one device: its own tag of the session, or a random one on a request. */
export const toEnvelope = (
  ctx: Context,
  { kind, group, sealed }: ParcelRow,
  device: DeviceId | undefined
): Uint8Array => {
  const route =
    group === undefined || device === undefined ? ctx.random.bytes(16) : routeFor(base64urlToBytes(group), device)
  return envelope.encode({ version: 1, kind, route, sealed })
}
