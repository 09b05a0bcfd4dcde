import { expect, test } from 'vitest'
import type { ChatId, Did, MessageId } from '../../../src/model/ids.ts'
import { panesOf } from '../../../src/ui/panes.ts'
import { parentOf, parseRoute, routeToPath } from '../../../src/ui/routes.ts'
import type { Route } from '../../../src/ui/routes.ts'

const at = (path: string): Route => parseRoute(`https://chat.example${path}`)
const chat = 'c_-1' as ChatId
const did = 'did:key:z6MkExample' as Did

test('every route survives the way through the address bar', () => {
  const routes: Route[] = [
    { name: 'chats' },
    { name: 'chat', chat },
    { name: 'chat', chat, at: 'm1' as MessageId },
    { name: 'chat', chat, info: 'm2' as MessageId },
    { name: 'contact', did },
    { name: 'settings' },
    { name: 'settings', page: 'network' },
    { name: 'new' },
    { name: 'new-group' },
    { name: 'group', chat },
    { name: 'note', chat },
    { name: 'requests' },
    { name: 'debug' }
  ]
  for (const route of routes) expect(at(routeToPath(route))).toEqual(route)
})

test('a group’s link is an invitation too', () => {
  expect(at('/#g/abc')).toEqual({ name: 'invite', link: 'https://chat.example/#g/abc' })
  expect(at('/#g/')).toEqual({ name: 'chats' })
})

test('the page of a group and its note stand beside the conversation', () => {
  for (const show of ['group', 'note'] as const) {
    expect(panesOf({ name: show, chat })).toEqual({
      list: 'chats',
      main: { show: 'chat', chat },
      side: { show, chat },
      on: 'side'
    })
    expect(parentOf({ name: show, chat })).toEqual({ name: 'chat', chat })
  }
})

test('an invite link wins over any path, and keeps its own origin', () => {
  expect(at('/#i/abc')).toEqual({ name: 'invite', link: 'https://chat.example/#i/abc' })
  expect(parseRoute('https://other.example:8443/#i/abc')).toEqual({
    name: 'invite',
    link: 'https://other.example:8443/#i/abc'
  })
  expect(routeToPath({ name: 'invite', link: 'https://other.example/#i/abc' })).toBe('/#i/abc')
})

test('an address that means nothing is the chat list', () => {
  for (const path of [
    '/',
    '/nowhere',
    '/chat',
    '/chat/',
    '/contact/alice',
    '/%E0%A4%A',
    '/chat/%E0%A4%A',
    '/#x/1',
    '/#i/'
  ])
    expect(at(path)).toEqual({ name: 'chats' })
  expect(at('/settings/nowhere')).toEqual({ name: 'settings' })
})

test('back from a page that was opened directly leads to the screen above', () => {
  expect(parentOf({ name: 'settings', page: 'network' })).toEqual({ name: 'settings' })
  expect(parentOf({ name: 'chat', chat, info: 'm' as MessageId })).toEqual({ name: 'chat', chat })
  expect(parentOf({ name: 'chat', chat })).toEqual({ name: 'chats' })
})

test('a phone shows the pane that the address is about', () => {
  expect(panesOf({ name: 'chats' }).on).toBe('list')
  expect(panesOf({ name: 'requests' })).toMatchObject({ on: 'list', list: 'requests' })
  expect(panesOf({ name: 'chat', chat }).on).toBe('main')
  expect(panesOf({ name: 'chat', chat, info: 'm' as MessageId })).toMatchObject({
    on: 'side',
    main: { show: 'chat', chat },
    side: { show: 'delivery', chat, message: 'm' }
  })
  expect(panesOf({ name: 'settings' })).toMatchObject({ on: 'list', list: 'settings' })
  expect(panesOf({ name: 'settings', page: 'about' })).toMatchObject({ on: 'main', list: 'settings' })
})
