/** A group's link from outside: what it says, and asking the member that it names to take us in. */
import { sameBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { readGroupLink } from '../../crypto/group-invite.ts'
import type { GroupLink } from '../../crypto/group-invite.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import type { InvitePreview } from '../../model/views.ts'
import { emptyChat, putChat } from '../../store/chats.ts'
import { putContact } from '../../store/contacts.ts'
import { needOwn } from '../context.ts'
import type { Context } from '../context.ts'
import { ensureHead } from '../directory-sync.ts'
import { nameOf } from '../names.ts'
import { newContact } from '../new-contact.ts'
import { lookUp, pin } from '../trust.ts'
import type { Found } from '../trust.ts'

const parse = (ctx: Context, link: string): GroupLink | 'own' | 'malformed' => {
  try {
    const read = readGroupLink(link)
    const isIn = ctx.rosters.get(read.chat as ChatId)?.members.has(needOwn(ctx).did) === true
    return read.did === ctx.own?.did && !isIn ? 'own' : read
  } catch (error) {
    if (error instanceof AppError) return 'malformed'
    throw error
  }
}

const openChat = (ctx: Context, { chat }: GroupLink): ChatId | undefined => {
  const record = ctx.db.memory.chats.get(chat as ChatId)
  return record !== undefined && record.standing !== 'left' ? record.id : undefined
}

export const readGroupInvite = async (ctx: Context, link: string): Promise<InvitePreview> => {
  const read = parse(ctx, link)
  if (typeof read === 'string') return { outcome: read }
  const did = read.did as Did
  const contact = ctx.db.memory.contacts.get(did)
  const chat = openChat(ctx, read)
  const by = contact && nameOf(contact)
  if (chat === undefined && contact === undefined) {
    const found = await findMember(ctx, read)
    if (typeof found === 'string') return { outcome: found }
  }
  return { outcome: 'group', did, ...(by !== undefined && { by }), ...(chat && { chat }) }
}

const findMember = async (ctx: Context, { did, homes, roots }: GroupLink): Promise<Found | 'offline' | 'untrusted'> => {
  const found = await lookUp(ctx, did as Did, homes)
  if (found === undefined) return 'offline'
  // root keys equal, or rotations (which start at the did's own key) lead there
  const isOther = found.document.place.generation === 0 && !sameBytes(found.document.roots, roots)
  return isOther ? 'untrusted' : found
}

/** The chat is there at once; it opens when somebody has taken us in. @throws AppError as `openInvite`. */
export const openGroupInvite = async (ctx: Context, link: string): Promise<ChatId> => {
  const own = needOwn(ctx)
  const read = parse(ctx, link)
  if (read === 'own') throw new AppError('conflict', 'a link of our own')
  if (read === 'malformed') throw new AppError('malformed', 'a group link')
  const here = openChat(ctx, read)
  if (here !== undefined) return here
  const did = read.did as Did
  const known = ctx.db.memory.contacts.get(did)
  const found = known === undefined ? await findMember(ctx, read) : undefined
  if (found === 'offline') throw new AppError('offline', 'no home answers')
  if (found === 'untrusted') throw new AppError('untrusted', 'other keys than in the link')
  await ensureHead(ctx, own)
  const id = read.chat as ChatId
  await ctx.db.write(['contacts', 'places', 'documents', 'chats'], async (change) => {
    if (found !== undefined && !ctx.db.memory.contacts.has(did)) {
      await pin(ctx, found)
      await putContact(ctx.db, change, newContact(ctx, found, { standing: 'member' }))
    }
    const chat = ctx.db.memory.chats.get(id) ?? emptyChat(id, own.did, 'group', ctx.clock.now())
    await putChat(ctx.db, change, {
      ...chat,
      standing: 'joining',
      join: { did, secret: read.secret },
      debts: { request: (chat.debts.request ?? 0) + 1 }
    })
  })
  ctx.wake(id)
  return id
}
