/** What this device keeps of groups' links: the secrets of its own, and who came with one and waits for a yes. */
import { bytesToBase64url } from '../../base/bytes.ts'
import { DOMAINS } from '../../crypto/domains.ts'
import { hkdf } from '../../crypto/hash.ts'
import type { GroupLinkView } from '../../model/group-views.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import type { Roster } from '../../model/roster.ts'
import type { PassRow } from '../../store/rows.ts'
import type { Context } from '../context.ts'

/** What the roster names: whoever has the secret can show that they have it. */
export const passIdOf = (secret: Uint8Array): string => bytesToBase64url(hkdf(secret, DOMAINS.groupPass, 32))

export interface LinkRow extends PassRow {
  readonly kind: 'link'
  readonly chat: ChatId
  readonly link: string
}

/** `declined`: an admin said no; the same link does not ask again. */
export interface AskingRow extends PassRow {
  readonly kind: 'asking' | 'declined'
  readonly chat: ChatId
  readonly did: Did
  readonly pass: string
  readonly askedAt: number
}

const isLink = (row: PassRow): row is LinkRow => row['kind'] === 'link'
const isAsking = (row: PassRow): row is AskingRow => row['kind'] === 'asking'

export const wasDeclined = (ctx: Context, chat: ChatId, did: Did, pass: string): boolean => {
  const row = ctx.db.memory.passes.get(askingId(chat, did))
  return row?.['kind'] === 'declined' && row['pass'] === pass
}

export const askingId = (chat: ChatId, did: Did): string => `asking ${chat} ${did}`

/** Of ours; a link that the roster no longer names opens nothing. */
export const linksOf = (ctx: Context, chat: ChatId, { passes, usesByPass }: Roster): readonly GroupLinkView[] =>
  passes.flatMap(({ id, endsAt, maxUses }) => {
    const row = ctx.db.memory.passes.get(id)
    if (row === undefined || !isLink(row) || row.chat !== chat) return []
    return [{ id, link: row.link, endsAt, maxUses, uses: usesByPass.get(id) ?? 0 }]
  })

/** Longest waiting first; whoever came in meanwhile asks no more. */
export const askingIn = (ctx: Context, chat: ChatId): readonly AskingRow[] => {
  const members = ctx.rosters.get(chat)?.members
  return [...ctx.db.memory.passes.values()]
    .filter(isAsking)
    .filter((row) => row.chat === chat && members?.has(row.did) !== true)
    .toSorted((a, b) => a.askedAt - b.askedAt)
}
