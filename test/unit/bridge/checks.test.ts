import { expect, test } from 'vitest'
import type { NodeApi } from '../../../src/bridge/api.ts'
import { nodeApiChecks } from '../../../src/bridge/worker/checks.ts'

type Name = keyof NodeApi
const refuses = (name: Name, ...args: readonly unknown[]): void =>
  expect(() => nodeApiChecks[name](args), `${name} ${JSON.stringify(args)}`).toThrow(
    expect.objectContaining({ code: 'malformed' })
  )
const takes = (name: Name, ...args: readonly unknown[]): void => nodeApiChecks[name](args)

test('what the methods take passes', () => {
  takes('prepareAccount')
  takes('createAccount', { name: 'Ada' })
  takes('createAccount', { name: 'Ada', photo: new Uint8Array(9) })
  takes('setProfile', { photo: null })
  takes('send', 'chat', { text: 'hi' })
  takes('send', 'chat', { text: 'hi', replyTo: 'message' }, 'nonce')
  takes('watchTimeline', 'chat', { around: 'end', before: 50, after: 0 })
  takes('react', 'chat', 'message', null)
  takes('setChat', 'chat', { mutedUntil: 'always' })
  takes('setChat', 'chat', { mutedUntil: null, pinned: true })
  takes('createInvite')
  takes('createInvite', { maxUses: 1 })
  takes('openInvite', 'link', { scanned: true })
  takes('exportKey', 'secret', 'a passphrase')
})

test('missing, extra and wrong arguments are malformed', () => {
  refuses('send')
  refuses('send', 'chat')
  refuses('send', 'chat', { text: 7 })
  refuses('send', 'chat', { text: 'hi' }, 'nonce', 'more')
  refuses('send', ['chat'], { text: 'hi' })
  refuses('react', 'chat', 'message')
  refuses('remove', 'chat', 'message', 'all')
  refuses('watchTimeline', 'chat', { around: 'end', before: -1, after: 0 })
  refuses('watchTimeline', 'chat', { around: 'end', before: 1e9, after: 0 })
  refuses('createAccount', { name: 'Ada', photo: [1, 2] })
  refuses('exportKey', 'everything')
  refuses('prepareAccount', 1)
})

test('fields nobody declared are malformed', () => {
  refuses('setSettings', { theme: 'dark', homepage: 'x' })
  refuses('createInvite', { maxUses: 1, owner: 'me' })
})

test('what is too long is malformed before anything looks at it', () => {
  refuses('send', 'c'.repeat(201), { text: 'hi' })
  refuses('send', 'chat', { text: 'x'.repeat(64 * 1024 + 1) })
  refuses('readInvite', 'x'.repeat(5000))
  refuses('setProfile', { photo: new Uint8Array(512 * 1024 + 1) })
})

test('an inherited name is no field', () => {
  refuses('createAccount', Object.create({ name: 'Ada' }))
})
