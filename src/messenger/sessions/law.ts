/**
 * RO2: what the roster and the documents say about the devices of a session: who belongs there, who was dropped, and whether
 * somebody's commit may be followed. Two people are a roster that never changes. Judged anew each time: a commit may come
 * before the event that justifies it.
 */
import type { EpochInfo, SessionMember } from '../../crypto/suite.ts'
import type { DeviceId, Did } from '../../model/ids.ts'
import type { ChatRecord } from '../../store/rows.ts'
import type { Context, Own } from '../context.ts'

/** Whoever is no admin comes after all who are. */
const NO_RANK = 1_000_000

/** ML6: a silent device may be dropped after 60 days; clocks and what was heard differ, so half of it is believed of others. */
const SILENT_MS = 60 * 24 * 3600 * 1000
const BELIEVED_SILENT_MS = SILENT_MS / 2

export interface Law {
  readonly isIn: (did: Did) => boolean
  readonly wasEverIn: (did: Did) => boolean
  /** Its account is out, or the account's newest document no longer lists it. */
  readonly isDropped: (member: SessionMember) => boolean
  /** Seniority of a committer (ML3); between two people the order of dids. */
  readonly rankOf: (did: Did) => number
  /** Whether that many have passed since anything came from the account. */
  readonly isSilent: (did: Did, ms?: number) => boolean
}

export const lawOf = (ctx: Context, own: Own, chat: ChatRecord): Law => {
  const contacts = ctx.db.memory.contacts
  const isFormer = ({ did, device }: SessionMember): boolean => {
    if (did === own.did) return device !== ctx.device.id
    const row = contacts.get(did)
    const lists = (devices: readonly { readonly device: string }[] = []): boolean =>
      devices.some((one) => one.device === device)
    return row !== undefined && lists(row.former) && !lists(row.devices)
  }
  const isSilent = (did: Did, ms = BELIEVED_SILENT_MS): boolean => {
    if (did === own.did) return false
    const heard = contacts.get(did)?.lastHeardAt
    return heard !== undefined && ctx.clock.now() - heard > ms
  }
  if (chat.kind !== 'group') {
    const both = [own.did, chat.did].toSorted()
    const isOne = (did: Did): boolean => both.includes(did)
    return {
      isIn: isOne,
      wasEverIn: isOne,
      isDropped: (member) => !isOne(member.did as Did) || isFormer(member),
      rankOf: (did) => both.indexOf(did),
      isSilent: () => false
    }
  }
  const roster = ctx.rosters.get(chat.id)
  const isIn = (did: Did): boolean => roster?.members.has(did) ?? false
  const ever = new Set<Did>()
  return {
    isIn,
    wasEverIn: (did) => {
      if (isIn(did)) return true
      // whoever was taken out has been in
      if (ever.size === 0) for (const { account } of roster?.removals ?? []) ever.add(account)
      return ever.has(did)
    },
    isDropped: (member) => roster?.root !== undefined && (!isIn(member.did as Did) || isFormer(member)),
    rankOf: (did) => Math.min(roster?.members.get(did)?.seniority ?? NO_RANK, NO_RANK),
    isSilent
  }
}

/** Whether an epoch that somebody's commit began may be followed. What is not allowed now may be later. */
export const isLawful = (law: Law, { committer, added, removed }: Omit<EpochInfo, 'id' | 'number'>): boolean => {
  // where we entered
  if (committer === undefined) return true
  const isReplaced = (device: DeviceId): boolean => added.some((one) => one.device === device)
  return (
    added.every(({ did }) => law.wasEverIn(did as Did)) &&
    removed.every(
      (member) =>
        law.isDropped(member) ||
        isReplaced(member.device as DeviceId) ||
        member.did === committer.did ||
        law.isSilent(member.did as Did)
    )
  )
}
