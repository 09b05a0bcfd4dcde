/**
 * LG7: getting from one device what this one lacks of a conversation: first what is known to be missing, then whatever set
 * reconciliation finds in the window. Bounded; what is left comes with the next round, from this device or another.
 */
import { base64urlToBytes, bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { keyFromDeviceId } from '../../crypto/device-id.ts'
import type { VerifiedEvent } from '../../crypto/event.ts'
import type { ChatId } from '../../model/ids.ts'
import { asideOf } from '../../store/aside.ts'
import { knownChat } from '../../store/chats.ts'
import { updateContact } from '../../store/contacts.ts'
import { findWithheld } from '../../store/filling.ts'
import { MAX_ASKED_IDS, MAX_ASKED_RANGES, MAX_RECONCILE_BYTES } from '../../wire/ask.ts'
import type { QuestionOf } from '../../wire/ask.ts'
import { ask } from '../ask/ask.ts'
import { needOwn } from '../context.ts'
import { takeEvents as takeAtDoor } from '../door.ts'
import type { Context } from '../context.ts'
import type { Peer } from '../peers.ts'
import type { Bodies } from './bodies.ts'
import { gapsOf } from './gaps.ts'
import { initiate, reconcile } from './negentropy.ts'
import { takeEvents } from './take.ts'
import type { TakenOver } from './take.ts'
import { collect, keyedId, keyFor } from './window.ts'

/**
 * `whole`: they have nothing that we lack. `more`: bounds were reached, go on. `away`: no answer, or none for us. `bad`: what
 * they gave was thrown away. `lacking`: they are in step with us, and yet something is missing here.
 */
export type Repaired = 'whole' | 'more' | 'away' | 'busy' | 'bad' | 'lacking'

const MAX_GAP_ROUNDS = 8
const MAX_ROUNDS = 24
/** Ids that one run fetches at most: some hundred answers. */
const MAX_NEEDED = 4096

export const repair = async (
  ctx: Context,
  chat: ChatId,
  peer: Peer,
  { since, bodies }: { readonly since: number; readonly bodies: Bodies }
): Promise<Repaired> => {
  try {
    const filled = await fillGaps(ctx, chat, peer, bodies)
    if (filled !== 'whole' && filled !== 'lacking') return filled
    const compared = await compare(ctx, chat, peer, { since, bodies })
    if (compared !== 'whole') return compared
    const complete = await fillBodies(ctx, chat, peer, bodies)
    if (complete !== 'whole') return complete
    const { heads } = await gapsOf(ctx, knownChat(ctx.db, chat))
    if (heads.length === 0) return 'whole'
    return (await forgive(ctx, chat, heads)) ? 'whole' : 'lacking'
  } catch (error) {
    if (!(error instanceof AppError) || !BAD.has(error.code)) throw error
    ctx.log.warn('sync.bad', { code: error.code })
    // LG4: every member checks before it serves
    if (error.code !== 'needs-newer') {
      await updateContact(ctx.db, peer.did, ({ misdeeds }) => ({ misdeeds: misdeeds + 1 }))
    }
    return 'bad'
  }
}

const BAD: ReadonlySet<string> = new Set(['malformed', 'too-large', 'untrusted', 'needs-newer'])

/** By name: parents that events here name, and counters below those that are here. */
const fillGaps = async (ctx: Context, chat: ChatId, peer: Peer, bodies: Bodies): Promise<Repaired> => {
  for (let round = 0; round < MAX_GAP_ROUNDS; round++) {
    const { heads, counters } = await gapsOf(ctx, knownChat(ctx.db, chat))
    if (heads.length === 0 && counters.length === 0) return 'whole'
    const ids = new Set(heads.slice(0, MAX_ASKED_IDS))
    const ranges = counters.slice(0, MAX_ASKED_RANGES)
    const isAsked = ({ id, device, counter }: VerifiedEvent): boolean =>
      ids.has(bytesToBase64url(id)) ||
      ranges.some((range) => range.device === device && range.from <= counter && counter <= range.to)
    const given = await fetchEvents(ctx, chat, peer, {
      question: {
        conversation: base64urlToBytes(chat),
        ids: [...ids].map(base64urlToBytes),
        ranges: ranges.map(({ device, from, to }) => ({ device: keyFromDeviceId(device), from, to }))
      },
      isAsked
    })
    if (typeof given === 'string') return given
    bodies.note(given.taken.withheld, peer.did)
    if (given.taken.fresh === 0) return 'lacking'
  }
  return 'more'
}

const compare = async (
  ctx: Context,
  chat: ChatId,
  peer: Peer,
  { since, bodies }: { readonly since: number; readonly bodies: Bodies }
): Promise<Repaired> => {
  const nonce = ctx.random.bytes(16)
  const conversation = base64urlToBytes(chat)
  const { set } = await collect(ctx.db, knownChat(ctx.db, chat), {
    nonce,
    since,
    isIn: (row) => row.void !== 'cut' && row.isLifted !== true
  })
  const needed = new Map<string, Uint8Array>()
  let message: Uint8Array | undefined = initiate(set)
  let rounds = 0
  while (message !== undefined && ++rounds <= MAX_ROUNDS && needed.size < MAX_NEEDED) {
    const given = await ask(ctx, peer, 'reconcile', { conversation, nonce, since, message })
    if (given.outcome !== 'answered') return toRepaired(given.outcome)
    const said = reconcile(set, given.reply.message, MAX_RECONCILE_BYTES)
    for (const id of said.need) needed.set(bytesToBase64url(id), id)
    message = said.next
  }
  const isWhole = message === undefined && needed.size <= MAX_NEEDED
  const key = keyFor(chat, nonce)
  const wanted = [...needed].slice(0, MAX_NEEDED)
  while (wanted.length > 0) {
    const asked = new Map(wanted.slice(0, MAX_ASKED_IDS))
    const given = await fetchEvents(ctx, chat, peer, {
      question: { conversation, ids: [...asked.values()], ranges: [], nonce, since },
      isAsked: ({ id }) => asked.has(bytesToBase64url(keyedId(key, bytesToBase64url(id))))
    })
    if (typeof given === 'string') return given
    bodies.note(given.taken.withheld, peer.did)
    const came = new Set(given.ids.map((id) => bytesToBase64url(keyedId(key, bytesToBase64url(id)))))
    // what they say they have and do not give is not waited for
    const left = given.isCut && came.size > 0 ? [...asked].filter(([id]) => !came.has(id)) : []
    wanted.splice(0, asked.size, ...left)
  }
  return isWhole ? 'whole' : 'more'
}

/** LG5: bodies that others did not give. */
const fillBodies = async (ctx: Context, chat: ChatId, peer: Peer, bodies: Bodies): Promise<Repaired> => {
  const ids = new Set(bodies.wanted(peer.did).slice(0, MAX_ASKED_IDS))
  if (ids.size === 0) return 'whole'
  const given = await fetchEvents(ctx, chat, peer, {
    question: { conversation: base64urlToBytes(chat), ids: [...ids].map(base64urlToBytes), ranges: [] },
    isAsked: ({ id }) => ids.has(bytesToBase64url(id))
  })
  if (typeof given === 'string') return given
  const still = (await findWithheld(ctx.db, chat, [...ids])).map(({ id }) => id)
  bodies.settle([...ids].filter((id) => !still.includes(id)))
  bodies.note(still, peer.did)
  return 'whole'
}

/** What nobody gave in a week died with its author's device: what stands on it is placed without. */
const FORGIVE_MS = 7 * 24 * 3600 * 1000

const forgive = async (ctx: Context, chat: ChatId, heads: readonly string[]): Promise<boolean> => {
  const [oldest] = asideOf(ctx.db, chat)
  if (oldest === undefined || ctx.clock.now() - oldest.arrivedAt < FORGIVE_MS) return false
  const { fresh } = await takeAtDoor(ctx, needOwn(ctx), { chat, events: [], forgiven: new Set(heads) })
  ctx.log.info('sync.forgiven', { count: heads.length })
  return fresh > 0
}

const NOTHING_TAKEN: TakenOver = { fresh: 0, seen: 0, kept: 0, withheld: [] }

interface Fetched {
  readonly taken: TakenOver
  readonly ids: readonly Uint8Array[]
  readonly isCut: boolean
}

const fetchEvents = async (
  ctx: Context,
  chat: ChatId,
  peer: Peer,
  {
    question,
    isAsked
  }: { readonly question: QuestionOf<'events'>; readonly isAsked: (event: VerifiedEvent) => boolean }
): Promise<Fetched | Repaired> => {
  const given = await ask(ctx, peer, 'events', question)
  if (given.outcome !== 'answered') return toRepaired(given.outcome)
  const ids: Uint8Array[] = []
  const { events, isCut } = given.reply
  if (events.length === 0) return { taken: NOTHING_TAKEN, ids, isCut: false }
  const taken = await takeEvents(ctx, needOwn(ctx), {
    chat,
    events,
    isAsked: (event) => {
      ids.push(event.id)
      return isAsked(event)
    }
  })
  return { taken, ids, isCut }
}

const toRepaired = (outcome: 'nothing' | 'busy' | 'unreachable' | 'malformed'): Repaired => {
  if (outcome === 'busy') return 'busy'
  if (outcome === 'malformed') throw new AppError('malformed', 'an answer that makes no sense')
  return 'away'
}
