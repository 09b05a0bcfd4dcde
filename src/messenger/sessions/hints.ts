/**
 * ML5: what two people say to each other about the groups that both are in: epoch and authenticator, told where only those can
 * recognise it who are in it. Who stands elsewhere is asked for commits, and what follows is healing.ts.
 */
import { base64urlToBytes, sameBytes, utf8 } from '../../base/bytes.ts'
import { DOMAINS } from '../../crypto/domains.ts'
import { hashIn, hmac, inDomain } from '../../crypto/hash.ts'
import { keyFromDeviceId } from '../../crypto/device-id.ts'
import type { DeviceId, Did } from '../../model/ids.ts'
import type { SessionRow } from '../../store/rows.ts'
import type { Context, Own } from '../context.ts'
import { epochsOf } from './branch.ts'
import { sessionFor } from './carrier.ts'
import { warmState } from './state.ts'

export interface Hint {
  readonly tag: Uint8Array
  readonly epoch: number
  readonly mark: Uint8Array
}

const MAX_HINTS = 32
/** One commit that is on its way is no split. */
const ON_ITS_WAY = 1

/** Named by its members' secret and whoever says it, so that nobody else can tell two hints of one group apart. */
const tagOf = ({ group }: SessionRow, by: DeviceId): Uint8Array =>
  hmac(base64urlToBytes(group), inDomain(DOMAINS.hint, keyFromDeviceId(by))).slice(0, 16)

const standingOf = (ctx: Context, own: Own, session: SessionRow): { epoch: number; mark: Uint8Array } | undefined => {
  const suite = own.suites.get(session.suite)
  const state = warmState(ctx, session)
  if (suite?.epochs === undefined || state === undefined) return undefined
  const epochs = epochsOf(suite)
  const mark = hashIn(DOMAINS.hint, utf8('authenticator'), epochs.authenticator(state)).slice(0, 16)
  return { epoch: epochs.current(state).number, mark }
}

/** Sessions of groups that we both are in, as far as they are in memory: what nobody looks at is in nobody's way. */
const sharedWith = (ctx: Context, own: Own, did: Did): readonly SessionRow[] =>
  [...ctx.rosters].flatMap(([id, { members }]) => {
    const chat = ctx.db.memory.chats.get(id)
    const session = members.has(did) && members.has(own.did) && chat ? sessionFor(ctx, own, chat) : undefined
    return session === undefined ? [] : [session]
  })

export const hintsFor = (ctx: Context, own: Own, did: Did): readonly Hint[] =>
  sharedWith(ctx, own, did)
    .flatMap((session) => {
      const standing = standingOf(ctx, own, session)
      return standing === undefined ? [] : [{ tag: tagOf(session, ctx.device.id), ...standing }]
    })
    .slice(0, MAX_HINTS)

/** After what brought them was written. Another epoch of the same number, or a later one: there are commits that we lack. */
export const takeHints = (
  ctx: Context,
  own: Own,
  from: { did: Did; device: DeviceId },
  hints: readonly Hint[]
): void => {
  for (const session of sharedWith(ctx, own, from.did)) {
    const tag = tagOf(session, from.device)
    const hint = hints.find((one) => sameBytes(one.tag, tag))
    const ours = hint && standingOf(ctx, own, session)
    if (hint === undefined || ours === undefined) continue
    const isElsewhere =
      hint.epoch > ours.epoch + ON_ITS_WAY || (hint.epoch === ours.epoch && !sameBytes(hint.mark, ours.mark))
    if (isElsewhere) ctx.missing(session.chat, from.device)
  }
}
