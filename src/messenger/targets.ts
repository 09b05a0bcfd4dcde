/** Who can read what is sealed now: the other devices of the session that is written. Whoever is not in it yet waits. */
import type { ChatRecord } from '../store/rows.ts'
import type { Context } from './context.ts'
import { ownerOf } from './peers.ts'
import type { Peer } from './peers.ts'
import { devicesIn, sessionFor, warmSession } from './sessions/carrier.ts'

export const targetsOf = async (ctx: Context, chat: ChatRecord): Promise<readonly Peer[]> => {
  const { own } = ctx
  const session = own && sessionFor(ctx, own, chat)
  if (own === undefined || session === undefined) return []
  await warmSession(ctx, own, chat)
  return devicesIn(ctx, own, session)
    .filter((device) => device !== ctx.device.id)
    .flatMap((device) => {
      const owner = ownerOf(ctx, device)
      return owner === undefined ? [] : [{ did: owner.did, device, homes: owner.homes }]
    })
}
