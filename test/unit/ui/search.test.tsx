// @vitest-environment jsdom
/** Searching everywhere with filters, and in one conversation: what is shown while hits come, and what is asked. */
import { cleanup, fireEvent, render, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { latest } from '../../../src/base/latest.ts'
import type { NodeApi } from '../../../src/bridge/api.ts'
import type { SearchView } from '../../../src/model/views.ts'
import { App } from '../../../src/ui/App.tsx'
import { forgetSearch } from '../../../src/ui/chats/list-state.ts'
import { createFakeNode } from '../../ui-harness/fake-node.ts'
import { chatOf } from '../../ui-harness/made.ts'
import { makeWorld } from '../../ui-harness/worlds.ts'

const LOADING = { timeout: 8000 }
const all = (id: string): HTMLElement[] => Array.from(document.querySelectorAll<HTMLElement>(`[data-id="${id}"]`))
const one = (id: string): HTMLElement => {
  const [found] = all(id)
  if (found === undefined) throw new Error(`no ${id}`)
  return found
}
const there = (id: string): Promise<void> => waitFor(() => void one(id), LOADING)
const type = (id: string, value: string): void => void fireEvent.input(one(id), { target: { value } })
const choose = (id: string, value: string): void => void fireEvent.change(one(id), { target: { value } })

const open = async (address = '/', until = 'search-input'): Promise<NodeApi> => {
  history.replaceState(null, '', address)
  const node = createFakeNode(makeWorld('normal', new URLSearchParams()))
  render(<App node={node} />)
  await there(until)
  return node
}

beforeEach(() => {
  window.matchMedia ??= vi.fn(() => ({
    matches: false,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn()
  })) as never
})
afterEach(() => {
  cleanup()
  forgetSearch()
})

test('the node gets ready when the box takes the focus', async () => {
  const node = await open()
  const search = vi.spyOn(node, 'search')
  fireEvent.focus(one('search-input'))
  expect(search).toHaveBeenCalledWith('')
})

test('filters by chat, person and day are given to the node, and leave names out', async () => {
  const node = await open()
  const asked = vi.spyOn(node, 'watchSearch')
  type('search-input', 'a')
  await there('search-hit')
  expect(all('search-chat').length).toBeGreaterThan(0)
  fireEvent.click(one('search-filters'))
  choose('find-chat', chatOf('Lena Marković'))
  await waitFor(() => expect(all('search-chat')).toEqual([]))
  choose('find-from', '2026-11-02')
  choose('find-to', '2026-11-03')
  await waitFor(() =>
    expect(asked).toHaveBeenLastCalledWith('a', {
      chat: chatOf('Lena Marković'),
      from: new Date(2026, 10, 2).getTime(),
      // the day itself counts
      to: new Date(2026, 10, 4).getTime()
    })
  )
  expect(one('search-filters').textContent).toContain('3')
  fireEvent.click(one('find-clear'))
  await waitFor(() => expect(asked).toHaveBeenLastCalledWith('a', {}))
  await waitFor(() => expect(all('search-chat').length).toBeGreaterThan(0))
})

test('while history is still looked through, hits are shown and it is said', async () => {
  const node = await open()
  let push: ((view: SearchView) => void) | undefined
  vi.spyOn(node, 'watchSearch').mockImplementation(() =>
    latest<SearchView>((tell) => {
      push = tell
      return () => undefined
    })
  )
  const hit = { message: 'm1' as never, chat: 'c' as never, author: 'Lena', at: 1, excerpt: 'one needle', marks: [] }
  type('search-input', 'needle')
  await waitFor(() => {
    push?.({ hits: [hit], isWhole: false })
    expect(all('search-hit')).toHaveLength(1)
  }, LOADING)
  await there('search-more')
  push?.({ hits: [hit, { ...hit, message: 'm2' as never }], isWhole: true })
  await waitFor(() => expect(all('search-hit')).toHaveLength(2))
  expect(all('search-more')).toEqual([])
})

test('Ctrl+Shift+F leads to the box from anywhere', async () => {
  await open('/settings/about', 'build')
  fireEvent.keyDown(window, { key: 'F', code: 'KeyF', ctrlKey: true, shiftKey: true })
  await waitFor(() => expect((document.activeElement as HTMLElement).dataset['id']).toBe('search-input'))
})

test('in a conversation the hits are of that chat alone, and accents do not matter', async () => {
  const node = await open(`/chat/${chatOf('Lena Marković')}`)
  const asked = vi.spyOn(node, 'watchSearch')
  await there('chat-search')
  fireEvent.click(one('chat-search'))
  await there('chat-search-input')
  type('chat-search-input', 'boat')
  await there('chat-search-hit')
  expect(asked).toHaveBeenLastCalledWith('boat', { chat: chatOf('Lena Marković') })
})
