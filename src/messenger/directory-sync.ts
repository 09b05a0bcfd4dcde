/**
 * Keeps public records in step: our head and document at our homes whenever those change, the cards of our invites, and our
 * contacts' heads, read again daily, after failures, and when a message says that there is something newer (ID5).
 */
import { signEd25519 } from '../crypto/ed25519.ts'
import { DOMAINS } from '../crypto/domains.ts'
import { makeOwnHead } from '../crypto/account.ts'
import type { Did } from '../model/ids.ts'
import { getAccount, putAccount, updateAccount } from '../store/account.ts'
import { getContact, listContacts, updateContact } from '../store/contacts.ts'
import type { Standing } from '../store/rows.ts'
import { attendProof, attendStatement } from '../wire/directory.ts'
import { MAX_HOMES } from '../wire/head.ts'
import { createQueue } from '../base/queue.ts'
import type { Context, Own } from './context.ts'
import { inBackground, needOwn } from './context.ts'
import { publishCards } from './invites.ts'
import { followMembers } from './notices.ts'
import { activate, noticeTakeover } from './takeover.ts'
import { askHeads, fetchDocument, learn } from './trust.ts'

const DAY = 24 * 3600 * 1000
/** ID3a: fresh for 30 days; renewed well before. */
const RENEW_HEAD_MS = 7 * DAY
/** HN2: daily. */
const REFRESH_MS = DAY
const LOOK_AGAIN_MS = 6 * 3600 * 1000
/** A contact whose device keeps failing is not looked up more often than this. */
const REFRESH_AGAIN_MS = 60_000
/** Somebody who names a newer place that no home knows must not make us ask for each message. */
const REFRESH_NEWER_MS = 10_000

export interface DirectorySync {
  /** Publishes and attends from now on. */
  start(own: Own): void
  /** Our homes may have changed, or something of ours did. */
  publish(): void
  refresh(did: Did): void
  lookAtOwn(): void
  stop(): void
}

export const createDirectorySync = (ctx: Context): DirectorySync => {
  const jobs = createQueue()
  const refreshing = new Set<Did>()
  let before = ''
  let lookedAt = 0

  const publish = (): void =>
    inBackground(ctx, 'directory.publish-failed', () => jobs.run(() => publishOwn(ctx, { force: false })))

  const attend = (own: Own): void => ctx.net.attendInbox((relay) => makeAttendProof(ctx, own, relay))

  /** DV5: nothing of ours is published before we know that it is still ours to say. */
  const settle = (): void =>
    inBackground(ctx, 'directory.publish-failed', () =>
      jobs.run(async () => {
        if (ctx.own?.standing === 'waiting') {
          if (await activate(ctx)) attend(needOwn(ctx))
          else settleLater()
        }
        lookedAt = ctx.clock.now()
        await noticeTakeover(ctx)
        await publishOwn(ctx, { force: true })
      })
    )
  const settleLater = (): void =>
    void ctx.clock.sleep(REFRESH_AGAIN_MS, ctx.stopping.signal).then(
      () => (ctx.own?.standing === 'waiting' ? settle() : undefined),
      () => undefined
    )

  /** Whoever has the newest document of ours refuses a device that is not in it: the first "no" makes us look. */
  let isLookDue = false
  const lookAtOwn = (): void => {
    if (isLookDue || ctx.own?.standing !== 'active') return
    isLookDue = true
    const waitMs = Math.max(0, lookedAt + REFRESH_NEWER_MS - ctx.clock.now())
    const look = (): void => {
      isLookDue = false
      lookedAt = ctx.clock.now()
      inBackground(ctx, 'directory.refresh-failed', () => jobs.run(() => noticeTakeover(ctx)))
    }
    if (waitMs === 0) look()
    else
      void ctx.clock.sleep(waitMs, ctx.stopping.signal).then(look, () => {
        isLookDue = false
      })
  }

  const refresh = (did: Did): void => {
    if (refreshing.has(did) || ctx.stopping.signal.aborted) return
    lookAtOwn()
    refreshing.add(did)
    inBackground(ctx, 'directory.refresh-failed', () =>
      jobs.run(() => refreshContact(ctx, did)).finally(() => refreshing.delete(did))
    )
  }

  const refreshStale = (): void =>
    inBackground(ctx, 'directory.refresh-failed', async () => {
      for (const did of await staleContacts(ctx)) refresh(did)
    })

  /** An app that stays open for weeks renews its head and looks at others' all the same. */
  const keepFresh = async (): Promise<void> => {
    const { signal } = ctx.stopping
    while (!signal.aborted) {
      await ctx.clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined)
      if (signal.aborted || ctx.own === undefined) continue
      lookAtOwn()
      publish()
      refreshStale()
    }
  }

  const unfollow = ctx.net.onReachability(({ state, homes }) => {
    const now = state === 'connected' ? homes.toSorted().join(' ') : ''
    if (now === before || ctx.own === undefined) return
    before = now
    if (now === '') return
    settle()
    refreshStale()
  })

  const unlisten = followMembers(ctx)
  return {
    start: (own) => {
      if (own.standing === 'active') attend(own)
      void keepFresh()
      settle()
    },
    publish,
    refresh,
    lookAtOwn,
    stop: () => {
      unfollow()
      unlisten()
    }
  }
}

const makeAttendProof = (ctx: Context, { did, secrets }: Own, relay: string): Uint8Array => {
  const statement = attendStatement.encode({ did, relay, device: ctx.device.id, issued: ctx.clock.now() })
  return attendProof.encode({ statement, signature: signEd25519(DOMAINS.attend, statement, secrets.headSeed) })
}

/** Makes the head again when the homes changed or it grows old, then puts it and the document at the homes. */
const publishOwn = async (ctx: Context, { force }: { readonly force: boolean }): Promise<void> => {
  const { own } = ctx
  const { state, homes } = ctx.net.reachability()
  if (own?.standing !== 'active' || state !== 'connected' || homes.length === 0) return
  const named = homes.slice(0, MAX_HOMES)
  const head = await renewHead(ctx, own, named)
  if (head === undefined && !force) return
  const account = await getAccount(ctx.db)
  if (account?.head === undefined) return
  const accepted = await ctx.work.outside(
    ctx.net.directory.publish({ head: account.head, document: own.secrets.document })
  )
  ctx.log.debug('directory.published', { accepted })
  await publishCards(ctx, own)
}

const renewHead = async (ctx: Context, own: Own, homes: readonly string[]): Promise<Uint8Array | undefined> => {
  const account = await getAccount(ctx.db)
  if (account === undefined) return undefined
  const now = ctx.clock.now()
  const isSame = homes.length === account.headHomes.length && homes.every((home) => account.headHomes.includes(home))
  if (isSame && account.head !== undefined && now - account.headIssuedAt < RENEW_HEAD_MS) return undefined
  // the later of two heads wins, so a clock that was set back must not make an older one
  const issued = Math.max(now, account.headIssuedAt + 1)
  const head = makeOwnHead(own.secrets, homes, issued)
  await updateAccount(ctx.db, () => ({ head, headHomes: homes, headIssuedAt: issued }))
  return head
}

/** The first head, without homes if there are none yet: requests carry it. */
export const ensureHead = async (ctx: Context, own: Own): Promise<void> => {
  if ((await getAccount(ctx.db))?.head !== undefined) return
  await ctx.db.write(['account'], async (change) => {
    const account = await getAccount(ctx.db)
    if (account === undefined || account.head !== undefined) return
    const issued = ctx.clock.now()
    const homes = ctx.net.reachability().homes.slice(0, MAX_HOMES)
    const head = makeOwnHead(own.secrets, homes, issued)
    await putAccount(ctx.db, change, { ...account, head, headHomes: homes, headIssuedAt: issued })
  })
}

/** Whoever only is in a group with us has devices that we seal to all the same. */
const FOLLOWED: ReadonlySet<Standing> = new Set(['open', 'asked', 'member'])

const staleContacts = async (ctx: Context): Promise<readonly Did[]> => {
  const now = ctx.clock.now()
  return (await listContacts(ctx.db))
    .filter(({ standing, blocked }) => !blocked && FOLLOWED.has(standing))
    .filter(({ refreshedAt, newerPlace }) => newerPlace || now - refreshedAt > REFRESH_MS)
    .map(({ did }) => did)
}

export const refreshContact = async (ctx: Context, did: Did): Promise<void> => {
  const contact = await getContact(ctx.db, did)
  const now = ctx.clock.now()
  const pauseMs = contact?.newerPlace === true ? REFRESH_NEWER_MS : REFRESH_AGAIN_MS
  if (contact === undefined || now - contact.refreshedAt < pauseMs || ctx.net.reachability().homes.length === 0) return
  const heads = await askHeads(ctx, did, contact.homes)
  await updateContact(ctx.db, did, () => ({ refreshedAt: now }))
  if (heads.length === 0) return
  // every distinct document is judged, so that a split view is seen and not just outvoted
  for (const head of heads.toReversed()) {
    const document = await fetchDocument(ctx, head, contact.homes)
    if (document !== undefined) await learn(ctx, { head, document })
  }
}
