/** Small rules of the messenger that a story would only touch by chance. */
import { expect, test } from 'vitest'
import { createWork } from '../../../src/messenger/work.ts'
import { deliveryOf, toChatList } from '../../../src/messenger/views/chat-rows.ts'
import type { OwnFace } from '../../../src/messenger/views/chat-rows.ts'
import type { ChatId, DeviceId, Did, InviteId } from '../../../src/model/ids.ts'
import type { ChatRow } from '../../../src/model/views.ts'
import { emptyChat } from '../../../src/store/chats.ts'
import { judgeUse } from '../../../src/store/invites.ts'
import type { InviteRow } from '../../../src/store/rows.ts'

const [me, theirs] = ['my device', 'their device'] as [DeviceId, DeviceId]
const chat = emptyChat('chat' as ChatId, 'did:key:z' as Did, 'direct', 0)
const message = { device: me, counter: 3, failed: false }
const own: OwnFace = {
  did: undefined,
  name: '',
  photo: undefined,
  device: me,
  readReceipts: true,
  accountsOf: () => [],
  devicesOf: () => []
}

test('DL3 a watermark at or above the counter is delivery, a read mark is reading', () => {
  expect(deliveryOf(chat, message, own)).toBe('queued')
  const delivered = { ...chat, delivered: { [theirs]: { counter: 3, at: 1 } } }
  expect(deliveryOf(delivered, message, own)).toBe('delivered')
  expect(deliveryOf(delivered, { ...message, counter: 4 }, own)).toBe('queued')
  const read = { ...delivered, peerRead: { [me]: { counter: 3, at: 2 } } }
  expect(deliveryOf(read, message, own)).toBe('read')
  expect(deliveryOf(read, message, { ...own, readReceipts: false })).toBe('delivered')
  expect(deliveryOf(chat, { ...message, failed: true }, own)).toBe('failed')
  expect(deliveryOf(delivered, { ...message, failed: true }, own)).toBe('delivered')
})

test('IN1 an invite is good for whom it was good before, until its uses, end or revocation', () => {
  const [bob, carol] = ['bob', 'carol'] as [Did, Did]
  const invite: InviteRow = {
    id: 'i' as InviteId,
    link: '',
    createdAt: 0,
    endsAt: 100,
    maxUses: 1,
    usedBy: [bob],
    revoked: false,
    token: '',
    secret: new Uint8Array(),
    published: 1
  }
  expect(judgeUse(invite, bob, 1)).toBe('good')
  expect(judgeUse(invite, carol, 1)).toBe('spent')
  expect(judgeUse({ ...invite, usedBy: [bob, carol] }, carol, 1)).toBe('spent')
  expect(judgeUse(invite, bob, 100)).toBe('void')
  expect(judgeUse({ ...invite, revoked: true }, bob, 1)).toBe('void')
  expect(judgeUse(undefined, bob, 1)).toBe('void')
})

const row = (name: string, more: Partial<ChatRow>): ChatRow => ({
  chat: name as ChatId,
  kind: 'direct',
  did: name as Did,
  title: name,
  avatar: { hue: 0 },
  standing: 'open',
  verified: false,
  pinned: false,
  archived: false,
  unread: 1,
  markedUnread: false,
  activeAt: 0,
  ...more
})

test('the list is pinned first, then newest; requests and archived apart; the blocked do not count as unread', () => {
  const list = toChatList([
    row('old', { activeAt: 1 }),
    row('new', { activeAt: 3 }),
    row('pinned', { activeAt: 2, pinned: true }),
    row('stranger', { standing: 'request' }),
    row('away', { archived: true }),
    row('blocked', { standing: 'blocked' })
  ])
  expect(list.rows.map(({ title }) => title)).toEqual(['pinned', 'new', 'old', 'blocked'])
  expect(list.requests.map(({ title }) => title)).toEqual(['stranger'])
  expect(list.archived.map(({ title }) => title)).toEqual(['away'])
  expect(list.unreadTotal).toBe(3)
})

test('waiting for the outside is not work', async () => {
  const work = createWork()
  const letter = Promise.withResolvers<void>()
  const job = work.run(async () => {
    await work.outside(letter.promise)
  })
  await work.idle()
  expect(work.isIdle()).toBe(true)
  letter.resolve()
  await job
  expect(work.isIdle()).toBe(true)
})
