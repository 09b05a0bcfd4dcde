/**
 * How a group describes itself to a newcomer, and what a newcomer takes of it (LG7, RO1): the roster by its events, which are
 * checked to the last signature; people, who are looked up; and where the log begins, which concerns only ourselves.
 */
import { base64urlToBytes, bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../../crypto/device-id.ts'
import { didFromKey } from '../../crypto/did.ts'
import type { VerifiedEvent } from '../../crypto/event.ts'
import { createGroupLaw } from '../../model/group-law.ts'
import type { GroupLaw } from '../../model/group-law.ts'
import type { ChatId, DeviceId, Did } from '../../model/ids.ts'
import { compareText } from '../../model/text.ts'
import { putAside } from '../../store/aside.ts'
import { emptyChat, knownChat, putChat } from '../../store/chats.ts'
import { toMemberEvent } from '../../store/judging.ts'
import { applyEvents } from '../../store/log.ts'
import type { NewEvent } from '../../store/log.ts'
import type { Chain, ChatRecord, EventRow } from '../../store/rows.ts'
import { eventsAbout, getEvents } from '../../store/timeline.ts'
import type { Change } from '../../store/watch.ts'
import { MAX_AFTER } from '../../wire/group.ts'
import { MAX_LATEST, MAX_OPENING_EVENTS } from '../../wire/opening.ts'
import type { OpeningLog } from '../../wire/opening.ts'
import { needOwn } from '../context.ts'
import type { Context } from '../context.ts'
import { toNewEvent, toWire } from '../events.ts'
import { sortByDevice, toAsideRow, verifyBatch } from '../incoming.ts'
import { ownerOf } from '../peers.ts'
import type { GroupDoor, GroupDraft } from '../sessions/group-door.ts'
import { looseEvents, settleLoose } from './coming-back.ts'
import { meetPeople, ownPerson, toPerson } from './people.ts'

const MAX_PEOPLE = 1000

export const createGroupDoor = (ctx: Context): GroupDoor => ({
  describe: (chat) => describe(ctx, chat),
  read: (told) => read(ctx, told)
})

// ── to a newcomer ─────────────────────────────────────────────────────────────────────────────────────────────────

const describe = async (ctx: Context, chat: ChatRecord): Promise<OpeningLog> => {
  const members = (await eventsAbout(ctx.db, chat.id, 'member')).filter((row) => row.body !== undefined)
  const roster = ctx.rosters.get(chat.id)
  // also who was removed: they may still be in the tree that a Welcome leads into
  const writers = new Set([
    ...members.map(({ author }) => author),
    ...(roster?.members.keys() ?? []),
    ...(roster?.removals.map(({ account }) => account) ?? [])
  ])
  const people = [...writers].map((did) => ctx.db.memory.contacts.get(did)).filter((row) => row !== undefined)
  const ends = Object.entries(chat.chains).slice(-MAX_PEOPLE)
  const latest = await ctx.db.tables.events.range(chat.id, { newest: true, limit: MAX_LATEST })
  const endRows = await getEvents(
    ctx.db,
    ends.map(([, { id }]) => id)
  )
  const rowById = new Map(endRows.map((row) => [row.id, row]))
  return {
    members: members.slice(0, MAX_OPENING_EVENTS).map(toWire),
    people: [ownPerson(ctx), ...people.slice(0, MAX_PEOPLE - 1).map(toPerson)],
    chains: ends.map(([device, { counter, id, time, tick, order }]) => ({
      device: keyFromDeviceId(device),
      counter,
      id: base64urlToBytes(id),
      time,
      tick,
      order,
      ...toBasis(rowById.get(id))
    })),
    latest: latest.map((row) => {
      const { id, time, tick, order } = row
      return { id: base64urlToBytes(id), time, tick, order, ...toBasis(row) }
    }),
    state: (await stateEvents(ctx, chat)).map(toWire)
  }
}

const toBasis = (row: EventRow | undefined): { readonly basis?: readonly Uint8Array[] } =>
  row?.basis === undefined ? {} : { basis: row.basis.slice(0, MAX_AFTER).map(base64urlToBytes) }

/** The events that last said something of how the group is called and looks. */
const stateEvents = async (ctx: Context, { id, topic, timer }: ChatRecord): Promise<readonly EventRow[]> => {
  const orders = new Set([topic?.name, topic?.description, topic?.photo, timer].map((said) => said?.order))
  const rows = [...(await eventsAbout(ctx.db, id, 'topic')), ...(await eventsAbout(ctx.db, id, 'timer'))]
  return rows.filter(({ order, body }) => orders.has(order) && body !== undefined)
}

// ── as a newcomer ─────────────────────────────────────────────────────────────────────────────────────────────────

type Told = Parameters<GroupDoor['read']>[0]

const read = async (ctx: Context, { sender, chat: id, suite, log }: Told): Promise<GroupDraft> => {
  const own = needOwn(ctx)
  const chat = ctx.db.memory.chats.get(id)
  if (!mayTakeIn(ctx, chat, sender.did)) throw new AppError('untrusted', 'taken in by a stranger')
  const verified = await verifyBatch([...log.members, ...(log.state ?? [])], { chat: id, authors: undefined })
  const before = ctx.laws.get(id) ?? createGroupLaw([])
  const told = verified.map(toNewEvent)
  const law = before.with(told.map(toMember).filter((event) => event !== undefined))
  if (isFarewell(before, law, own.did)) return toFarewell(ctx, id, verified)
  checkRoster(law, { own: own.did, sender: sender.did, suite })

  const homes = ownerOf(ctx, sender.device)?.homes ?? []
  const named = namedIn(law)
  const people = log.people.filter(({ didKey }) => named.has(didFromKey(didKey)))
  const missing = await meetPeople(ctx, people, { device: sender.device, homes })
  if (missing.length > 0) {
    ctx.log.info('groups.waits-for-documents', { missing: missing.length })
    throw new AppError('not-ready', 'a document of a member is missing')
  }
  const place = chat ?? emptyChat(id, own.did, 'group', ctx.clock.now())
  const { good, unknown } = sortByDevice(ctx, place, verified)
  if (unknown.length > 0) throw new AppError('untrusted', 'written by a device that is nobody’s')
  const loose = chat === undefined ? [] : await looseEvents(ctx, chat)
  return {
    tables: ['chats', 'contacts', 'events', 'messages', 'outbox', 'aside'],
    write: (change) => enter(ctx, change, { id, log, events: good, loose, law }),
    wasEverIn: (did) => law.wasEverIn(did)
  }
}

const toMember = (event: NewEvent): ReturnType<typeof toMemberEvent> =>
  event.kind === 'member' ? toMemberEvent(event as unknown as EventRow) : undefined

/** We were in it, and by all that is known now we are out. */
const isFarewell = (before: GroupLaw, law: GroupLaw, own: Did): boolean =>
  before.roster.members.has(own) && !law.roster.members.has(own)

const toFarewell = (ctx: Context, id: ChatId, verified: readonly VerifiedEvent[]): GroupDraft => {
  const own = needOwn(ctx)
  const { good } = sortByDevice(ctx, knownChat(ctx.db, id), verified)
  return {
    isFarewell: true,
    tables: ['chats', 'contacts', 'events', 'messages', 'outbox'],
    wasEverIn: () => true,
    write: async (change) => {
      const chat = knownChat(ctx.db, id)
      // what they stand on may never come to us
      const forgiven = new Set(good.flatMap(({ previous, heads }) => [...(previous ? [previous] : []), ...heads]))
      const applied = await applyEvents(ctx.db, change, {
        chat,
        events: good,
        own: own.did,
        device: ctx.device.id,
        now: ctx.clock.now(),
        law: ctx.laws.get(id),
        forgiven,
        isFarewell: true
      })
      if (applied.law === undefined) return
      ctx.laws.set(id, applied.law)
      ctx.rosters.set(id, applied.law.roster)
    }
  }
}

/** Everybody else is nobody whom we have to know. */
const namedIn = ({ roster, events }: GroupLaw): ReadonlySet<string> =>
  new Set([
    ...roster.members.keys(),
    ...roster.removals.map(({ account }) => account),
    ...[...events.values()].map(({ author }) => author)
  ])

/** RO2: from a contact, from a member of a roster we are in, or from whom we asked. */
const mayTakeIn = (ctx: Context, chat: ChatRecord | undefined, did: Did): boolean => {
  const contact = ctx.db.memory.contacts.get(did)
  if (contact === undefined || contact.blocked) return false
  if (contact.standing === 'open') return true
  if (chat?.standing === 'joining') return chat.join?.did === did
  return chat !== undefined && chat.standing === undefined && ctx.rosters.get(chat.id)?.members.has(did) === true
}

const checkRoster = (
  { roster }: GroupLaw,
  { own, sender, suite }: { readonly own: Did; readonly sender: Did; readonly suite: string }
): void => {
  if (roster.root === undefined) throw new AppError('untrusted', 'a group that nobody founded')
  if (roster.suite !== suite) throw new AppError('untrusted', 'another suite than the group was founded with')
  if (!roster.members.has(own)) throw new AppError('untrusted', 'a group that we are not in')
  if (!roster.members.has(sender)) throw new AppError('untrusted', 'taken in by somebody who is not in it')
}

interface Entering {
  readonly id: ChatId
  readonly log: OpeningLog
  readonly events: readonly NewEvent[]
  readonly loose: readonly NewEvent[]
  readonly law: GroupLaw
}

/** Inside the write that opens the session. */
const enter = async (ctx: Context, change: Change, { id, log, events, loose, law }: Entering): Promise<void> => {
  const own = needOwn(ctx)
  const now = ctx.clock.now()
  const known = ctx.db.memory.chats.get(id)
  const isNew = known === undefined || known.standing !== undefined
  const left = known ?? emptyChat(id, own.did, 'group', now)
  const { again, settled, ...back } = await settleLoose(ctx, change, left, { log, loose })
  const chat = isNew ? toBeginning(back.chat, log, ctx.device.id, now) : back.chat
  if (isNew) await putFloors(ctx, chat, log, law)
  const before = ctx.laws.get(id) ?? createGroupLaw([])
  const out = new Set(again.map((event) => event.id))
  const applied = await applyEvents(ctx.db, change, {
    chat,
    events: [...events, ...again],
    own: own.did,
    device: ctx.device.id,
    now,
    law: out.size === 0 ? before : createGroupLaw([...before.events.values()].filter((event) => !out.has(event.id))),
    settled
  })
  if (applied.notYet.length > 0) {
    await putAside(
      ctx.db,
      id,
      applied.notYet.map((event) => toAsideRow(id, event, now))
    )
  }
  const { join: _, standing: __, ...rest } = applied.chat
  // names and photos: everybody hears of us with the next thing that goes
  const debts = isNew ? { ...rest.debts, profile: (rest.debts.profile ?? 0) + 1 } : rest.debts
  await putChat(ctx.db, change, { ...rest, debts, activeAt: isNew ? now : rest.activeAt })
  if (applied.law === undefined) return
  // whoever opened the session tells everybody once this is on disk
  ctx.laws.set(id, applied.law)
  ctx.rosters.set(id, applied.law.roster)
}

/** What was before is no gap; what comes next of each device follows what it wrote last. */
const toBeginning = (chat: ChatRecord, log: OpeningLog, device: DeviceId, now: number): ChatRecord => {
  const chains: Record<DeviceId, Chain> = { ...chat.chains }
  const floors: Record<DeviceId, number> = { ...chat.floors }
  const heads = new Map(chat.heads.map((head) => [head.id, head]))
  for (const { device: key, counter, id: idBytes, time, tick, order } of log.chains) {
    const one = deviceIdFromKey(key) as DeviceId
    const id = bytesToBase64url(idBytes)
    if (one === device || counter <= (chains[one]?.counter ?? 0)) continue
    chains[one] = { counter, id, time, tick, order }
    floors[one] = counter
    heads.set(id, { id, time, tick, order })
  }
  const ends = [...heads.values()].toSorted((a, b) => compareText(a.order, b.order)).slice(-MAX_ENDS)
  return { ...chat, chains, floors, heads: ends, activeAt: now }
}

const MAX_ENDS = 4

/** Places that events to come may stand on. */
const putFloors = async (ctx: Context, chat: ChatRecord, log: OpeningLog, law: GroupLaw): Promise<void> => {
  const deviceById = new Map(log.chains.map(({ id, device, counter }) => [bytesToBase64url(id), { device, counter }]))
  const places = new Map([...log.latest, ...log.chains].map((place) => [bytesToBase64url(place.id), place]))
  const here = new Set((await getEvents(ctx.db, [...places.keys()])).map(({ id }) => id))
  const rows = [...places]
    .filter(([id]) => !here.has(id))
    .map(([id, { time, tick, order, basis }]): EventRow => {
      const end = deviceById.get(id)
      const device = end === undefined ? ('' as DeviceId) : (deviceIdFromKey(end.device) as DeviceId)
      return {
        id,
        chat: chat.id,
        author: chat.did,
        device,
        counter: end?.counter ?? 0,
        time,
        tick,
        order,
        kind: 'floor',
        target: id,
        arrivedAt: ctx.clock.now(),
        header: new Uint8Array(),
        signature: new Uint8Array(),
        body: undefined,
        salt: undefined,
        content: undefined,
        basis: basis?.map(bytesToBase64url) ?? law.roster.heads
      }
    })
  await ctx.db.tables.events.bulkPut(rows)
}
