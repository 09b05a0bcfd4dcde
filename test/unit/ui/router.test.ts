// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChatId } from '../../../src/model/ids.ts'
import { goBack, navigate, route, startRouter } from '../../../src/ui/router.ts'

const one = { name: 'chat', chat: 'one' as ChatId } as const
let stop = (): void => undefined

beforeEach(() => {
  history.replaceState(null, '', '/')
  stop = startRouter()
})
afterEach(() => stop())

const popped = (): Promise<void> =>
  new Promise((resolve) => window.addEventListener('popstate', () => resolve(), { once: true }))

test('going somewhere changes the address and can be undone with the browser’s own button', async () => {
  navigate(one)
  expect(location.pathname).toBe('/chat/one')
  expect(route.value).toEqual(one)
  const back = popped()
  history.back()
  await back
  expect(route.value).toEqual({ name: 'chats' })
})

test('"back" on screen is the same step as the browser’s', async () => {
  navigate(one)
  navigate({ name: 'settings' })
  const back = popped()
  goBack()
  await back
  expect(route.value).toEqual(one)
})

test('"back" never leaves the app: a page opened directly goes to the screen above', () => {
  stop()
  history.replaceState(null, '', '/settings/network')
  stop = startRouter()
  goBack()
  expect(route.value).toEqual({ name: 'settings' })
  expect(location.pathname).toBe('/settings')
})

test('replacing leaves no way back, and going where one is adds no entry', () => {
  const before = history.length
  navigate(one, { replace: true })
  navigate(one)
  expect(history.length).toBe(before)
  expect(route.value).toEqual(one)
})
