/**
 * What to seal next, and for whom. A batch is made when at least one device has nothing on its way; whoever lacks the same
 * events gets it too, so that one absent member costs the others nothing and a message is sealed once.
 */
import type { ChatId, DeviceId, Did } from '../model/ids.ts'
import { compareText } from '../model/text.ts'
import { mailOf } from '../store/mail.ts'
import { outboxOf } from '../store/outbox.ts'
import type { MailRow, OutboxRow } from '../store/carried-rows.ts'
import type { ChatRecord, ContactRow, Debts } from '../store/rows.ts'
import type { Context } from './context.ts'
import { heldBy, peersOf } from './peers.ts'
import type { Peer } from './peers.ts'
import { getEvents } from '../store/timeline.ts'
import { sealable } from './sessions/carrier.ts'
import { targetsOf } from './targets.ts'

/** How many sealed batches wait for a device that does not come; what it lacks beyond is sealed when it does. */
const MAX_DEPTH = 8

export interface Waiting {
  readonly chat: ChatRecord
  /** Of a direct chat; of a group that we ask to join, whom we ask. */
  readonly contact: ContactRow | undefined
  /** A request cannot carry what an open chat says, and the other way round. */
  readonly kind: 'request' | 'sealed'
  /** Not failed ones, oldest first. */
  readonly rows: readonly OutboxRow[]
  /** On its way, stored or not. */
  readonly mail: readonly MailRow[]
  /** Highest own counter that any other account holds. */
  readonly mostHeld: number
}

/** Only what is committed: nothing leaves before it is on disk. */
export const lookAtWaiting = (ctx: Context, id: ChatId, unsaved: ReadonlyMap<string, MailRow>): Waiting | undefined => {
  const chat = ctx.db.memory.chats.get(id)
  if (chat === undefined || chat.kind === 'self') return undefined
  // a group that we asked to join is reached through the member whom its link names
  const did = chat.kind === 'direct' ? chat.did : chat.standing === 'joining' ? chat.join?.did : undefined
  const contact = did && ctx.db.memory.contacts.get(did)
  if (chat.kind === 'direct' && contact === undefined) return undefined
  const isJoining = chat.standing === 'joining'
  const kind = isJoining || (contact !== undefined && isAsking(chat, contact)) ? 'request' : 'sealed'
  return {
    chat,
    contact,
    kind,
    rows: outboxOf(ctx.db, id).filter(({ state }) => state !== 'failed'),
    mail: [...mailOf(ctx.db, id), ...unsaved.values()]
      .filter((row) => (row.kind === 'request') === (kind === 'request'))
      .toSorted((a, b) => compareText(a.id, b.id)),
    mostHeld: Math.max(0, ...peersOf(ctx, chat).map((peer) => heldBy(chat, peer)))
  }
}

const isAsking = (chat: ChatRecord, { standing }: ContactRow): boolean =>
  standing !== 'open' || chat.debts.request !== undefined

/** Before acceptance only a request goes out; to whom we have not accepted, or blocked, nothing does (IN3, IN5). */
export const maySend = ({ chat, contact }: Waiting): boolean => {
  if (chat.kind === 'group') {
    return chat.standing !== 'joining' || (contact !== undefined && chat.debts.request !== undefined)
  }
  if (contact === undefined || contact.blocked) return false
  return contact.standing === 'open' || (contact.standing === 'asked' && chat.debts.request !== undefined)
}

/** Everything that is due at a time, or undefined when nothing waits for one. */
export const nextTime = (ctx: Context, { chat, rows, mail, kind }: Waiting): number | undefined => {
  const now = ctx.clock.now()
  const hasWork = rows.length > 0 || mail.length > 0 || Object.keys(chat.debts).length > 0
  const tries = hasWork
    ? [...ctx.lines.ofChat(chat.id)]
        .filter(([key, { isBusy }]) => !isBusy && (key === 'request') === (kind === 'request'))
        .map(([, { nextTryAt }]) => nextTryAt)
    : []
  const times = [...tries, ...mail.map(({ notBefore }) => notBefore ?? 0), ...rows.map(({ endsAt }) => endsAt)].filter(
    (at) => at > now
  )
  return times.length === 0 ? undefined : Math.min(...times) - now
}

export interface Batch {
  readonly devices: readonly DeviceId[]
  /** Events above this own counter. */
  readonly rows: readonly OutboxRow[]
  /** What goes along; only where everybody gets it. */
  readonly debts: Debts
  readonly isForAll: boolean
  readonly onlyMembers: boolean
}

interface Standing {
  readonly device: DeviceId
  readonly did: Did
  /** Own counter up to which they have everything, or it is on its way. */
  readonly upTo: number
  readonly depth: number
  readonly isFree: boolean
}

export const nextBatch = async (ctx: Context, waiting: Waiting): Promise<Batch | undefined> => {
  const { chat, mail } = waiting
  const now = ctx.clock.now()
  if (!isAnythingToSeal(waiting)) return undefined
  const rule = ctx.own && (await sealable(ctx, ctx.own, chat))
  if (rule === undefined || rule === 'none') return undefined
  const targets = await targetsOf(ctx, chat)
  const rows = rule === 'all' ? waiting.rows : await upToRemoval(ctx, waiting, targets)
  const standings = targets.map(({ device, did }): Standing => {
    const line = ctx.lines.of(chat.id, device)
    const theirs = mail.filter(({ devices }) => devices.includes(device))
    return {
      device,
      did,
      upTo: Math.max(heldBy(chat, { did, device }), ...theirs.map(({ upTo }) => upTo)),
      depth: theirs.length,
      isFree: theirs.length === 0 && !line.isBusy && line.nextTryAt <= now
    }
  })
  if (standings.length === 0) return undefined
  const owed = stillOwed(chat, mail)
  if (rule === 'all' && Object.keys(owed).length > 0 && standings.some(({ isFree }) => isFree)) {
    const known = Math.max(...standings.map(({ upTo }) => upTo))
    return {
      devices: standings.map(({ device }) => device),
      rows: rows.filter(({ counter }) => counter > known),
      debts: owed,
      isForAll: true,
      onlyMembers: false
    }
  }
  const last = rows.at(-1)?.counter ?? 0
  const first = standings.find(({ isFree, upTo }) => isFree && upTo < last)
  if (first === undefined) return undefined
  const alike = standings.filter(
    ({ upTo, depth, isFree }) => upTo === first.upTo && (isFree || (depth > 0 && depth < MAX_DEPTH))
  )
  return {
    devices: alike.map(({ device }) => device),
    rows: rows.filter(({ counter }) => counter > first.upTo),
    debts: {},
    isForAll: alike.length === standings.length,
    onlyMembers: rule === 'members'
  }
}

const isAnythingToSeal = ({ chat, rows }: Waiting): boolean => rows.length > 0 || Object.keys(chat.debts).length > 0

/**
 * RO2: to a session that still holds somebody who is out goes what tells of it, so that others can judge the commit, and what
 * was written before it; nothing that follows the removal.
 */
const upToRemoval = async (
  ctx: Context,
  { chat, rows }: Waiting,
  targets: readonly Pick<Peer, 'did'>[]
): Promise<readonly OutboxRow[]> => {
  const law = ctx.laws.get(chat.id)
  if (law === undefined) return []
  const { members, removals } = law.roster
  const out = new Set(targets.map(({ did }) => did).filter((did) => !members.has(did)))
  const ends = removals.filter(({ account }) => out.has(account)).map(({ id }) => id)
  const events = await getEvents(
    ctx.db,
    rows.map(({ id }) => id)
  )
  const late = new Set(
    events
      .filter(
        ({ kind, basis = [] }) =>
          kind !== 'member' && basis.some((one) => ends.some((end) => one === end || law.follows(one, end)))
      )
      .map(({ id }) => id)
  )
  const firstLate = rows.findIndex(({ id }) => late.has(id))
  const early = firstLate === -1 ? rows : rows.slice(0, firstLate)
  return early.slice(0, early.findLastIndex(({ isMember }) => isMember === true) + 1)
}

/** Debts that no mail on its way will pay. */
const stillOwed = ({ debts }: ChatRecord, mail: readonly MailRow[]): Debts =>
  Object.fromEntries(
    Object.entries(debts).filter(
      ([name, made]) => name !== 'request' && !mail.some((row) => row.debts[name as keyof Debts] === made)
    )
  )
