/**
 * What the roster says about events of a group, and what it takes back (LG6): the same set gives the same verdicts, whatever
 * came first. `member` events are kept in any case; of what is above a cut only the place is.
 */
import { createGroupLaw } from '../model/group-law.ts'
import type { GroupLaw } from '../model/group-law.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../model/ids.ts'
import type { MemberEvent } from '../model/roster.ts'
import type { Db } from './database.ts'
import { newestLine, refoldLines } from './projection.ts'
import { isFloor } from './rows.ts'
import type { ChatRecord, EventRow } from './rows.ts'
import { eventsAbout, eventsOfDevice, getEvents, getMessages } from './timeline.ts'
import type { Change } from './watch.ts'

export const toMemberEvent = ({ id, author, device, counter, time, content }: EventRow): MemberEvent | undefined =>
  content?.kind === 'member'
    ? { id, author, device, counter, time, after: content.after, change: content.change }
    : undefined

/** As stored: also those without effect. */
export const loadLaw = async (db: Db, chat: ChatId): Promise<GroupLaw> =>
  createGroupLaw((await eventsAbout(db, chat, 'member')).map(toMemberEvent).filter((event) => event !== undefined))

export interface Judged {
  readonly rows: readonly EventRow[]
  /** By somebody whose joining is not known yet. */
  readonly notYet: ReadonlySet<string>
  readonly law: GroupLaw | undefined
}

export const judge = (rows: readonly EventRow[], before: GroupLaw | undefined, own: Did): Judged => {
  if (before === undefined) return { rows, notYet: new Set(), law: undefined }
  const law = before.with(rows.map(toMemberEvent).filter((event) => event !== undefined))
  const notYet = new Set(
    rows.filter(({ kind, author }) => kind !== 'member' && author !== own && !law.wasEverIn(author)).map(({ id }) => id)
  )
  return { rows: rows.filter(({ id }) => !notYet.has(id)).map((row) => judgeOne(row, law)), notYet, law }
}

const judgeOne = (row: EventRow, law: GroupLaw): EventRow => {
  if (row.kind === 'member') return row
  const basis = row.basis ?? []
  if (law.refusalOf(row, basis) !== undefined) return toStump(row)
  return hasRight(row, law, basis) ? row : { ...row, void: 'no-right' }
}

/** LG6: what is refused keeps its place, because others may stand on it. */
const toStump = (row: EventRow): EventRow => ({
  ...row,
  content: undefined,
  body: undefined,
  salt: undefined,
  void: 'cut'
})

const hasRight = ({ kind, author }: EventRow, law: GroupLaw, basis: readonly string[]): boolean => {
  switch (kind) {
    case 'message':
    case 'edit':
    case 'note':
      return law.may(basis, author, 'write')
    case 'pin':
      return law.may(basis, author, 'pin')
    case 'topic':
      return law.may(basis, author, 'rename')
    case 'timer':
      return law.may(basis, author, 'govern')
    default:
      return law.may(basis, author, 'be')
  }
}

interface Following {
  readonly chat: ChatRecord
  readonly own: Did
  readonly device?: DeviceId
  readonly law: GroupLaw | undefined
  readonly before: GroupLaw | undefined
}

/** Inside a write that has stored the new events: what a changed roster means for what was here before. */
export const followLaw = async (db: Db, change: Change, following: Following): Promise<ChatRecord> => {
  const { law, before } = following
  if (law === undefined || before === undefined || law === before) return following.chat
  const chat = followMembers(following, law, before)
  await liftCuts(db, chat, law, before)
  const cutOff = await cutBack(db, change, { ...following, chat }, law, before)
  return await refoldLines(
    db,
    change,
    { chat: cutOff, own: following.own, law },
    await changedLines(db, chat.id, law, before)
  )
}

/** In larger groups names come with openings, photos only from those who write. */
const MAX_INTRODUCED = 16

/** LG7: who comes in is owed what we write from now on. Whoever is out is owed nothing. */
const followMembers = (
  { chat, own, device }: Following,
  { roster }: GroupLaw,
  { roster: old }: GroupLaw
): ChatRecord => {
  const counter = device === undefined ? 0 : (chat.chains[device]?.counter ?? 0)
  const owedFrom: Record<Did, number> = {}
  for (const did of roster.members.keys()) {
    if (did !== own) owedFrom[did] = (old.members.has(did) ? chat.owedFrom?.[did] : undefined) ?? counter
  }
  const isIn = roster.members.has(own)
  const { standing, ...rest } = chat
  // whoever is new learns our name with the next thing that goes
  const isMore = old.root !== undefined && [...roster.members.keys()].some((did) => !old.members.has(did))
  const introduces = isMore && isIn && roster.members.size <= MAX_INTRODUCED
  const debts = introduces ? { ...rest.debts, profile: (rest.debts.profile ?? 0) + 1 } : rest.debts
  const next: ChatRecord = { ...rest, owedFrom, debts }
  if (standing === 'joining') return { ...next, standing }
  return isIn || roster.root === undefined ? next : { ...next, standing: 'left' }
}

/** What a removal refused that turned out to be void is taken after all: its text comes again with the next comparison. */
const liftCuts = async (db: Db, chat: ChatRecord, law: GroupLaw, before: GroupLaw): Promise<void> => {
  const now = new Set(law.roster.removals.map(({ id, account }) => `${id} ${account}`))
  const gone = before.roster.removals.filter(({ id, account }) => !now.has(`${id} ${account}`))
  if (gone.length === 0) return
  const accounts = new Set(gone.map(({ account }) => account))
  const lifted: EventRow[] = []
  for (const [device, { counter }] of Object.entries(chat.chains)) {
    for (const row of await eventsOfDevice(db, chat.id, device as DeviceId, 1, counter)) {
      if (row.void !== 'cut' || isFloor(row) || !accounts.has(row.author)) continue
      const basis = row.basis ?? []
      if (law.refusalOf(row, basis) !== undefined) continue
      const { void: _, ...rest } = row
      lifted.push({ ...rest, ...(!hasRight(row, law, basis) && { void: 'no-right' as const }), isLifted: true })
    }
  }
  await db.tables.events.bulkPut(lifted)
}

/** Events above a new cut that came before it. */
const cutBack = async (
  db: Db,
  change: Change,
  { chat, own }: Following,
  law: GroupLaw,
  before: GroupLaw
): Promise<ChatRecord> => {
  const known = new Set(before.roster.removals.map(({ id, account }) => `${id} ${account}`))
  const fresh = law.roster.removals.filter(({ id, account }) => !known.has(`${id} ${account}`))
  if (fresh.length === 0) return chat
  const ends = await getEvents(
    db,
    Object.values(chat.chains).map(({ id }) => id)
  )
  const removed = new Set(fresh.map(({ account }) => account))
  const devices = new Set([
    ...fresh.flatMap(({ counters }) => [...counters.keys()]),
    ...ends.filter(({ author }) => removed.has(author)).map(({ device }) => device)
  ])
  const cut: EventRow[] = []
  for (const device of devices) {
    const end = chat.chains[device]?.counter ?? 0
    if (end === 0) continue
    const lowest = Math.min(...fresh.map(({ counters }) => counters.get(device) ?? 0))
    for (const row of await eventsOfDevice(db, chat.id, device, lowest + 1, end)) {
      if (row.kind !== 'member' && row.void !== 'cut' && law.refusalOf(row, row.basis ?? []) !== undefined)
        cut.push(row)
    }
  }
  if (cut.length === 0) return chat
  await db.tables.events.bulkPut(cut.map(toStump))
  // nothing that we write from here on stands on them
  const ids = new Set(cut.map(({ id }) => id))
  const heads = chat.heads.filter(({ id }) => !ids.has(id))
  return await dropLines(db, change, { chat: { ...chat, heads }, own, law }, cut)
}

const dropLines = async (
  db: Db,
  change: Change,
  { chat, own, law }: { readonly chat: ChatRecord; readonly own: Did; readonly law: GroupLaw },
  cut: readonly EventRow[]
): Promise<ChatRecord> => {
  const gone = await getMessages(
    db,
    cut.map(({ id }) => id as MessageId)
  )
  await db.tables.messages.bulkDelete(gone.map(({ id }) => id))
  for (const { id } of gone) change.gone.push({ chat: chat.id, id })
  const unread = gone.filter(({ mine, order }) => !mine && order > chat.readOrder).length
  const isLastGone = gone.some(({ id }) => id === chat.last?.id)
  const next: ChatRecord = {
    ...chat,
    total: chat.total - gone.length,
    unread: Math.max(0, chat.unread - unread),
    last: isLastGone ? await newestLine(db, chat.id) : chat.last
  }
  // what they said about others' messages is void with them
  const targets = cut.filter(({ id, target }) => target !== id).map(({ target }) => target)
  return await refoldLines(db, change, { chat: next, own, law }, targets)
}

const changedLines = async (db: Db, chat: ChatId, law: GroupLaw, before: GroupLaw): Promise<readonly string[]> => {
  const changed = [...before.events.keys()].filter(
    (id) => (before.verdictOn(id)?.reason === undefined) !== (law.verdictOn(id)?.reason === undefined)
  )
  return changed
}
