// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { AppError } from '../../../../src/base/errors.ts'
import type { NodeApi } from '../../../../src/bridge/api.ts'
import { ChatScreen } from '../../../../src/ui/chat/ChatScreen.tsx'
import { ConfirmHost } from '../../../../src/ui/kit/ConfirmHost.tsx'
import { MenuHost } from '../../../../src/ui/kit/MenuHost.tsx'
import { ToastHost } from '../../../../src/ui/kit/ToastHost.tsx'
import { createAppState, StateProvider } from '../../../../src/ui/state/node.tsx'
import { createFakeNode } from '../../../ui-harness/fake-node.ts'
import { chatOf } from '../../../ui-harness/made.ts'
import { makeWorld } from '../../../ui-harness/worlds.ts'

afterEach(() => {
  cleanup()
  sessionStorage.clear()
})

const byId = (id: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-id="${id}"]`)
  if (found === null) throw new Error(`nothing with data-id ${id}`)
  return found
}
const box = (): HTMLTextAreaElement => byId('composer') as HTMLTextAreaElement
const messages = (): readonly HTMLElement[] => Array.from(document.querySelectorAll<HTMLElement>('[data-id="message"]'))
const texts = (): readonly string[] => messages().map((one) => one.querySelector('[data-id="text"]')?.textContent ?? '')
const type = (text: string): void => {
  fireEvent.input(box(), { target: { value: text } })
}
const press = (key: string, more: object = {}): void => {
  fireEvent.keyDown(box(), { key, ...more })
}

/** A conversation in front of a node whose answers a test may change. */
const open = async (name: string, change: (node: NodeApi) => Partial<NodeApi> = () => ({})): Promise<NodeApi> => {
  const fake = createFakeNode(makeWorld('normal', new URLSearchParams()))
  const node: NodeApi = { ...fake, ...change(fake) }
  const state = createAppState(node)
  render(
    <StateProvider value={state}>
      <ChatScreen chat={chatOf(name)} />
      <MenuHost />
      <ConfirmHost />
      <ToastHost />
    </StateProvider>
  )
  await waitFor(() => expect(document.querySelector('[data-screen="chat"]')).not.toBeNull())
  await waitFor(() => expect(messages().length).toBeGreaterThan(0))
  return node
}

test('a sent text is a bubble in the same frame, before the node has answered, and the box is free', async () => {
  let answer: (() => void) | undefined
  await open('Lena Marković', (fake) => ({
    send: async (...args) => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return await fake.send(...args)
    }
  }))
  type('see you at six')
  press('Enter')
  await waitFor(() => expect(texts().at(-1)).toBe('see you at six'))
  expect(messages().at(-1)?.dataset['status']).toBe('queued')
  expect(box().value).toBe('')
  answer?.()
  await waitFor(() => expect(messages().at(-1)?.dataset['message']).not.toMatch(/^pending/))
  expect(texts().filter((text) => text === 'see you at six')).toHaveLength(1)
})

test('a text that could not be kept comes back into the box, before what was typed since', async () => {
  const fail = Promise.withResolvers<never>()
  await open('Lena Marković', () => ({ send: () => fail.promise }))
  type('important')
  press('Enter')
  type('and more')
  fail.reject(new AppError('quota', 'full'))
  await waitFor(() => expect(box().value).toBe('important\nand more'))
  expect(texts()).not.toContain('important')
  expect(byId('toast').textContent).toContain('full')
})

test('a draft outlives the screen, and is not cleared before the message has its id', async () => {
  const saved: string[] = []
  const send = Promise.withResolvers<never>()
  await open('Lena Marković', () => ({
    saveDraft: async (_chat, { text }) => void saved.push(text),
    send: () => send.promise
  }))
  type('half a thou')
  fireEvent.blur(box())
  expect(saved).toEqual(['half a thou'])
  press('Enter')
  await waitFor(() => expect(box().value).toBe(''))
  expect(saved).toEqual(['half a thou'])
  send.reject(new AppError('aborted', 'test is over'))
  await waitFor(() => expect(box().value).toBe('half a thou'))
})

test('a stored draft stands in the box when the chat is opened', async () => {
  await open('Hannah Weiß')
  await waitFor(() => expect(box().value).toBe('could you send me the keys to the cellar'))
})

test('Enter inside an input method sends nothing', async () => {
  const send = vi.fn()
  await open('Lena Marković', () => ({ send }))
  type('にほ')
  press('Enter', { isComposing: true })
  press('Enter', { keyCode: 229 })
  expect(send).not.toHaveBeenCalled()
  expect(box().value).toBe('にほ')
})

test('the arrow up in an empty box changes the last own message, Escape gives the box back', async () => {
  const node = await open('Lena Marković')
  const edit = vi.spyOn(node, 'edit')
  press('ArrowUp')
  await waitFor(() => expect(box().value).toBe('And this one waits'))
  press('Escape')
  await waitFor(() => expect(box().value).toBe(''))
  press('ArrowUp')
  await waitFor(() => expect(box().value).toBe('And this one waits'))
  type('And this one waits, changed')
  press('Enter')
  await waitFor(() => expect(texts().at(-1)).toBe('And this one waits, changed'))
  expect(edit).toHaveBeenCalledOnce()
  expect(box().value).toBe('')
})

test('a reply carries its quote and goes out with the id of what it answers', async () => {
  const node = await open('Lena Marković')
  const send = vi.spyOn(node, 'send')
  const target = messages().find((one) => one.textContent.includes('On their way'))
  if (target === undefined) throw new Error('no such message')
  fireEvent.contextMenu(target)
  fireEvent.click(await waitFor(() => byId('action-reply')))
  await waitFor(() => expect(byId('reply-banner').textContent).toContain('On their way'))
  type('good!')
  press('Enter')
  await waitFor(() => expect(texts().at(-1)).toBe('good!'))
  expect(send.mock.calls[0]?.[1]).toEqual({ text: 'good!', replyTo: target.dataset['message'] })
  expect(messages().at(-1)?.querySelector('[data-id="quote"]')?.textContent).toContain('On their way')
})

test('a text over the limit cannot be sent and the box says by how much', async () => {
  const send = vi.fn()
  await open('Lena Marković', () => ({ send }))
  type('x'.repeat(16 * 1024 + 3))
  press('Enter')
  expect(send).not.toHaveBeenCalled()
  await waitFor(() => expect(byId('char-counter').textContent).toContain('3 characters too long'))
  expect((byId('send') as HTMLButtonElement).disabled).toBe(true)
})

test('nothing that a peer wrote becomes an element', async () => {
  const node = await open('Lena Marković')
  const evil = '<img src=x onerror=alert(1)><script>alert(1)</script> javascript:alert(1)'
  await node.send(chatOf('Lena Marković'), { text: evil })
  await waitFor(() => expect(texts().at(-1)).toBe(evil))
  const last = messages().at(-1)
  expect(last?.querySelector('img, script, a')).toBeNull()
})

test('a message is one utterance: author, text, time, status', async () => {
  await open('Lena Marković')
  const mine = messages().find((one) => one.textContent.includes('On their way'))
  expect(mine?.getAttribute('aria-label')).toMatch(
    /^You: On their way, straight from my laptop\. Saturday works!, \d.*, Delivered$/
  )
})

test('the first unread message has the divider above it', async () => {
  await open('Tomás Ferreira')
  expect(byId('unread-divider').textContent).toContain('12')
})

test('a stranger’s request offers to accept or decline, and no box to write in', async () => {
  await open('מיכל כהן')
  expect(document.querySelector('[data-id="composer"]')).toBeNull()
  fireEvent.click(byId('accept-request'))
  await waitFor(() => expect(document.querySelector('[data-id="composer"]')).not.toBeNull())
})

test('deleting asks for whom; other people’s messages only for me', async () => {
  await open('Lena Marković')
  const theirs = messages().find((one) => one.dataset['mine'] === 'false')
  if (theirs === undefined) throw new Error('no message of theirs')
  fireEvent.contextMenu(theirs)
  fireEvent.click(await waitFor(() => byId('action-remove')))
  const dialog = await screen.findByRole('dialog', { hidden: true })
  expect(within(dialog).queryByText('Delete for everyone')).toBeNull()
  fireEvent.click(byId('remove-me'))
  await waitFor(() => expect(theirs.isConnected).toBe(false))
})
