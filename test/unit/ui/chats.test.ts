import { expect, test } from 'vitest'
import type { ChatId, Did, InviteId } from '../../../src/model/ids.ts'
import type { ChatList, ChatRow, InviteView } from '../../../src/model/views.ts'
import { isLonely, isMuted, neighbour, rowsFor } from '../../../src/ui/chats/chat-list.ts'
import { matchIn, pieces } from '../../../src/ui/chats/match.ts'
import { initials } from '../../../src/ui/names.ts'
import { inviteIn } from '../../../src/ui/pairing/invite-text.ts'
import { isOpenLink, reusable } from '../../../src/ui/pairing/own-link.ts'
import { relayName } from '../../../src/ui/settings/relay-name.ts'

const row = (id: string, change: Partial<ChatRow> = {}): ChatRow => ({
  chat: id as ChatId,
  kind: 'direct',
  did: `did:key:${id}` as Did,
  title: id,
  avatar: { hue: 1 },
  standing: 'open',
  verified: false,
  pinned: false,
  archived: false,
  unread: 0,
  markedUnread: false,
  activeAt: 1,
  ...change
})
const listOf = (rows: readonly ChatRow[], change: Partial<ChatList> = {}): ChatList => ({
  rows,
  requests: [],
  archived: [],
  unreadTotal: 0,
  ...change
})

const invite = (id: string, change: Partial<InviteView>): InviteView => ({
  id: id as InviteId,
  link: id,
  createdAt: 0,
  endsAt: 100,
  maxUses: 16,
  uses: 0,
  revoked: false,
  ...change
})

test('the unread filter keeps the chat that is being read', () => {
  const list = listOf([row('a', { unread: 2 }), row('b'), row('c', { markedUnread: true })])
  expect(rowsFor(list, 'unread').map(({ chat }) => chat)).toEqual(['a', 'c'])
  expect(rowsFor(list, 'unread', 'b').map(({ chat }) => chat)).toEqual(['a', 'b', 'c'])
})

test('a list with only the note to self still asks to invite somebody; a request or an archived chat does not', () => {
  const self = row('self', { kind: 'self' })
  expect(isLonely(listOf([self]))).toBe(true)
  expect(isLonely(listOf([self, row('a')]))).toBe(false)
  expect(isLonely(listOf([self], { requests: [row('r')] }))).toBe(false)
  expect(isLonely(listOf([], { archived: [row('r')] }))).toBe(false)
})

test('muting ends at its time, or never', () => {
  expect(isMuted(row('a', { mutedUntil: 100 }), 99)).toBe(true)
  expect(isMuted(row('a', { mutedUntil: 100 }), 101)).toBe(false)
  expect(isMuted(row('a', { mutedUntil: 'always' }), 1e15)).toBe(true)
  expect(isMuted(row('a'), 0)).toBe(false)
})

test('Alt+arrow goes round the list', () => {
  const rows = [row('a'), row('b'), row('c')]
  expect(neighbour(rows, 'a', 1)?.chat).toBe('b')
  expect(neighbour(rows, 'a', -1)?.chat).toBe('c')
  expect(neighbour(rows, undefined, 1)?.chat).toBe('a')
  expect(neighbour([], 'a', 1)).toBeUndefined()
})

test('a name is found without its accents and case, and marked where it stands', () => {
  expect(matchIn('Lena Marković', 'markovic')).toEqual([5, 13])
  expect(matchIn('Hannah Weiß', 'weiß')).toEqual([7, 11])
  expect(matchIn('Opa 💛 Müller', 'mull')).toEqual([7, 11])
  expect(matchIn('نور الهدى', 'الهدى')).toEqual([4, 9])
  expect(matchIn('Lena', 'x')).toBeUndefined()
  expect(matchIn('Lena', '  ')).toBeUndefined()
})

test('pieces put together are the text', () => {
  const text = 'did the boat survive the weir'
  const parts = pieces(text, [
    [8, 12],
    [25, 29]
  ])
  expect(parts.map((part) => part.text).join('')).toBe(text)
  expect(parts.filter(({ marked }) => marked).map((part) => part.text)).toEqual(['boat', 'weir'])
})

test('initials are two of a Latin name, one of joined or ideographic scripts, the emoji when there is nothing else', () => {
  expect(initials('Lena Marković')).toBe('LM')
  expect(initials('maximiliane katharina von hohenstein')).toBe('MH')
  expect(initials('Opa 💛')).toBe('O')
  expect(initials('نور الهدى')).toBe('ن')
  expect(initials('李明')).toBe('李')
  expect(initials('👩‍👩‍👧')).toBe('👩‍👩‍👧')
  expect(initials('  ')).toBe('?')
})

test('an invitation is found in the middle of a message, from any origin, and nothing else is', () => {
  expect(inviteIn('hi! https://chat.example/#i/aB-_1 see you')).toBe('https://chat.example/#i/aB-_1')
  expect(inviteIn('http://127.0.0.1:8420/#i/abc')).toBe('http://127.0.0.1:8420/#i/abc')
  expect(inviteIn('join us: https://chat.example/#g/aB-_1')).toBe('https://chat.example/#g/aB-_1')
  expect(inviteIn('https://chat.example/chat/abc')).toBeUndefined()
  // oxlint-disable-next-line no-script-url -- what must be refused
  expect(inviteIn('javascript:alert(1)#i/abc')).toBeUndefined()
  expect(inviteIn('')).toBeUndefined()
})

test('the link that is shown is the newest one for many that still works', () => {
  const all = [
    invite('old', { createdAt: 1 }),
    invite('new', { createdAt: 5 }),
    invite('one person', { createdAt: 9, maxUses: 1 }),
    invite('ended', { createdAt: 8, endsAt: 10 }),
    invite('revoked', { createdAt: 7, revoked: true }),
    invite('used up', { createdAt: 6, uses: 16 })
  ]
  expect(reusable(all, 50)?.id).toBe('new')
  expect(reusable(all, 200)).toBeUndefined()
  expect(isOpenLink(invite('one person', { maxUses: 1 }), 50)).toBe(true)
})

test('a relay is called by its host', () => {
  const peer = '12D3KooWabcdefgh'
  expect(relayName({ peer, addresses: ['/dns4/chat.example/tcp/443/wss'] })).toBe('chat.example')
  expect(relayName({ peer, addresses: ['/ip4/127.0.0.1/tcp/8420/ws'] })).toBe('127.0.0.1:8420')
  expect(relayName({ peer, addresses: ['/ip6/::1/tcp/80/ws'] })).toBe('[::1]:80')
  expect(relayName({ peer, addresses: [] })).toBe('…abcdefgh')
})
