/**
 * First contact from our side (IN2, IN5): reading and opening links, finding somebody by did or fingerprint, accepting and
 * declining. Nobody needs to be online but one home: what is written waits in the outbox.
 */
import { bytesToHex, hexToBytes, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { openCard } from '../crypto/card.ts'
import { keyFromDid } from '../crypto/did.ts'
import { isGroupLink } from '../crypto/group-invite.ts'
import { inviteKeys, readInviteLink } from '../crypto/invite.ts'
import type { InviteLink } from '../crypto/invite.ts'
import type { VerifiedBinding } from '../crypto/binding.ts'
import type { ChatId, Did } from '../model/ids.ts'
import { tidyName } from '../model/text.ts'
import type { InvitePreview } from '../model/views.ts'
import { deleteChat } from '../store/forget.ts'
import { emptyChat, getChat, knownSessions, needChat, putChat, putSession, sessionsOf } from '../store/chats.ts'
import { getContact, putContact, updateContact } from '../store/contacts.ts'
import type { ContactRow } from '../store/rows.ts'
import type { Profile } from '../wire/profile.ts'
import type { Context } from './context.ts'
import { needOwn, needSpeaking } from './context.ts'
import { ensureHead } from './directory-sync.ts'
import { openGroupInvite, readGroupInvite } from './groups/joining.ts'
import { avatarOf } from './names.ts'
import { newContact, PAIRING } from './new-contact.ts'
import { foundSession } from './sessions/founding.ts'
import { checkBindings, loadDocument, lookUp, pin, toContactDevice } from './trust.ts'
import type { Found } from './trust.ts'

interface Opened extends Found {
  readonly bindings: readonly VerifiedBinding[]
  /** From the card; absent when no home could be asked for it. */
  readonly profile: Profile | undefined
}
type Refusal = 'own' | 'malformed' | 'revoked' | 'offline' | 'untrusted'

export const readInvite = async (ctx: Context, link: string): Promise<InvitePreview> => {
  if (isGroupLink(link)) return await readGroupInvite(ctx, link)
  const read = parseLink(ctx, link)
  if (typeof read === 'string') return { outcome: read }
  const contact = await getContact(ctx.db, read.did)
  if (contact?.standing === 'open') {
    const { did, chat, photo } = contact
    const name = contact.name === undefined ? undefined : tidyName(contact.name)
    return { outcome: 'ok', did, chat, avatar: avatarOf(did, photo), ...(name !== undefined && { name }) }
  }
  const opened = await followLink(ctx, read)
  if (typeof opened === 'string') return { outcome: opened }
  const { profile } = opened
  const name = profile && tidyName(profile.name)
  return {
    outcome: 'ok',
    did: read.did,
    avatar: avatarOf(read.did, profile?.photo),
    ...(name !== undefined && { name })
  }
}

const CODES = {
  own: 'conflict',
  malformed: 'malformed',
  revoked: 'not-found',
  offline: 'offline',
  untrusted: 'untrusted'
} as const

/** @throws AppError with the code for each refusal of `readInvite`. */
export const openInvite = async (
  ctx: Context,
  link: string,
  { scanned = false }: { readonly scanned?: boolean } = {}
): Promise<ChatId> => {
  needSpeaking(ctx)
  if (isGroupLink(link)) return await openGroupInvite(ctx, link)
  const read = parseLink(ctx, link)
  if (typeof read === 'string') throw new AppError(CODES[read], `invite: ${read}`)
  const known = await getContact(ctx.db, read.did)
  if (known?.standing === 'open' || known?.standing === 'request') {
    if (known.standing === 'request') await acceptRequest(ctx, known.chat)
    if (scanned) await updateContact(ctx.db, read.did, () => ({ verified: true }))
    return known.chat
  }
  const opened = await followLink(ctx, read)
  if (typeof opened === 'string') throw new AppError(CODES[opened], `invite: ${opened}`)
  const chat = await ask(ctx, { ...opened, token: inviteKeys(read.secret).token, verified: scanned })
  ctx.wake(chat)
  return chat
}

const parseLink = (ctx: Context, link: string): InviteLink | 'own' | 'malformed' => {
  try {
    const read = readInviteLink(link)
    return read.did === ctx.own?.did ? 'own' : read
  } catch (error) {
    if (error instanceof AppError) return 'malformed'
    throw error
  }
}

const followLink = async (ctx: Context, link: InviteLink): Promise<Opened | Refusal> => {
  const found = await lookUp(ctx, link.did, link.homes)
  if (found === undefined) return 'offline'
  const { head, document } = found
  // root keys equal, or rotations (which start at the did's own key) lead there
  if (document.place.generation === 0 && !sameBytes(document.roots, link.roots)) return 'untrusted'
  const keys = inviteKeys(link.secret)
  const sealed = await ctx.work.outside(ctx.net.directory.card(keys.cardId, [...link.homes, ...head.homes]))
  if (sealed === undefined) return 'revoked'
  if (sealed === 'unreachable') return { ...found, bindings: [], profile: undefined }
  try {
    const card = openCard(sealed, keys, { didKey: document.didKey, headKey: document.headKey })
    if (card.endsAt <= ctx.clock.now()) return 'revoked'
    return { ...found, bindings: await checkBindings(ctx, document, card.bindings), profile: card.profile }
  } catch (error) {
    if (error instanceof AppError) return 'untrusted'
    throw error
  }
}

/** Contact, conversation and session in one write; the request is owed from then on. */
const ask = async (
  ctx: Context,
  { profile, bindings, token, verified, ...found }: Opened & { readonly token: Uint8Array; readonly verified: boolean }
): Promise<ChatId> => {
  const own = needOwn(ctx)
  await ensureHead(ctx, own)
  const contact = newContact(ctx, found, {
    standing: 'asked',
    verified,
    token,
    name: profile?.name,
    photo: profile?.photo,
    profileAt: profile?.issued ?? 0,
    devices: bindings.map(toContactDevice)
  })
  const session = await foundSession(ctx, own, { chat: contact.chat, document: found.document, bindings })
  await ctx.db.write(PAIRING, async (change) => {
    const before = await getContact(ctx.db, contact.did)
    const chat =
      (await getChat(ctx.db, contact.chat)) ?? emptyChat(contact.chat, contact.did, 'direct', ctx.clock.now())
    if (before?.standing === 'open') return
    await pin(ctx, found)
    await putContact(ctx.db, change, { ...contact, alias: before?.alias, blocked: before?.blocked ?? false })
    if ((await sessionsOf(ctx.db, contact.chat)).length === 0) await putSession(ctx.db, session)
    await putChat(ctx.db, change, { ...chat, debts: { ...chat.debts, request: (chat.debts.request ?? 0) + 1 } })
  })
  return contact.chat
}

export type FindOutcome =
  | { readonly outcome: 'found'; readonly did: Did; readonly chat: ChatId }
  | { readonly outcome: 'own' | 'unknown' | 'malformed' | 'offline' }

/** IN5: a verified document and a chat; the first message there is the request. */
export const findSomeone = async (ctx: Context, pasted: string): Promise<FindOutcome> => {
  const own = needOwn(ctx)
  const dids = await resolve(ctx, pasted.trim())
  if (typeof dids === 'string') return { outcome: dids }
  for (const did of dids) {
    const isNamed = (fingerprint: string): boolean => pasted.includes('did:') || fingerprint === toFingerprint(pasted)
    if (did === own.did) {
      if (isNamed(bytesToHex(own.secrets.fingerprint))) return { outcome: 'own' }
      continue
    }
    const known = await getContact(ctx.db, did)
    if (known !== undefined && known.standing !== 'declined') {
      if (isNamed(known.fingerprint)) return { outcome: 'found', did, chat: await chatWith(ctx, known) }
      continue
    }
    const found = await lookUp(ctx, did, [])
    // homes only claim which did has a fingerprint
    if (found === undefined || !isNamed(found.document.fingerprint)) continue
    return { outcome: 'found', did, chat: await meet(ctx, found) }
  }
  return { outcome: ctx.net.reachability().homes.length === 0 ? 'offline' : 'unknown' }
}

/** Somebody from a group becomes somebody whom we looked up; they stay in the group. */
const chatWith = async (ctx: Context, known: ContactRow): Promise<ChatId> => {
  if (known.standing !== 'member') return known.chat
  const own = needOwn(ctx)
  const document = await loadDocument(ctx, known.documentHash)
  if (document === undefined) throw new AppError('not-ready', 'their document is not known')
  await ensureHead(ctx, own)
  const session = await foundSession(ctx, own, { chat: known.chat, document, bindings: [] })
  await ctx.db.write(PAIRING, async (change) => {
    const now = ctx.db.memory.contacts.get(known.did) ?? known
    const chat = ctx.db.memory.chats.get(known.chat)
    const isFirst = knownSessions(ctx.db, known.chat).length === 0
    await putContact(ctx.db, change, { ...now, standing: 'found' })
    if (isFirst) await putSession(ctx.db, session)
    await putChat(ctx.db, change, chat ?? emptyChat(known.chat, known.did, 'direct', ctx.clock.now()))
  })
  return known.chat
}

const toFingerprint = (pasted: string): string => pasted.replaceAll(/\s|:/g, '').toLowerCase()

const resolve = async (ctx: Context, pasted: string): Promise<readonly Did[] | 'malformed'> => {
  if (pasted.startsWith('did:')) {
    try {
      keyFromDid(pasted)
      return [pasted as Did]
    } catch (error) {
      if (error instanceof AppError) return 'malformed'
      throw error
    }
  }
  const fingerprint = toFingerprint(pasted)
  if (!/^[0-9a-f]{64}$/.test(fingerprint)) return 'malformed'
  return await ctx.work.outside(ctx.net.directory.didsByFingerprint(hexToBytes(fingerprint)))
}

const meet = async (ctx: Context, found: Found): Promise<ChatId> => {
  const own = needOwn(ctx)
  await ensureHead(ctx, own)
  const contact = newContact(ctx, found, { standing: 'found' })
  const session = await foundSession(ctx, own, { chat: contact.chat, document: found.document, bindings: [] })
  await ctx.db.write(PAIRING, async (change) => {
    await pin(ctx, found)
    await putContact(ctx.db, change, contact)
    if ((await sessionsOf(ctx.db, contact.chat)).length === 0) await putSession(ctx.db, session)
    const chat = await getChat(ctx.db, contact.chat)
    await putChat(ctx.db, change, chat ?? emptyChat(contact.chat, contact.did, 'direct', ctx.clock.now()))
  })
  return contact.chat
}

/** From here receipts, profile and everything else may leave. */
export const acceptRequest = async (ctx: Context, chatId: ChatId): Promise<void> => {
  await ctx.db.write(['contacts', 'chats'], async (change) => {
    const chat = await needChat(ctx.db, chatId)
    const contact = await getContact(ctx.db, chat.did)
    if (contact === undefined) throw new AppError('not-found', 'no such contact')
    if (contact.standing !== 'request') return
    await putContact(ctx.db, change, { ...contact, standing: 'open' })
    await putChat(ctx.db, change, { ...chat, debts: { ...chat.debts, accept: (chat.debts.accept ?? 0) + 1 } })
  })
  ctx.foundSoon(chatId)
  ctx.wake(chatId)
}

/** The other side is not told. What they wrote is erased; they stay known so that the request does not come back. */
export const declineRequest = async (ctx: Context, chatId: ChatId): Promise<void> => {
  await deleteChat(ctx.db, chatId, async (change) => {
    const chat = await needChat(ctx.db, chatId)
    const contact = await getContact(ctx.db, chat.did)
    if (contact?.standing !== 'request') throw new AppError('conflict', 'there is no request in this chat')
    await putContact(ctx.db, change, { ...contact, standing: 'declined', name: undefined, photo: undefined })
  })
}
