/** Invites of ours, found by the token that a request shows. */
import type { Did, InviteId } from '../model/ids.ts'
import type { Db } from './database.ts'
import type { InviteRow } from './rows.ts'
import type { Change } from './watch.ts'

export const listInvites = (db: Db): Promise<InviteRow[]> => db.tables.invites.toArray()

export const findInvite = async (db: Db, token: string): Promise<InviteRow | undefined> =>
  (await db.tables.invites.toArray()).find((invite) => invite.token === token)

/** Inside a write. */
export const putInvite = async (db: Db, change: Change, invite: InviteRow): Promise<void> => {
  await db.tables.invites.put(invite)
  change.topics.add('invites')
}

export const updateInvite = (
  db: Db,
  id: InviteId,
  edit: (invite: InviteRow) => Partial<InviteRow>
): Promise<InviteRow | undefined> =>
  db.write(['invites'], async (change) => {
    const invite = await db.tables.invites.get(id)
    if (invite === undefined) return undefined
    const next = { ...invite, ...edit(invite) }
    await putInvite(db, change, next)
    return next
  })

/** Enough to show that a link got around; whoever has it may be anybody any number of times. */
const MAX_SPENT = 64

/** Somebody's use of an invite: `used` once more is the same use; past its end, its uses or its revocation it is void. */
export const judgeUse = (invite: InviteRow | undefined, by: Did, now: number): 'good' | 'spent' | 'void' => {
  if (invite === undefined || invite.revoked || invite.endsAt <= now) return 'void'
  const before = invite.usedBy.indexOf(by)
  const place = before === -1 ? invite.usedBy.length : before
  if (place < invite.maxUses) return 'good'
  return before === -1 && place >= invite.maxUses + MAX_SPENT ? 'void' : 'spent'
}
