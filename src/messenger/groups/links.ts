/** A group's invite links from inside (RO1): passes that an admin puts into the roster, and who comes with one. */
import { AppError } from '../../base/errors.ts'
import { INVITE_SECRET_BYTES } from '../../crypto/invite.ts'
import { makeGroupLink } from '../../crypto/group-invite.ts'
import type { OpenedRequest } from '../../crypto/request.ts'
import type { GroupLinkView } from '../../model/group-views.ts'
import { bytesToBase64url } from '../../base/bytes.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import { putContact } from '../../store/contacts.ts'
import type { ContactRow } from '../../store/rows.ts'
import { needOwn } from '../context.ts'
import type { Context } from '../context.ts'
import { newContact } from '../new-contact.ts'
import { pin, toContactDevice } from '../trust.ts'
import { addMembers } from './commands.ts'
import { needRight, tell } from './member-events.ts'
import { askingId, linksOf, passIdOf, wasDeclined } from './passes.ts'
import type { AskingRow, LinkRow } from './passes.ts'

const DAY = 24 * 3600 * 1000
const DEFAULT_USES = 16
const DEFAULT_MS = 7 * DAY
const MAX_USES = 1000
const MAX_MS = 365 * DAY
/** As many as the roster holds. */
const MAX_PASSES = 8
const MAX_ASKING = 100

export const createGroupLink = async (
  ctx: Context,
  id: ChatId,
  { maxUses = DEFAULT_USES, endsAt }: { readonly maxUses?: number; readonly endsAt?: number } = {}
): Promise<GroupLinkView> => {
  const own = needOwn(ctx)
  const now = ctx.clock.now()
  const ends = endsAt ?? now + DEFAULT_MS
  if (!Number.isSafeInteger(maxUses) || maxUses < 1 || maxUses > MAX_USES) throw new AppError('malformed', 'uses')
  if (!Number.isSafeInteger(ends) || ends <= now || ends > now + MAX_MS) throw new AppError('malformed', 'end')
  needRight(ctx, id, 'govern')
  const secret = ctx.random.bytes(INVITE_SECRET_BYTES)
  const link = makeGroupLink({
    base: ctx.linkBase,
    conversation: id,
    secret,
    did: own.did,
    roots: own.secrets.roots,
    homes: ctx.net.reachability().homes
  })
  const pass = passIdOf(secret)
  const row: LinkRow = { id: pass, kind: 'link', chat: id, link }
  await tell(
    ctx,
    id,
    'govern',
    ({ roster }) => {
      const good = roster.passes.filter((one) => one.endsAt > now && (roster.usesByPass.get(one.id) ?? 0) < one.maxUses)
      if (good.length >= MAX_PASSES) throw new AppError('quota', 'revoke one of the links first')
      return { kind: 'passes', passes: [...good, { id: pass, endsAt: ends, maxUses }] }
    },
    {
      tables: ['passes'],
      also: async () => {
        await ctx.db.tables.passes.put(row)
      }
    }
  )
  const made = linksOf(ctx, id, needRight(ctx, id, 'govern').roster).find((one) => one.id === pass)
  if (made === undefined) throw new AppError('internal', 'the link is not there')
  return made
}

export const revokeGroupLink = async (ctx: Context, id: ChatId, pass: string): Promise<void> => {
  await tell(
    ctx,
    id,
    'govern',
    ({ roster }) => {
      if (!roster.passes.some((one) => one.id === pass)) throw new AppError('not-found', 'no such link')
      return { kind: 'passes', passes: roster.passes.filter((one) => one.id !== pass) }
    },
    { tables: ['passes'], also: () => ctx.db.tables.passes.delete(pass) }
  )
}

/**
 * Somebody comes with a link. True: they are in, or wait for an admin's yes. False: to them nobody is here. Known devices and
 * documents only; that the pass is in force is in the roster.
 */
export const takeJoin = async (ctx: Context, opened: OpenedRequest): Promise<boolean> => {
  const { join } = opened.request
  if (join === undefined) return false
  const chat = ctx.db.memory.chats.get(bytesToBase64url(join.conversation) as ChatId)
  const roster = chat && ctx.rosters.get(chat.id)
  const did = opened.document.did as Did
  if (chat?.kind !== 'group' || chat.standing !== undefined || roster === undefined) return false
  if (roster.members.has(did)) return true
  const id = passIdOf(join.secret)
  const pass = roster.passes.find((one) => one.id === id)
  const uses = roster.usesByPass.get(id) ?? 0
  if (pass === undefined || pass.endsAt <= ctx.clock.now() || uses >= pass.maxUses) return false
  if (wasDeclined(ctx, chat.id, did, id)) return false
  const isAdmin = roster.members.get(needOwn(ctx).did)?.role === 'admin'
  if (roster.policies.approval && !isAdmin) return false
  const row: AskingRow = {
    id: askingId(chat.id, did),
    kind: 'asking',
    chat: chat.id,
    did,
    pass: id,
    askedAt: ctx.clock.now()
  }
  const asking = [...ctx.db.memory.passes.values()].filter((one) => one.chat === chat.id && one['kind'] === 'asking')
  const isKnown = asking.some((one) => one.id === row.id)
  if (roster.policies.approval && !isKnown && asking.length >= MAX_ASKING) return false

  await ctx.db.write(['contacts', 'places', 'documents', 'passes', 'chats'], async (change) => {
    await putPerson(ctx, change, opened)
    if (!roster.policies.approval) return
    if (!isKnown) await ctx.db.tables.passes.put(row)
    change.chats.add(chat.id)
  })
  if (!roster.policies.approval) await addMembers(ctx, chat.id, [did], id)
  return true
}

const putPerson = async (
  ctx: Context,
  change: Parameters<typeof putContact>[1],
  { document, head, bindings, request }: OpenedRequest
): Promise<void> => {
  const found = { document, head }
  const before = ctx.db.memory.contacts.get(document.did as Did)
  if (before === undefined) await pin(ctx, found)
  const { profile } = request
  const row: ContactRow = before ?? newContact(ctx, found, { standing: 'member' })
  await putContact(ctx.db, change, {
    ...row,
    devices: bindings.map(toContactDevice),
    ...(profile &&
      profile.issued > row.profileAt && { name: profile.name, photo: profile.photo, profileAt: profile.issued })
  })
}

export const answerJoin = async (ctx: Context, id: ChatId, who: Did, isWelcome: boolean): Promise<void> => {
  needRight(ctx, id, 'govern')
  const row = ctx.db.memory.passes.get(askingId(id, who))
  if (row === undefined) throw new AppError('not-found', 'nobody asks')
  if (isWelcome) await addMembers(ctx, id, [who])
  await ctx.db.write(['passes', 'chats'], async (change) => {
    await (isWelcome ? ctx.db.tables.passes.delete(row.id) : ctx.db.tables.passes.put({ ...row, kind: 'declined' }))
    change.chats.add(id)
  })
}
