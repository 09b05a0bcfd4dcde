/** What a person does with groups: founding, who is in, who may, how it is called. Every one is an event or two. */
import { AppError } from '../../base/errors.ts'
import { chatIdOf, groupConversation } from '../../crypto/conversation.ts'
import { encodeBody } from '../../crypto/event.ts'
import type { Content } from '../../model/fold.ts'
import { createGroupLaw } from '../../model/group-law.ts'
import type { NewGroup, SuiteId } from '../../model/group-views.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../../model/ids.ts'
import type { MemberChange, Policies, Role, Seat } from '../../model/roster.ts'
import { emptyChat, knownChat, updateChat } from '../../store/chats.ts'
import { putMail } from '../../store/mail.ts'
import type { ChatRecord, ContactRow, SessionRow } from '../../store/rows.ts'
import { getMessage } from '../../store/timeline.ts'
import { MAX_GROUP_ACCOUNTS, MAX_GROUP_NAME_CHARS } from '../../wire/group.ts'
import { MAX_PHOTO_BYTES } from '../../wire/profile.ts'
import { append, appendBody, WRITING } from '../append.ts'
import { needOwn } from '../context.ts'
import type { Context, Own } from '../context.ts'
import { isFellow } from '../peers.ts'
import { SESSION_TABLES, sessionFor, writeSession } from '../sessions/carrier.ts'
import { foundAlone } from '../sessions/founding.ts'
import { farewellMail, openingMail } from '../sessions/openings.ts'
import { loadDocument } from '../trust.ts'
import { toFounding } from './bodies.ts'
import { rememberLaw } from './law.ts'
import { needGroup, tell } from './member-events.ts'

const NONCE_BYTES = 32
const MAX_HOMES = 4
/** SU2: comfortable up to here; above the other MLS suite is chosen. */
const COMFORTABLE = 50
const MAX_DESCRIPTION_CHARS = 1000
const YEAR_SECONDS = 366 * 24 * 3600

export const DEFAULT_POLICIES: Policies = {
  write: 'everyone',
  add: 'admins',
  rename: 'admins',
  pin: 'everyone',
  approval: false,
  history: 'from-joining'
}

export const createGroup = async (ctx: Context, { name, photo, members, suite }: NewGroup): Promise<ChatId> => {
  const own = needOwn(ctx)
  checkTopic({ name, ...(photo && { photo }) })
  const people = needPeople(ctx, own, members)
  if (people.length + 1 > MAX_GROUP_ACCOUNTS) throw new AppError('too-large', 'too many members')
  const chosen = suite ?? (await chooseSuite(ctx, own, people))
  checkRoom(own, chosen, people)

  const change: Extract<MemberChange, { kind: 'found' }> = {
    kind: 'found',
    name: name.trim(),
    suite: chosen,
    seats: people.map(({ did }): Seat => ({ account: did, role: 'member' })),
    homes: ctx.net.reachability().homes.slice(0, MAX_HOMES),
    passes: [],
    policies: DEFAULT_POLICIES
  }
  const body = { kind: 'member' as const, after: [], ...toFounding(change, ctx.random.bytes(NONCE_BYTES)) }
  const id = chatIdOf(groupConversation(own.did, encodeBody(body))) as ChatId
  const session = await foundAlone(ctx, own, { chat: id, suite: chosen })

  // an empty roster until the founding is on disk
  ctx.laws.set(id, createGroupLaw([]))
  const applied = await ctx.db
    .write([...new Set([...WRITING, ...SESSION_TABLES])], async (told) => {
      const chat = emptyChat(id, own.did, 'group', ctx.clock.now())
      const founded = await appendBody(ctx, told, chat, body)
      await writeSession(ctx, session)
      await inviteInto(ctx, session.row, people)
      return founded.applied
    })
    .catch((error: unknown) => {
      ctx.laws.delete(id)
      throw error
    })
  rememberLaw(ctx, id, applied.law)
  if (photo !== undefined) await setTopic(ctx, id, { photo })
  return id
}

/** Of suites without epochs: who comes in is let in by whoever says so, in the same write. Others follow by a commit. */
const inviteInto = async (
  ctx: Context,
  session: SessionRow | undefined,
  people: readonly ContactRow[]
): Promise<void> => {
  if (session === undefined || ctx.own?.suites.get(session.suite)?.epochs !== undefined) return
  const devices = people.flatMap((row) => row.devices.map(({ device }): DeviceId => device))
  if (devices.length > 0) await putMail(ctx.db, [openingMail(ctx, session, devices)])
}

/** Whom we may bring in: people we know, and can write to. */
const needPeople = (ctx: Context, own: Own, dids: readonly Did[]): readonly ContactRow[] =>
  [...new Set(dids)]
    .filter((did) => did !== own.did)
    .map((did) => {
      const contact = ctx.db.memory.contacts.get(did)
      if (contact === undefined) throw new AppError('not-found', 'somebody whom we do not know')
      if (contact.standing !== 'open' && contact.standing !== 'member' && !isFellow(ctx, did)) {
        throw new AppError('conflict', 'somebody who has not accepted')
      }
      return contact
    })

/** SU1: the best that everybody announces. */
const chooseSuite = async (ctx: Context, own: Own, people: readonly ContactRow[]): Promise<SuiteId> => {
  const documents = await Promise.all(people.map(({ documentHash }) => loadDocument(ctx, documentHash)))
  const wanted: SuiteId = people.length + 1 > COMFORTABLE ? 'mls-x25519' : 'mls-xwing'
  const isSpoken = (suite: SuiteId): boolean =>
    own.suites.has(suite) && documents.every((document) => document?.suites.includes(suite) === true)
  if (isSpoken(wanted)) return wanted
  return isSpoken('mls-x25519') ? 'mls-x25519' : 'pgp-v6'
}

/** @throws AppError `too-large` when the suite does not hold so many devices, `needs-newer` when there is no such suite. */
const checkRoom = (own: Own, id: string, people: readonly ContactRow[]): void => {
  const suite = own.suites.get(id)
  if (suite === undefined) throw new AppError('needs-newer', `suite ${id}`)
  const devices = 1 + people.reduce((sum, row) => sum + row.devices.length, 0)
  if (devices > suite.properties.largestGroup) throw new AppError('too-large', 'more devices than the suite holds')
}

export const addMembers = async (ctx: Context, id: ChatId, who: readonly Did[], pass?: string): Promise<void> => {
  const own = needOwn(ctx)
  const { chat, roster } = needGroup(ctx, id)
  const people = needPeople(ctx, own, who).filter(({ did }) => !roster.members.has(did))
  if (people.length === 0) return
  if (roster.members.size + people.length > MAX_GROUP_ACCOUNTS) throw new AppError('too-large', 'too many members')
  const here = [...roster.members.keys()].map((did) => ctx.db.memory.contacts.get(did))
  checkRoom(own, roster.suite, [...here.filter((row) => row !== undefined), ...people])
  const seats = people.map(({ did }): Seat => ({ account: did, role: 'member' }))
  const session = sessionFor(ctx, own, chat)
  await tell(
    ctx,
    id,
    // RO1: with a pass in force any member adds
    pass === undefined ? 'add' : 'be',
    () => ({ kind: 'add', seats, ...(pass !== undefined && { pass }) }),
    { tables: ['mail'], also: () => inviteInto(ctx, session, people) }
  )
}

/** LG6: what we hold of each of their devices. */
const cutsOf = (ctx: Context, { chains }: ChatRecord, did: Did): Extract<MemberChange, { kind: 'remove' }>['cuts'] => {
  const contact = ctx.db.memory.contacts.get(did)
  return [...(contact?.devices ?? []), ...(contact?.former ?? [])].flatMap(({ device }) => {
    const counter = chains[device]?.counter
    return counter === undefined ? [] : [{ account: did, device, counter }]
  })
}

export const removeMember = async (ctx: Context, id: ChatId, who: Did): Promise<void> => {
  const own = needOwn(ctx)
  if (who === own.did) {
    await leaveGroup(ctx, id)
    return
  }
  const { chat: before, roster } = needGroup(ctx, id)
  if (!roster.members.has(who)) throw new AppError('not-found', 'nobody of this group')
  const session = sessionFor(ctx, own, before)
  const devices = ctx.db.memory.contacts.get(who)?.devices.map(({ device }) => device) ?? []
  await tell(ctx, id, 'remove', ({ chat }) => ({ kind: 'remove', accounts: [who], cuts: cutsOf(ctx, chat, who) }), {
    tables: ['mail'],
    also: async () => {
      if (session !== undefined && devices.length > 0) await putMail(ctx.db, [farewellMail(ctx, session, devices)])
    }
  })
}

export const leaveGroup = async (ctx: Context, id: ChatId): Promise<void> => {
  const own = needOwn(ctx)
  const chat = knownChat(ctx.db, id)
  if (chat.kind !== 'group') throw new AppError('not-found', 'no such group')
  if (chat.standing === 'left') return
  if (chat.standing === 'joining') {
    await updateChat(ctx.db, id, () => ({ standing: 'left', debts: {} }))
    return
  }
  await tell(ctx, id, 'leave', ({ chat: { chains } }) => ({
    kind: 'remove',
    accounts: [own.did],
    // this very event is the last
    cuts: [{ account: own.did, device: ctx.device.id, counter: (chains[ctx.device.id]?.counter ?? 0) + 1 }]
  }))
}

export const setRole = async (ctx: Context, id: ChatId, who: Did, role: Role): Promise<void> => {
  await tell(ctx, id, 'appoint', ({ roster }) => {
    const member = roster.members.get(who)
    if (member === undefined) throw new AppError('not-found', 'nobody of this group')
    if (member.role === role) return undefined
    const admins = [...roster.members.values()].filter((one) => one.role === 'admin')
    if (role === 'member' && admins.length === 1) throw new AppError('conflict', 'the last admin')
    return { kind: 'role', account: who, role }
  })
}

export const setPolicies = async (ctx: Context, id: ChatId, change: Partial<Policies>): Promise<void> => {
  await tell(ctx, id, 'govern', ({ roster }) => {
    const next: Policies = { ...roster.policies, ...change }
    const isSame = Object.entries(next).every(([name, value]) => roster.policies[name as keyof Policies] === value)
    return isSame ? undefined : { kind: 'policies', policies: next }
  })
}

// ── what is said of the chat as a whole ───────────────────────────────────────────────────────────────────────────

interface TopicChange {
  readonly name?: string
  readonly description?: string
  readonly photo?: Uint8Array | null
}

const checkTopic = ({ name, description, photo }: TopicChange): void => {
  if (name !== undefined && (name.trim() === '' || !name.isWellFormed())) throw new AppError('malformed', 'name')
  if (name !== undefined && name.trim().length > MAX_GROUP_NAME_CHARS) throw new AppError('too-large', 'name')
  if (description !== undefined && !description.isWellFormed()) throw new AppError('malformed', 'description')
  if (description !== undefined && description.length > MAX_DESCRIPTION_CHARS) {
    throw new AppError('too-large', 'description')
  }
  if (photo && photo.length > MAX_PHOTO_BYTES) throw new AppError('too-large', 'photo')
}

export const setTopic = async (ctx: Context, id: ChatId, change: TopicChange): Promise<void> => {
  checkTopic(change)
  needGroup(ctx, id)
  const { name, description, photo } = change
  if (name === undefined && description === undefined && photo === undefined) return
  await say(ctx, id, {
    kind: 'topic',
    ...(name !== undefined && { name: name.trim() }),
    ...(description !== undefined && { description }),
    ...(photo !== undefined && { photo: photo ?? new Uint8Array() })
  })
}

/** Also between two people. */
export const setTimer = async (ctx: Context, id: ChatId, seconds: number): Promise<void> => {
  if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds > YEAR_SECONDS) throw new AppError('malformed', 'timer')
  if ((knownChat(ctx.db, id).timer?.value ?? 0) === seconds) return
  await say(ctx, id, { kind: 'timer', seconds })
}

export const pinMessage = async (ctx: Context, id: ChatId, message: MessageId, isPinned: boolean): Promise<void> => {
  const row = await getMessage(ctx.db, message)
  if (row === undefined || row.chat !== id || row.removed || row.system !== undefined) {
    throw new AppError('not-found', 'no such message')
  }
  if ((knownChat(ctx.db, id).pins?.[message]?.value ?? false) === isPinned) return
  await say(ctx, id, { kind: 'pin', message, isPinned })
}

const say = async (
  ctx: Context,
  id: ChatId,
  said: Extract<Content, { kind: 'topic' | 'timer' | 'pin' }>
): Promise<void> => {
  await ctx.db.write(WRITING, (change) => append(ctx, change, knownChat(ctx.db, id), said))
  ctx.wake(id)
}
