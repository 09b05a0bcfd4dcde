/** RO2, ML6: what a group's tree lacks or has too much, seen from the roster and the documents, and whose turn it is to say so. */
import type { SessionMember, SessionState, Suite } from '../../crypto/suite.ts'
import { waitBeforeCommit } from '../../model/gaps.ts'
import type { DeviceId, Did } from '../../model/ids.ts'
import type { Roster } from '../../model/roster.ts'
import type { ChatRecord, MlsNotes } from '../../store/rows.ts'
import type { Context, Own } from '../context.ts'
import { peopleOf } from '../peers.ts'
import type { Law } from './law.ts'

const SILENT_MS = 60 * 24 * 3600 * 1000
/** Whoever wrote the event goes first; the others begin to wait when that one should be done. */
const AUTHORS_TURN_MS = 5_000

export interface Plan {
  readonly add: readonly SessionMember[]
  readonly remove: readonly SessionMember[]
  /** They lost their state and asked to be taken in again. */
  readonly replace: readonly { readonly member: SessionMember; readonly keyPackage: Uint8Array }[]
  readonly waitMs: number
}

export const planFor = (
  ctx: Context,
  own: Own,
  chat: ChatRecord,
  given: { readonly suite: Suite; readonly state: SessionState; readonly notes: MlsNotes; readonly law: Law }
): Plan => {
  const { suite, state, notes, law } = given
  const members = suite.members(state)
  const here = new Set<string>(members.map(({ device }) => device))
  const isSilent = (did: string): boolean => law.isSilent(did as Did, SILENT_MS)
  const remove = members.filter((one) => law.isDropped(one) || isSilent(one.did))
  const wanted = peopleOf(ctx, chat).flatMap(({ did, devices }): SessionMember[] =>
    law.isIn(did) && !isSilent(did) ? devices.map(({ device }) => ({ did, device })) : []
  )
  const leaving = new Set<string>(remove.map(({ device }) => device))
  const replace = (notes.pleas ?? []).flatMap(({ device, keyPackage }) => {
    const member = wanted.find((one) => one.device === device)
    return member === undefined || leaving.has(device) ? [] : [{ member, keyPackage }]
  })
  const replaced = new Set<string>(replace.map(({ member }) => member.device))
  const add = wanted.filter(({ device }) => !here.has(device) && !replaced.has(device))
  const roster = ctx.rosters.get(chat.id)
  return { add, remove, replace, waitMs: roster === undefined ? 0 : waitFor(own, roster, [...add, ...remove]) }
}

/** Whose event it follows from; none where a document or a plea wants it. */
const authorsOf = (roster: Roster, changed: readonly SessionMember[]): ReadonlySet<string> =>
  new Set(
    changed.flatMap(({ did }) => {
      const member = roster.members.get(did as Did)
      if (member !== undefined) return [member.by]
      const removal = roster.removals.findLast(({ account }) => account === did)
      const event = roster.verdicts.find((verdict) => verdict.event.id === removal?.id)?.event
      return event === undefined ? [] : [event.author]
    })
  )

const waitFor = (own: Own, roster: Roster, changed: readonly SessionMember[]): number => {
  const authors = authorsOf(roster, changed)
  if (authors.has(own.did)) return 0
  const admins = [...roster.members.values()]
    .filter(({ role }) => role === 'admin')
    .toSorted((a, b) => a.seniority - b.seniority)
  const rank = admins.findIndex(({ account }) => account === own.did)
  const wait = waitBeforeCommit({ isSibling: false, ...(rank >= 0 && { adminRank: rank }) })
  return authors.size > 0 ? wait + AUTHORS_TURN_MS : wait
}

export const isEmpty = ({ add, remove, replace }: Plan): boolean =>
  add.length === 0 && remove.length === 0 && replace.length === 0

/** Two plans with one name want the same. */
export const nameOf = ({ add, remove, replace }: Plan): string =>
  JSON.stringify([
    add.map(({ device }): DeviceId => device as DeviceId),
    remove.map(({ device }) => device),
    replace.map(({ member }) => member.device)
  ])
