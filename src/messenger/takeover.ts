/**
 * DV5: who acts for the account. A restored device first finds out what is newest, publishes the document that lists it alone, and
 * only then says anything; contacts get it with a request and meet the new device by it. The other device finds that
 * document, verified and without itself in it, and from then on only reads. A contact believes the newest document alone (ID6).
 */
import { bytesToBase64url, sameBytes } from '../base/bytes.ts'
import { makeOwnHead } from '../crypto/account.ts'
import { comparePlaces, deviceSlot } from '../crypto/document.ts'
import type { VerifiedDocument } from '../crypto/document.ts'
import { takeOver, toRoots } from '../crypto/takeover.ts'
import type { AccountSecrets } from '../crypto/account.ts'
import type { ChatId, DeviceId } from '../model/ids.ts'
import { getAccount, putAccount, updateAccount } from '../store/account.ts'
import { listChats, putChat, putSession } from '../store/chats.ts'
import { listContacts } from '../store/contacts.ts'
import type { ContactRow, SessionRow } from '../store/rows.ts'
import { envelope } from '../wire/envelope.ts'
import { MAX_HOMES } from '../wire/head.ts'
import { toOwn } from './account.ts'
import type { Context, Own } from './context.ts'
import { deadline, inBackground } from './context.ts'
import { openSession } from './sessions/founding.ts'
import { askHeads, checkBindings, fetchDocument, goesBefore, loadDocument } from './trust.ts'

/** What homes know of our account that is not older than what we hold; the newest first, and only what both roots signed. */
const documentsOfOurs = async (ctx: Context, own: Own): Promise<readonly VerifiedDocument[]> => {
  const homes = (await getAccount(ctx.db))?.headHomes ?? []
  const found: VerifiedDocument[] = []
  for (const head of await askHeads(ctx, own.did, homes)) {
    if (comparePlaces(head.place, own.secrets.place) < 0) break
    const document = await fetchDocument(ctx, head, homes)
    if (document !== undefined && !sameBytes(document.hash, own.secrets.documentHash)) found.push(document)
  }
  return found
}

const listsUs = ({ secrets }: Own, document: VerifiedDocument): boolean => {
  const slot = deviceSlot(secrets.device.salt, secrets.device.key)
  return document.devices.some((one) => sameBytes(one, slot))
}

/**
 * Whether another device acts for us now. Two that were made at once have one place (ID5): the higher hash yields, so that one
 * is left. What cannot be fetched and verified says nothing.
 */
export const noticeTakeover = async (ctx: Context): Promise<void> => {
  const { own } = ctx
  if (own?.standing !== 'active' || ctx.net.reachability().homes.length === 0) return
  const { place, documentHash: hash } = own.secrets
  const isOver = (await documentsOfOurs(ctx, own)).some(
    (document) => !listsUs(own, document) && goesBefore(document, { place, hash })
  )
  if (isOver) await yieldTo(ctx)
}

const yieldTo = async (ctx: Context): Promise<void> => {
  // from here on nothing more leaves, whatever becomes of the write
  if (ctx.own !== undefined) ctx.own = { ...ctx.own, standing: 'replaced' }
  await updateAccount(ctx.db, () => ({ standing: 'replaced' }))
  ctx.log.warn('account.replaced')
}

/** Answers whether the account is active from now on; else it is to be tried again, or this device was too late. */
export const activate = async (ctx: Context): Promise<boolean> => {
  const { own, net } = ctx
  const homes = net.reachability().homes.slice(0, MAX_HOMES)
  if (own?.standing !== 'waiting' || homes.length === 0) return false
  const [newest] = await documentsOfOurs(ctx, own)
  const before = await homesOfOurs(ctx, own)
  // other roots are in force: this backup is older than a rotation
  if (newest !== undefined && newest.place.generation > own.secrets.place.generation) {
    await yieldTo(ctx)
    return false
  }
  const keys = newest === undefined ? own.secrets : await follow(ctx, own, newest)
  const issued = Math.max(ctx.clock.now(), ((await getAccount(ctx.db))?.headIssuedAt ?? 0) + 1)
  const head = makeOwnHead(keys, homes, issued)
  const account = await updateAccount(ctx.db, () => ({ keys, head, headHomes: homes, headIssuedAt: issued }))
  // from here a crash publishes the same document again
  const accepted = await ctx.work.outside(net.directory.publish({ head, document: keys.document }))
  if (accepted === 0) return false

  const { standing: _, ...active } = account
  const ready = toOwn(ctx, active)
  const woken = await meetAgain(ctx, ready)
  ctx.own = ready
  ctx.log.info('account.taken-over', { chats: woken.length })
  for (const chat of woken) {
    ctx.wake(chat)
    ctx.reconcile(chat)
    // LG7: what was said since the backup, others have
    ctx.noticeGap(chat)
  }
  inBackground(ctx, 'account.knock-failed', () => knock(ctx, ready, before))
  return true
}

const homesOfOurs = async (ctx: Context, { did }: Own): Promise<readonly string[]> => [
  ...new Set((await askHeads(ctx, did, [])).flatMap(({ homes }) => homes))
]

const KNOCK_MS = 20_000

/**
 * The device before us may be open somewhere and have no reason to look: nobody writes to it any more. An envelope of no session
 * at all is one (receive.ts); what it finds at the homes it verifies by itself.
 */
const knock = async (ctx: Context, { secrets }: Own, homes: readonly string[]): Promise<void> => {
  const { signal, done } = deadline(ctx, KNOCK_MS)
  try {
    for (const device of secrets.former ?? []) {
      const bytes = envelope.encode({
        version: 1,
        kind: 'sealed',
        route: ctx.random.bytes(16),
        sealed: ctx.random.bytes(64)
      })
      await ctx.work.outside(ctx.net.deliver({ to: 'device', device: device as DeviceId, homes }, bytes, { signal }))
    }
  } finally {
    done()
  }
}

const follow = async (ctx: Context, own: Own, newest: VerifiedDocument): Promise<AccountSecrets> => {
  const { random, clock, device } = ctx
  return await takeOver(await toRoots(own.secrets), { newest, deviceSeed: device.seed, random, now: clock.now() })
}

/** `request` too: whoever waits for our answer gets it from this device, when the person gives it. */
const MET_BY_REQUEST = new Set<ContactRow['standing']>(['open', 'asked', 'request'])

/** One write: the account is active, there is a session with everybody, and everybody is owed a request. */
const meetAgain = async (ctx: Context, own: Own): Promise<readonly ChatId[]> => {
  const sessions = new Map<ChatId, SessionRow>()
  const standings = new Map<ChatId, ContactRow['standing']>()
  const generations = new Map((await listChats(ctx.db)).map(({ id, generation }) => [id, generation]))
  for (const contact of await listContacts(ctx.db)) {
    if (contact.standing === 'declined' || contact.standing === 'member') continue
    const document = await loadDocument(ctx, contact.documentHash)
    if (document === undefined) continue
    const known = contact.devices.map(({ binding }) => binding)
    const bindings = await checkBindings(ctx, document, known)
    const generation = (generations.get(contact.chat) ?? -1) + 1
    const group = bytesToBase64url(ctx.random.bytes(32))
    const { chat } = contact
    sessions.set(chat, await openSession(ctx, own, { chat, document, bindings, suite: 'pgp-v6', group, generation }))
    standings.set(chat, contact.standing)
  }
  return await ctx.db.write(['account', 'chats', 'sessions'], async (change) => {
    const account = await getAccount(ctx.db)
    if (account === undefined) return []
    const { standing: _, ...active } = account
    await putAccount(ctx.db, change, active)
    const chats = await listChats(ctx.db)
    for (const chat of chats) {
      const session = sessions.get(chat.id)
      if (session !== undefined) await putSession(ctx.db, session)
      if (!MET_BY_REQUEST.has(standings.get(chat.id) ?? 'member')) continue
      await putChat(ctx.db, change, { ...chat, debts: { ...chat.debts, request: (chat.debts.request ?? 0) + 1 } })
    }
    return chats.filter(({ kind }) => kind !== 'self').map(({ id }) => id)
  })
}
