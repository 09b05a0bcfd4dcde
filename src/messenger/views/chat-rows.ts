/** What a chat row shows: pure functions of rows. */
import { advance } from '../../model/delivery.ts'
import type { DeliveryState } from '../../model/delivery.ts'
import type { DeviceId } from '../../model/ids.ts'
import { shorten } from '../../model/text.ts'
import type { ChatList, ChatRow, ChatStanding } from '../../model/views.ts'
import type { ChatRecord, ContactRow } from '../../store/rows.ts'
import { avatarOf, nameOf } from '../names.ts'

export interface OwnFace {
  readonly name: string
  readonly photo: Uint8Array | undefined
  readonly device: DeviceId
  /** Off: what others say they have read is not shown either. */
  readonly readReceipts: boolean
}

/** DL3: how far one of our own messages has come. The furthest of any of their devices counts. */
export const deliveryOf = (
  chat: ChatRecord,
  message: { readonly device: DeviceId; readonly counter: number; readonly failed: boolean },
  { device: self, readReceipts }: Pick<OwnFace, 'device' | 'readReceipts'>
): DeliveryState => {
  if (chat.kind === 'self') return 'read'
  let state: DeliveryState = message.failed ? 'failed' : 'queued'
  // watermarks are about what this device wrote
  const watermarks = message.device === self ? Object.values(chat.delivered) : []
  if (watermarks.some(({ counter }) => counter >= message.counter))
    state = advance(advance(state, 'sealed'), 'delivered')
  const isRead = (chat.peerRead[message.device]?.counter ?? 0) >= message.counter
  if (isRead) state = advance(advance(state, 'sealed'), readReceipts ? 'read' : 'delivered')
  return state
}

const standingOf = ({ kind, standing }: ChatRecord, contact: ContactRow | undefined): ChatStanding => {
  if (kind === 'group') return standing ?? 'open'
  if (kind === 'self' || contact === undefined) return 'open'
  if (contact.blocked) return 'blocked'
  if (contact.standing === 'found' || contact.standing === 'member') return 'asked'
  return contact.standing === 'declined' ? 'request' : contact.standing
}

export const toChatRow = (chat: ChatRecord, contact: ContactRow | undefined, own: OwnFace): ChatRow => {
  const { last } = chat
  const isSelf = chat.kind === 'self'
  return {
    chat: chat.id,
    kind: chat.kind,
    did: chat.did,
    title: isSelf ? own.name : nameOf(contact ?? { did: chat.did, name: undefined, alias: undefined }),
    avatar: avatarOf(chat.did, isSelf ? own.photo : contact?.photo),
    standing: standingOf(chat, contact),
    verified: contact?.verified ?? false,
    pinned: chat.pinned,
    archived: chat.archived,
    ...(chat.mutedUntil !== undefined && { mutedUntil: chat.mutedUntil }),
    unread: chat.unread,
    markedUnread: chat.markedUnread,
    ...(chat.draft.text !== '' && { draft: shorten(chat.draft.text, 200) }),
    ...(last && {
      last: {
        text: last.text,
        kind: last.kind,
        mine: last.mine,
        at: last.at,
        ...(last.mine && { delivery: deliveryOf(chat, last, own) })
      }
    }),
    activeAt: chat.activeAt
  }
}

/** Pinned first, then the newest; requests and archived apart. What was declined is shown nowhere. */
export const toChatList = (rows: readonly ChatRow[]): ChatList => {
  const sorted = rows.toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || b.activeAt - a.activeAt)
  const requests = sorted.filter(({ standing }) => standing === 'request')
  const others = sorted.filter(({ standing }) => standing !== 'request')
  const shown = others.filter(({ archived }) => !archived)
  return {
    rows: shown,
    requests,
    archived: others.filter(({ archived }) => archived),
    unreadTotal: shown.reduce((sum, { unread, standing }) => sum + (standing === 'blocked' ? 0 : unread), 0)
  }
}
