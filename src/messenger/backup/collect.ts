/**
 * DV5: everything of the account that goes into a backup, one item after the other. Sessions, key packages, mail, the outbox and
 * the device's own secrets are not asked for here at all.
 */
import { base64urlToBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { keyFromDeviceId } from '../../crypto/device-id.ts'
import { keyFromDid } from '../../crypto/did.ts'
import { cardWriter, inviteKeys } from '../../crypto/invite.ts'
import { toRoots } from '../../crypto/takeover.ts'
import { getAccount } from '../../store/account.ts'
import { knownSessions, listChats } from '../../store/chats.ts'
import { getPlace, listContacts, listDocuments } from '../../store/contacts.ts'
import { listInvites } from '../../store/invites.ts'
import { isFloor } from '../../store/rows.ts'
import type { ChatRecord, ContactRow, EventRow, InviteRow } from '../../store/rows.ts'
import { scanEvents } from '../../store/scan-events.ts'
import { getMessages } from '../../store/timeline.ts'
import type { MessageId } from '../../model/ids.ts'
import {
  backupAccount,
  backupChat,
  backupContact,
  backupDocument,
  backupEvent,
  backupFloor,
  backupInvite,
  backupSettings
} from '../../wire/backup-items.ts'
import type { Watermark } from '../../wire/receipt.ts'
import type { Context, Own } from '../context.ts'
import { toWire } from '../events.ts'
import { sessionToWire } from '../sessions/founding.ts'
import { getSettings } from '../settings.ts'
import type { Item } from './items.ts'

export async function* collectItems(ctx: Context, own: Own): AsyncGenerator<Item, void> {
  yield await accountItem(ctx, own)
  for (const { bytes } of await listDocuments(ctx.db)) {
    yield { kind: 'document', data: backupDocument.encode({ version: 1, document: bytes }) }
  }
  for (const contact of await listContacts(ctx.db)) yield await contactItem(ctx, contact)
  const now = ctx.clock.now()
  for (const invite of await listInvites(ctx.db)) if (invite.endsAt > now) yield inviteItem(own, invite)
  yield { kind: 'settings', data: backupSettings.encode({ version: 1, ...(await getSettings(ctx)) }) }
  for (const chat of await listChats(ctx.db)) yield* chatItems(ctx, chat)
}

const accountItem = async (ctx: Context, own: Own): Promise<Item> => {
  const account = await getAccount(ctx.db)
  if (account?.name === undefined) throw new AppError('not-ready', 'there is no account yet')
  const { devices, ...roots } = await toRoots(own.secrets)
  const { name, photo, profileAt } = account
  const data = backupAccount.encode({
    version: 1,
    ...roots,
    devices: devices.map(keyFromDeviceId),
    document: own.secrets.document,
    name,
    photo,
    profileAt
  })
  return { kind: 'account', data }
}

const bindingsOf = (devices: ContactRow['devices'] | undefined): readonly Uint8Array[] =>
  (devices ?? []).slice(0, 16).map(({ binding }) => binding)

const contactItem = async (ctx: Context, contact: ContactRow): Promise<Item> => {
  const place = await getPlace(ctx.db, contact.did)
  const { did, devices, former, gnupg } = contact
  const data = backupContact.encode({
    version: 1,
    didKey: keyFromDid(did),
    standing: contact.standing,
    blocked: contact.blocked,
    verified: contact.verified,
    name: contact.name,
    photo: contact.photo,
    profileAt: contact.profileAt,
    alias: contact.alias,
    devices: bindingsOf(devices),
    former: bindingsOf(former),
    place: { generation: place?.generation ?? 0, seq: place?.seq ?? 0 },
    documentHash: contact.documentHash,
    hashes: (place?.hashes ?? []).slice(0, 16).map(base64urlToBytes),
    head: place?.head,
    duplicity: contact.duplicity,
    newerPlace: contact.newerPlace,
    broken: contact.broken ?? false,
    keysChangedAt: contact.keysChangedAt,
    addedAt: contact.addedAt,
    lastHeardAt: contact.lastHeardAt,
    token: contact.token,
    invite: contact.invite,
    misdeeds: contact.misdeeds,
    rivals: (contact.rivals ?? []).slice(0, 16).map(base64urlToBytes),
    refused: (contact.refused ?? []).slice(0, 16).map(base64urlToBytes),
    ...(gnupg && { gnupg: gnupg.certificate, gnupgByPerson: gnupg.by === 'person' })
  })
  return { kind: 'contact', data }
}

const inviteItem = (own: Own, invite: InviteRow): Item => {
  const { published: _, ...said } = invite
  const data = backupInvite.encode({
    version: 1,
    ...said,
    usedBy: invite.usedBy.map(keyFromDid),
    writer: invite.writer ?? cardWriter(own.secrets.headSeed, inviteKeys(invite.secret).cardId).seed
  })
  return { kind: 'invite', data }
}

async function* chatItems(ctx: Context, chat: ChatRecord): AsyncGenerator<Item, void> {
  const { mutedUntil, draft, standing, floors } = chat
  const sessions = knownSessions(ctx.db, chat.id)
  const data = backupChat.encode({
    version: 1,
    id: base64urlToBytes(chat.id),
    didKey: keyFromDid(chat.did),
    kind: chat.kind,
    createdAt: chat.createdAt,
    activeAt: chat.activeAt,
    pinned: chat.pinned,
    archived: chat.archived,
    markedUnread: chat.markedUnread,
    ...(mutedUntil !== undefined && { mutedUntil: mutedUntil === 'always' ? 0 : mutedUntil }),
    draft: draft.text,
    readOrder: chat.readOrder,
    generation: Math.max(chat.generation ?? 0, ...sessions.map(({ generation }) => generation)),
    standing,
    sessions: chat.kind === 'group' ? sessions.slice(0, 16).map(sessionToWire) : [],
    ...(floors && { floors: toWatermarks(floors) })
  })
  yield { kind: 'chat', data }
  for await (const rows of scanEvents(ctx.db, chat)) yield* await eventItems(ctx, rows)
}

const eventItems = async (ctx: Context, rows: readonly EventRow[]): Promise<readonly Item[]> => {
  const mine = rows.filter(({ author, kind }) => author === ctx.own?.did && kind === 'message')
  const ids = mine.map(({ id }) => id as MessageId)
  const failed = (await getMessages(ctx.db, ids)).filter((row) => row.failed).map(({ id }) => id)
  const unsent = new Set([...failed, ...ids.filter((id) => ctx.db.memory.outbox.has(id))])
  return rows.map((row): Item => {
    if (isFloor(row)) return floorItem(row)
    const data = backupEvent.encode({
      version: 1,
      event: toWire(row),
      arrivedAt: row.arrivedAt,
      ...(row.hidden && { hidden: true }),
      ...(unsent.has(row.id as MessageId) && { unsent: true })
    })
    return { kind: 'event', data }
  })
}

/** LG7: nobody can say any more what it was, but others stand on it. */
const floorItem = ({ id, author, device, counter, time, tick, order, kind }: EventRow): Item => ({
  kind: 'floor',
  data: backupFloor.encode({
    version: 1,
    id: base64urlToBytes(id),
    ...(author && { author: keyFromDid(author) }),
    ...(device && { device: keyFromDeviceId(device) }),
    counter,
    time,
    tick,
    order,
    kind
  })
})

const toWatermarks = (floors: NonNullable<ChatRecord['floors']>): readonly Watermark[] =>
  Object.entries(floors)
    .slice(0, 64)
    .map(([device, counter]) => ({ device: keyFromDeviceId(device), counter }))
