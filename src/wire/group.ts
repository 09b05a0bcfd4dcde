/**
 * Bodies of the events that make a group (LG2, RO1): `member`, `pin`, `topic`, `timer`, and the group's invite link. A
 * `member` body says exactly one thing and names the `member` events that its writer knew, so that the roster can be
 * checked from these events alone.
 */
import { KiB } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { MAX_BODY_BYTES } from './event.ts'
import { home } from './home.ts'
import { bytes, field, fixed, flag, listOf, maybe, message, oneOf, text, uint, version, type Of } from './schema.ts'

/** `mls-x25519`, the largest suite (SU1), when everybody has one device. */
export const MAX_GROUP_ACCOUNTS = 1000
/** `member` events that no other `member` event follows; more are only seen in an attack, and any of them will do. */
export const MAX_AFTER = 16
export const MAX_GROUP_NAME_CHARS = 80
const MAX_DESCRIPTION_CHARS = 1000
/** Removed devices in one event; a larger removal is several. */
const MAX_CUTS = 256

const role = oneOf('admin', 'member')
const who = oneOf('everyone', 'admins')

const seat = message('group-seat', { max: 64 }, { account: field(1, fixed(32)), role: field(2, role) })

/** LG7, RO1: what may be done, and by whom. A change names all of them. */
const policies = message(
  'group-policies',
  { max: 128 },
  {
    write: field(1, who),
    add: field(2, who),
    rename: field(3, who),
    pin: field(4, who),
    /** Whether an admin has to say yes to who comes with an invite link. */
    approval: field(5, flag),
    history: field(6, oneOf('from-joining', 'all'))
  }
)

/** What an invite link is checked against; `id` is a hash of its secret. */
const pass = message(
  'group-pass',
  { max: 64 },
  { id: field(1, fixed(32)), endsAt: field(2, uint()), maxUses: field(3, uint({ max: 1000 })) }
)

/** LG6: the highest counter of this device that the writer holds. */
const cut = message(
  'group-cut',
  { max: 96 },
  { account: field(1, fixed(32)), device: field(2, fixed(32)), counter: field(3, uint()) }
)

const homes = listOf(home, { max: 4 })
const passes = listOf(pass, { max: 8 })

const founding = message(
  'group-founding',
  { max: MAX_BODY_BYTES },
  {
    /** Makes two groups of the same people two conversations. */
    nonce: field(1, fixed(32)),
    name: field(2, text({ max: MAX_GROUP_NAME_CHARS })),
    suite: field(3, text({ max: 32 })),
    /** Without the founder, who is the first admin. */
    seats: field(4, listOf(seat, { max: MAX_GROUP_ACCOUNTS - 1 })),
    homes: field(5, homes),
    passes: field(6, passes),
    policies: field(7, policies)
  }
)

const adding = message(
  'group-adding',
  { max: 16 * KiB },
  {
    seats: field(1, listOf(seat, { min: 1, max: 256 })),
    /** The link they came with. */
    pass: maybe(2, fixed(32))
  }
)

const removing = message(
  'group-removing',
  { max: 40 * KiB },
  {
    /** Removed whole: a device without a cut has the cut 0. */
    accounts: field(1, listOf(fixed(32), { max: 256 })),
    /** Also of single devices, whose account stays. */
    cuts: field(2, listOf(cut, { max: MAX_CUTS }))
  }
)

export const memberBody = message(
  'body-member',
  { max: MAX_BODY_BYTES },
  {
    version: field(0, version(1)),
    /** Ids of the newest `member` events that the writer knew; none in the founding one only. */
    after: field(1, listOf(fixed(32), { max: MAX_AFTER })),
    found: maybe(2, founding),
    add: maybe(3, adding),
    remove: maybe(4, removing),
    role: maybe(5, seat),
    policies: maybe(6, policies),
    homes: maybe(7, homes),
    passes: maybe(8, passes)
  }
)
export type MemberBody = Of<typeof memberBody>

/** @throws AppError `malformed`, `too-large` or `needs-newer`. */
export const readMemberBody = (data: Uint8Array): MemberBody => {
  const body = memberBody.decode(data)
  const { version: _, after, ...said } = body
  if (Object.keys(said).length !== 1) throw new AppError('malformed', 'a member event says one thing')
  if ((body.found === undefined) === (after.length === 0)) {
    throw new AppError('malformed', 'every member event but the founding one follows another')
  }
  if (body.remove !== undefined && body.remove.accounts.length + body.remove.cuts.length === 0) {
    throw new AppError('malformed', 'a removal of nobody')
  }
  return body
}

export const pinBody = message(
  'body-pin',
  { max: 64 },
  { version: field(0, version(1)), target: field(1, fixed(32)), isPinned: field(2, flag) }
)

export type PinBody = Of<typeof pinBody>

/** What is absent stays as it was. */
export const topicBody = message(
  'body-topic',
  { max: 40 * KiB },
  {
    version: field(0, version(1)),
    name: maybe(1, text({ max: MAX_GROUP_NAME_CHARS })),
    description: maybe(2, text({ max: MAX_DESCRIPTION_CHARS })),
    /** As in a profile; empty: none any more. */
    photo: maybe(3, bytes({ max: 32 * KiB }))
  }
)

export type TopicBody = Of<typeof topicBody>

const YEAR_SECONDS = 366 * 24 * 60 * 60

/** Messages that follow it disappear after so long; 0: they stay. */
export const timerBody = message(
  'body-timer',
  { max: 32 },
  { version: field(0, version(1)), seconds: field(1, uint({ max: YEAR_SECONDS })) }
)

export type TimerBody = Of<typeof timerBody>

/** What a group's invite link carries in its fragment: the group, the pass's secret, and a member to ask. */
export const groupInvite = message(
  'group-invite',
  { max: KiB },
  {
    version: field(0, version(1)),
    conversation: field(1, fixed(32)),
    secret: field(2, fixed(16)),
    didKey: field(3, fixed(32)),
    roots: field(4, fixed(32)),
    homes: field(5, listOf(home, { max: 2 }))
  }
)
export type GroupInvite = Of<typeof groupInvite>
