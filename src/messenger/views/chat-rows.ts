/** What a chat row shows: pure functions of rows. */
import { advance } from '../../model/delivery.ts'
import type { DeliveryState } from '../../model/delivery.ts'
import { hueOf } from '../../model/avatar.ts'
import type { DeviceId, Did } from '../../model/ids.ts'
import { shorten, tidyName } from '../../model/text.ts'
import type { Avatar } from '../../model/avatar.ts'
import type { ChatList, ChatRow, ChatStanding } from '../../model/views.ts'
import type { ChatRecord, ContactRow } from '../../store/rows.ts'
import { avatarOf, nameOf } from '../names.ts'
import type { Names } from '../names.ts'
import { heldBy } from '../peers.ts'
import { toSystemLine } from './system-line.ts'

export interface OwnFace {
  readonly did: Did | undefined
  readonly name: string
  readonly photo: Uint8Array | undefined
  readonly device: DeviceId
  /** Off: what others say they have read is not shown either. */
  readonly readReceipts: boolean
  /** Everybody else in a chat, and what devices they have. */
  accountsOf(chat: ChatRecord): readonly Did[]
  devicesOf(did: Did): readonly DeviceId[]
}

type OwnMessage = { readonly device: DeviceId; readonly counter: number; readonly failed: boolean }

/** DL3: how far one of our own messages has come: of each person the furthest device counts, and of a group the last person. */
export const deliveryOf = (chat: ChatRecord, message: OwnMessage, own: OwnFace): DeliveryState => {
  if (chat.kind === 'self') return 'read'
  const isHere = message.device === own.device
  const isDelivered = !isHere
    ? hasFromFormer(chat, message)
    : chat.kind === 'group'
      ? hasEverybody(chat, message, own)
      : hasAnyDevice(chat, message, own)
  let state: DeliveryState = message.failed && isHere ? 'failed' : 'queued'
  if (isDelivered) state = advance(advance(state, 'sealed'), 'delivered')
  if (isReadBy(chat, message, own)) state = advance(advance(state, 'sealed'), own.readReceipts ? 'read' : 'delivered')
  return state
}

/** DV5: what a former device of ours wrote was settled there, or (marked as not sent) is handed over by the log. */
const hasFromFormer = ({ formerHeld }: ChatRecord, { device, counter, failed }: OwnMessage): boolean =>
  !failed || (formerHeld?.[device] ?? 0) >= counter

// watermarks are about what this device wrote
const hasAnyDevice = ({ delivered }: ChatRecord, { device, counter }: OwnMessage, own: OwnFace): boolean =>
  device === own.device && Object.values(delivered).some((mark) => mark.counter >= counter)

const hasEverybody = (chat: ChatRecord, { device, counter }: OwnMessage, own: OwnFace): boolean =>
  device === own.device &&
  own
    .accountsOf(chat)
    .every(
      (did) =>
        (chat.owedFrom?.[did] ?? 0) >= counter ||
        own.devicesOf(did).some((one) => heldBy(chat, { did, device: one }) >= counter)
    )

const isReadBy = (chat: ChatRecord, { device, counter }: OwnMessage, own: OwnFace): boolean => {
  if (chat.kind !== 'group') return (chat.peerRead[device]?.counter ?? 0) >= counter
  const others = own.accountsOf(chat).filter((did) => (chat.owedFrom?.[did] ?? 0) < counter)
  return others.length > 0 && others.every((did) => (chat.readBy?.[did]?.[device]?.counter ?? 0) >= counter)
}

const standingOf = ({ kind, standing }: ChatRecord, contact: ContactRow | undefined): ChatStanding => {
  if (kind === 'group') return standing ?? 'open'
  if (kind === 'self' || contact === undefined) return 'open'
  if (contact.blocked) return 'blocked'
  if (contact.standing === 'found' || contact.standing === 'member') return 'asked'
  return contact.standing === 'declined' ? 'request' : contact.standing
}

/** `names`: of people in groups. */
export const toChatRow = (chat: ChatRecord, contact: ContactRow | undefined, own: OwnFace, names: Names): ChatRow => {
  const { last } = chat
  const isSelf = chat.kind === 'self'
  const isGroup = chat.kind === 'group'
  const topic = isGroup ? topicOf(chat, names) : undefined
  return {
    chat: chat.id,
    kind: chat.kind,
    did: chat.did,
    title:
      topic?.title ?? (isSelf ? own.name : nameOf(contact ?? { did: chat.did, name: undefined, alias: undefined })),
    avatar: topic?.avatar ?? avatarOf(chat.did, isSelf ? own.photo : contact?.photo),
    standing: standingOf(chat, contact),
    verified: contact?.verified ?? false,
    pinned: chat.pinned,
    archived: chat.archived,
    ...(chat.mutedUntil !== undefined && { mutedUntil: chat.mutedUntil }),
    unread: chat.unread,
    ...(chat.mentions !== undefined && chat.mentions > 0 && chat.unread > 0 && { mentions: chat.mentions }),
    markedUnread: chat.markedUnread,
    ...(chat.draft.text !== '' && { draft: shorten(chat.draft.text, 200) }),
    ...(last && {
      last: {
        text: last.text,
        kind: last.kind,
        ...(last.system && last.author && { system: toSystemLine(last.system, last.author, own.did, names) }),
        mine: last.mine && (last.system === undefined || last.author === own.did),
        ...(isGroup && last.author && { author: names.of(last.author) }),
        at: last.at,
        ...(last.mine && last.system === undefined && { delivery: deliveryOf(chat, last, own) })
      }
    }),
    activeAt: chat.activeAt
  }
}

/** A group's name and face: as its last topic says, else as it was founded. */
export const topicOf = (
  { id, topic }: ChatRecord,
  names: Names
): { readonly title: string; readonly avatar: Avatar; readonly description?: string } => {
  const photo = topic?.photo?.value
  const description = topic?.description?.value
  return {
    title: tidyName(topic?.name?.value ?? '') ?? names.ofGroup(id),
    avatar: { hue: hueOf(id as string as Did), ...(photo !== undefined && photo.length > 0 && { photo }) },
    ...(description !== undefined && description !== '' && { description })
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
