/** The link this person hands out: the newest one that still works, or a new one. Made once, however many screens ask. */
import { useEffect, useState } from 'preact/hooks'
import type { InviteView } from '../../model/views.ts'
import { errorCode } from '../state/attempt.ts'
import type { ErrorCode } from '../../base/errors.ts'
import { useCommands, useInvites } from '../state/node.tsx'
import { now } from '../state/now.ts'
import type { Commands } from '../state/node.tsx'

/** A link for one person is shown to that person, not to everybody. */
export const isOpenLink = ({ revoked, endsAt, uses, maxUses }: InviteView, at: number): boolean =>
  !revoked && endsAt > at && uses < maxUses

export const reusable = (invites: readonly InviteView[], at: number): InviteView | undefined =>
  invites
    .filter((invite) => invite.maxUses > 1 && isOpenLink(invite, at))
    .toSorted((a, b) => b.createdAt - a.createdAt)[0]

let making: Promise<InviteView> | undefined
const makeOnce = (createInvite: Commands['createInvite']): Promise<InviteView> => {
  making ??= createInvite().finally(() => {
    making = undefined
  })
  return making
}

export interface OwnLink {
  readonly invite: Pick<InviteView, 'link'> | undefined
  readonly failed: ErrorCode | undefined
  readonly retry: () => void
}

export const useOwnLink = (): OwnLink => {
  const { createInvite } = useCommands()
  const invites = useInvites()
  const [made, setMade] = useState<InviteView>()
  const [failed, setFailed] = useState<ErrorCode>()
  const found = invites === undefined ? undefined : reusable(invites, now.value)
  const missing = invites !== undefined && found === undefined && made === undefined && failed === undefined

  useEffect(() => {
    if (!missing) return
    let gone = false
    makeOnce(createInvite).then(
      (invite) => !gone && setMade(invite),
      (error: unknown) => !gone && setFailed(errorCode(error))
    )
    return () => {
      gone = true
    }
  }, [missing])

  // one made here may not have come back through the feed yet; a revoked one must not be shown
  const fresh = made !== undefined && invites?.some(({ id }) => id === made.id) !== true ? made : undefined
  return { invite: found ?? fresh, failed, retry: () => setFailed(undefined) }
}
