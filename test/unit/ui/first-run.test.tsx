// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { NodeApi } from '../../../src/bridge/api.ts'
import { App } from '../../../src/ui/App.tsx'
import { endFirstRun } from '../../../src/ui/onboarding/first-run.ts'
import { createFakeNode } from '../../ui-harness/fake-node.ts'
import { makeWorld } from '../../ui-harness/worlds.ts'

/** The screens are loaded when they are shown; on a busy machine that takes a while. */
const LOADING = { timeout: 8000 }

const open = (address: string, state: string): NodeApi => {
  history.replaceState(null, '', address)
  const node = createFakeNode(makeWorld(state, new URLSearchParams()))
  render(<App node={node} />)
  return node
}
const control = (id: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-id="${id}"]`)
  if (found === null) throw new Error(`no ${id}`)
  return found
}
const shown = async (name: string): Promise<void> => {
  await waitFor(() => expect(document.querySelector(`[data-screen="${name}"]`)).not.toBeNull(), LOADING)
}

beforeEach(() => {
  // jsdom has neither
  HTMLDialogElement.prototype.showModal ??= vi.fn()
  window.matchMedia ??= vi.fn(() => ({
    matches: false,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn()
  })) as never
  window.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
})
afterEach(() => {
  cleanup()
  endFirstRun()
})

test('a newcomer is asked for a name, sees their own link, and reaches the chats', async () => {
  const node = open('/', 'first-run')
  const create = vi.spyOn(node, 'createAccount')
  await shown('welcome')
  fireEvent.input(control('name-input'), { target: { value: '  Mia ' } })
  fireEvent.click(control('continue'))
  await shown('link')
  expect(create).toHaveBeenCalledWith({ name: 'Mia' })
  await waitFor(() => expect(control('invite-link').textContent).toMatch(/\/#i\//), LOADING)
  fireEvent.click(control('continue'))
  await shown('chats')
}, 20_000)

test('the identity is being made while the name is typed', async () => {
  history.replaceState(null, '', '/')
  const node = createFakeNode(makeWorld('first-run', new URLSearchParams()))
  const prepare = vi.spyOn(node, 'prepareAccount')
  render(<App node={node} />)
  await shown('welcome')
  await waitFor(() => expect(prepare).toHaveBeenCalled())
}, 20_000)

test('without a name nothing happens but a word about it', async () => {
  const node = open('/', 'first-run')
  const create = vi.spyOn(node, 'createAccount')
  await shown('welcome')
  fireEvent.click(control('continue'))
  expect((await screen.findByRole('alert')).textContent).toBe('Please enter a name.')
  expect(create).not.toHaveBeenCalled()
}, 20_000)

test('who comes by an invitation sees who invites, and lands in that chat after the name', async () => {
  const node = open('/#i/abc', 'first-run')
  const openInvite = vi.spyOn(node, 'openInvite')
  await shown('welcome')
  await waitFor(() => expect(control('invite-from').textContent).toContain('Alice Nakamura'), LOADING)
  fireEvent.input(control('name-input'), { target: { value: 'Mia' } })
  fireEvent.click(control('continue'))
  await waitFor(() => expect(location.pathname).toMatch(/^\/chat\//), LOADING)
  expect(openInvite).toHaveBeenCalledWith(expect.stringMatching(/#i\/abc$/))
}, 20_000)

test('with an account an invitation is shown first, and accepted only by its button', async () => {
  const node = open('/#i/abc', 'normal')
  const openInvite = vi.spyOn(node, 'openInvite')
  await shown('invite')
  expect(openInvite).not.toHaveBeenCalled()
  fireEvent.click(control('accept-invite'))
  await waitFor(() => expect(location.pathname).toMatch(/^\/chat\//), LOADING)
}, 20_000)

test('one’s own link says so and offers nothing to accept', async () => {
  open('/#i/own', 'normal')
  await shown('invite')
  await screen.findByText(/your own link/, undefined, LOADING)
  expect(document.querySelector('[data-id="accept-invite"]')).toBeNull()
}, 20_000)
