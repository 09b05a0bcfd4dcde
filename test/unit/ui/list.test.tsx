// @vitest-environment jsdom
import { cleanup, fireEvent, render, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { NodeApi } from '../../../src/bridge/api.ts'
import { App } from '../../../src/ui/App.tsx'
import { filter, searchText } from '../../../src/ui/chats/list-state.ts'
import { question } from '../../../src/ui/kit/dialogs.ts'
import { closeMenu } from '../../../src/ui/kit/menus.ts'
import { hideToast } from '../../../src/ui/kit/toasts.ts'
import { createFakeNode } from '../../ui-harness/fake-node.ts'
import { makeWorld } from '../../ui-harness/worlds.ts'

const LOADING = { timeout: 8000 }

const all = (id: string): HTMLElement[] => Array.from(document.querySelectorAll<HTMLElement>(`[data-id="${id}"]`))
const one = (id: string): HTMLElement => {
  const [found] = all(id)
  if (found === undefined) throw new Error(`no ${id}`)
  return found
}
const names = (): (string | undefined)[] => all('chat-row').map((row) => row.dataset['name'])

const open = async (address = '/', state = 'normal'): Promise<NodeApi> => {
  history.replaceState(null, '', address)
  const node = createFakeNode(makeWorld(state, new URLSearchParams()))
  render(<App node={node} />)
  await waitFor(() => expect(document.querySelector('[data-screen="chats"], [data-screen="requests"]')).not.toBeNull())
  await waitFor(() => expect(one('chat-row')).not.toBeNull(), LOADING)
  return node
}

beforeEach(() => {
  window.matchMedia ??= vi.fn(() => ({
    matches: false,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn()
  })) as never
  HTMLDialogElement.prototype.showModal ??= vi.fn()
})
afterEach(() => {
  cleanup()
  closeMenu()
  hideToast()
  filter.value = 'all'
  searchText.value = ''
  question.value = undefined
})

test('the row says everything in one sentence: name, marks, preview, unread', async () => {
  await open()
  const tomas = all('chat-row').find((row) => row.dataset['name'] === 'Tomás Ferreira')
  expect(tomas?.dataset['unread']).toBe('12')
  expect(tomas?.textContent).toMatch(/Tomás Ferreira.*12 unread messages/)
  const hannah = all('chat-row').find((row) => row.dataset['name'] === 'Hannah Weiß')
  expect(hannah?.textContent).toContain('Draft:could you send me the keys')
})

test('the unread filter shows unread chats only; requests are in their own place', async () => {
  await open()
  expect(names()).not.toContain('מיכל כהן')
  fireEvent.click(one('filter-unread'))
  await waitFor(() => expect(names()).toHaveLength(5))
  fireEvent.click(one('filter-requests'))
  await waitFor(() => expect(names()).toEqual(['מיכל כהן']))
  expect(location.pathname).toBe('/requests')
})

test('accepting a request opens its chat', async () => {
  const node = await open('/requests')
  const accept = vi.spyOn(node, 'acceptRequest')
  fireEvent.click(one('accept-request'))
  await waitFor(() => expect(location.pathname).toMatch(/^\/chat\//))
  expect(accept).toHaveBeenCalledOnce()
})

test('the menu of a row archives, says so, and can be undone', async () => {
  await open()
  const before = names()
  fireEvent.contextMenu(one('chat-row'), { clientX: 50, clientY: 50 })
  fireEvent.click(one('archive'))
  await waitFor(() => expect(names()).toEqual(before.slice(1)))
  await waitFor(() => expect(one('toast').textContent).toContain('was archived'))
  fireEvent.click(one('toast-action'))
  await waitFor(() => expect(names()).toEqual(before))
})

test('blocking asks once, and a "no" changes nothing', async () => {
  const node = await open()
  const set = vi.spyOn(node, 'setContact')
  fireEvent.contextMenu(one('chat-row'), { clientX: 50, clientY: 50 })
  fireEvent.click(one('menu-block'))
  await waitFor(() => expect(one('confirm-block')).not.toBeNull())
  fireEvent.click(one('confirm-no'))
  await waitFor(() => expect(all('confirm-block')).toHaveLength(0))
  expect(set).not.toHaveBeenCalled()
})

test('arrow keys move among rows, of which one is in the tab order', async () => {
  await open()
  const rows = all('chat-row')
  expect(rows.filter((row) => row.tabIndex === 0)).toHaveLength(1)
  rows[0]?.focus()
  fireEvent.keyDown(rows[0] as HTMLElement, { key: 'ArrowDown' })
  expect(document.activeElement).toBe(rows[1])
  fireEvent.keyDown(rows[1] as HTMLElement, { key: 'End' })
  expect(document.activeElement).toBe(rows.at(-1))
})

test('the search finds people without accents and messages with the place marked, and a hit leads to the message', async () => {
  await open()
  fireEvent.input(one('search-input'), { target: { value: 'markovic' } })
  await waitFor(() => expect(one('search-chat').dataset['name']).toBe('Lena Marković'), LOADING)
  fireEvent.input(one('search-input'), { target: { value: 'weir' } })
  await waitFor(() => expect(one('search-hit').querySelector('mark')?.textContent).toBe('weir'), LOADING)
  const message = one('search-hit').dataset['message']
  fireEvent.click(one('search-hit'))
  expect(location.search).toBe(`?at=${message}`)
})

test('Ctrl+K jumps to a chat by a few letters, on any keyboard layout', async () => {
  await open()
  fireEvent.keyDown(window, { key: 'л', code: 'KeyK', ctrlKey: true })
  await waitFor(() => expect(one('switcher-input')).not.toBeNull(), LOADING)
  fireEvent.input(one('switcher-input'), { target: { value: 'aya' } })
  await waitFor(() => expect(all('switcher-option')).toHaveLength(1))
  fireEvent.keyDown(one('switcher-input'), { key: 'Enter' })
  await waitFor(() => expect(location.pathname).toMatch(/^\/chat\//))
})

test('the title of the tab counts what is unread', async () => {
  await open()
  await waitFor(() => expect(document.title).toMatch(/^\((?:\d+|99\+)\) CryptoChat$/))
})

test('nobody there yet: the list says what to do', async () => {
  history.replaceState(null, '', '/')
  render(<App node={createFakeNode(makeWorld('empty', new URLSearchParams()))} />)
  await waitFor(() => expect(one('empty-invite').getAttribute('href')).toBe('/new'), LOADING)
})
