/** IN1: making and revoking invites. The link holds the secret; what waits behind it, the card, lies sealed at the homes. */
import { bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { sealCard } from '../crypto/card.ts'
import { DOMAINS } from '../crypto/domains.ts'
import { ed25519PublicKey, signEd25519 } from '../crypto/ed25519.ts'
import { cardWriter, INVITE_SECRET_BYTES, inviteKeys, makeInviteLink } from '../crypto/invite.ts'
import type { InviteId } from '../model/ids.ts'
import type { InviteView } from '../model/views.ts'
import { getAccount } from '../store/account.ts'
import { listInvites, putInvite, updateInvite } from '../store/invites.ts'
import type { InviteRow } from '../store/rows.ts'
import { watch } from '../store/watch.ts'
import type { Context, Own } from './context.ts'
import { deadline, inBackground, needOwn, needSpeaking } from './context.ts'
import { ownProfile } from './profile.ts'

const DAY = 24 * 3600 * 1000
/** The link from the first run is given to several people within a week; a one-time link is asked for. */
const DEFAULT_USES = 16
const DEFAULT_MS = 7 * DAY
const MAX_USES = 1000
const MAX_MS = 365 * DAY
/** A reservation takes well under a second; the person waits for their link no longer than this. */
const HOMES_MS = 5000
/** IN1. */
const HOMES_IN_LINK = 2

export const createInvite = async (
  ctx: Context,
  { maxUses = DEFAULT_USES, endsAt }: { readonly maxUses?: number; readonly endsAt?: number } = {}
): Promise<InviteView> => {
  const own = needSpeaking(ctx)
  const now = ctx.clock.now()
  const ends = endsAt ?? now + DEFAULT_MS
  if (!Number.isSafeInteger(maxUses) || maxUses < 1 || maxUses > MAX_USES) throw new AppError('malformed', 'uses')
  if (!Number.isSafeInteger(ends) || ends <= now || ends > now + MAX_MS) throw new AppError('malformed', 'end')
  await waitForHomes(ctx)
  const secret = ctx.random.bytes(INVITE_SECRET_BYTES)
  const link = makeInviteLink({
    base: ctx.linkBase,
    did: own.did,
    roots: own.secrets.roots,
    secret,
    homes: ctx.net.reachability().homes.slice(0, HOMES_IN_LINK)
  })
  const invite: InviteRow = {
    id: bytesToBase64url(ctx.random.bytes(16)) as InviteId,
    link,
    createdAt: now,
    endsAt: ends,
    maxUses,
    usedBy: [],
    revoked: false,
    token: bytesToBase64url(inviteKeys(secret).token),
    secret,
    published: 0
  }
  await ctx.db.write(['invites'], (change) => putInvite(ctx.db, change, invite))
  // the link works better once its card is there, but it is given out either way
  await publishCard(ctx, own, invite).catch((error: unknown) => {
    ctx.log.info('invites.card-later', { code: error instanceof AppError ? error.code : 'internal' })
  })
  return toInviteView(invite)
}

/** In the first seconds of the first run no relay has taken us in yet, and a link without homes leads nobody anywhere. */
const waitForHomes = async (ctx: Context): Promise<void> => {
  const isReady = (): boolean => {
    const { state, homes } = ctx.net.reachability()
    return homes.length > 0 || state === 'offline'
  }
  if (isReady()) return
  const { signal, done } = deadline(ctx, HOMES_MS)
  const ready = new Promise<void>((resolve) => {
    const unfollow = ctx.net.onReachability(() => {
      if (isReady()) resolve()
    })
    signal.addEventListener(
      'abort',
      () => {
        unfollow()
        resolve()
      },
      { once: true }
    )
  })
  await ctx.work.outside(ready)
  done()
}

export const revokeInvite = async (ctx: Context, id: InviteId): Promise<void> => {
  const own = needOwn(ctx)
  const invite = await updateInvite(ctx.db, id, () => ({ revoked: true, published: 0 }))
  if (invite === undefined) throw new AppError('not-found', 'no such invite')
  inBackground(ctx, 'invites.revoke-later', () => publishCard(ctx, own, invite))
}

/** Cards that could not be put, or taken back, when it was asked for. */
export const publishCards = async (ctx: Context, own: Own): Promise<void> => {
  const now = ctx.clock.now()
  for (const invite of await listInvites(ctx.db)) {
    if (invite.published === 0 && invite.endsAt > now) await publishCard(ctx, own, invite)
  }
}

const publishCard = async (ctx: Context, own: Own, invite: InviteRow): Promise<void> => {
  const account = await getAccount(ctx.db)
  if (account === undefined || ctx.net.reachability().homes.length === 0) return
  const keys = inviteKeys(invite.secret)
  const seed = invite.writer ?? cardWriter(own.secrets.headSeed, keys.cardId).seed
  const sealed = invite.revoked
    ? undefined
    : sealCard({
        body: {
          didKey: own.secrets.didKey,
          profile: ownProfile(account),
          bindings: [own.secrets.device.binding],
          issued: ctx.clock.now(),
          endsAt: invite.endsAt
        },
        keys,
        headSeed: own.secrets.headSeed,
        random: ctx.random
      })
  const published = await ctx.work.outside(
    ctx.net.directory.putCard({
      id: keys.cardId,
      writer: { publicKey: ed25519PublicKey(seed), sign: (bytes) => signEd25519(DOMAINS.cardWrite, bytes, seed) },
      sealed,
      endsAt: invite.endsAt
    })
  )
  await updateInvite(ctx.db, invite.id, () => ({ published }))
}

export const watchInvites = (ctx: Context): AsyncIterable<readonly InviteView[]> =>
  watch(ctx.db.changes, {
    concerns: ({ topics }) => topics.has('invites'),
    read: async () => (await listInvites(ctx.db)).toSorted((a, b) => b.createdAt - a.createdAt).map(toInviteView)
  })

/** ID7: a use beyond the last one shows as more uses than there were. */
const toInviteView = ({ id, link, createdAt, endsAt, maxUses, usedBy, revoked }: InviteRow): InviteView => ({
  id,
  link,
  createdAt,
  endsAt,
  maxUses,
  uses: usedBy.length,
  revoked
})
