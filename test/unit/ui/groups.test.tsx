// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { NodeApi } from '../../../src/bridge/api.ts'
import { App } from '../../../src/ui/App.tsx'
import { filter } from '../../../src/ui/chats/list-state.ts'
import { question } from '../../../src/ui/kit/dialogs.ts'
import { closeMenu } from '../../../src/ui/kit/menus.ts'
import { hideToast } from '../../../src/ui/kit/toasts.ts'
import { createFakeNode } from '../../ui-harness/fake-node.ts'
import { chatOf, didOf } from '../../ui-harness/made.ts'
import { makeWorld } from '../../ui-harness/worlds.ts'

const LOADING = { timeout: 8000 }
const GROUP = chatOf('Sunday paddlers')

const all = (id: string): HTMLElement[] => Array.from(document.querySelectorAll<HTMLElement>(`[data-id="${id}"]`))
const one = (id: string, inside: ParentNode = document): HTMLElement => {
  const found = inside.querySelector<HTMLElement>(`[data-id="${id}"]`)
  if (found === null) throw new Error(`no ${id}`)
  return found
}
const appears = (id: string): Promise<HTMLElement> => waitFor(() => one(id), LOADING)
const memberRow = (name: string): HTMLElement => {
  const found = all('member-row').find((row) => row.dataset['name'] === name)
  if (found === undefined) throw new Error(`no member ${name}`)
  return found
}
const optionOf = (name: string): HTMLElement | undefined =>
  all('group-member-option').find((found) => found.dataset['name'] === name)
const rowText = (name: string): string =>
  all('chat-row').find((found) => found.dataset['name'] === name)?.textContent ?? ''
const systemLines = (): readonly string[] => all('system-line').map((line) => line.textContent.trim())

const open = (address: string): NodeApi => {
  history.replaceState(null, '', address)
  const node = createFakeNode(makeWorld('normal', new URLSearchParams()))
  render(<App node={node} />)
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
  question.value = undefined
})

test('a group is made of a name and chosen people, and lands in its conversation', async () => {
  const node = open('/new/group')
  const createGroup = vi.spyOn(node, 'createGroup')
  await waitFor(() => expect(optionOf('Aya Bensaïd')).toBeDefined(), LOADING)
  // somebody who only asked to write to us cannot be chosen
  expect(optionOf('מיכל כהן')).toBeUndefined()
  fireEvent.click(one('group-create'))
  await screen.findByText('The group needs a name.')
  expect(createGroup).not.toHaveBeenCalled()
  fireEvent.input(one('group-name'), { target: { value: ' Cake ' } })
  fireEvent.click(optionOf('Aya Bensaïd')?.querySelector('input') as HTMLElement)
  fireEvent.change(one('suite-select'), { target: { value: 'pgp-v6' } })
  fireEvent.click(one('group-create'))
  await waitFor(() => expect(createGroup).toHaveBeenCalledOnce())
  expect(createGroup).toHaveBeenCalledWith({ name: 'Cake', members: [didOf('Aya Bensaïd')], suite: 'pgp-v6' })
  await waitFor(() => expect(one('chat-title').textContent).toContain('Cake'), LOADING)
  await waitFor(() => expect(systemLines()).toEqual(['You created the group “Cake”', 'You added Aya Bensaïd']))
})

test('the list shows who wrote in a group, what happened in words, and that we are mentioned', async () => {
  open('/')
  await appears('chat-row')
  expect(rowText('Sunday paddlers')).toContain('Lena:Great 😄 then we are six')
  expect(rowText('Sunday paddlers')).toContain('1 mention of you')
  expect(rowText('Familie ❤️')).toContain('Hannah Weiß changed the group’s photo')
  expect(rowText('Our street')).toContain('Waiting to be let in')
  fireEvent.click(one('filter-groups'))
  await waitFor(() => expect(all('chat-row').map((found) => found.dataset['kind'])).toEqual(Array(4).fill('group')))
})

test('an admin makes another an admin, and removes somebody after being asked once', async () => {
  const node = open(`/group/${GROUP}`)
  const removeMember = vi.spyOn(node, 'removeMember')
  await appears('member-row')
  expect(memberRow('Aya Bensaïd').dataset['role']).toBe('member')
  fireEvent.click(one('member-menu', memberRow('Aya Bensaïd')))
  fireEvent.click(await appears('make-admin'))
  await waitFor(() => expect(memberRow('Aya Bensaïd').dataset['role']).toBe('admin'))

  fireEvent.click(one('member-menu', memberRow('Ines Okafor')))
  fireEvent.click(await appears('remove-member'))
  const yes = await appears('confirm-remove')
  expect(removeMember).not.toHaveBeenCalled()
  fireEvent.click(yes)
  await waitFor(() => expect(all('member-row').map((row) => row.dataset['name'])).not.toContain('Ines Okafor'))
})

test('who came with a link is let in, and one who asked is gone from the list of those who ask', async () => {
  open(`/group/${GROUP}`)
  fireEvent.click(await appears('join-yes'))
  await waitFor(() => expect(memberRow('Kofi Mensah').dataset['state']).toBe('joining'))
  expect(all('join-row')).toEqual([])
})

test('the last admin is told to name another before leaving', async () => {
  const node = open(`/group/${GROUP}`)
  await appears('member-row')
  await node.setRole(GROUP, didOf('Lena Marković'), 'member')
  await screen.findByText('You are the only admin. Make somebody else an admin first, then you can leave.')
  fireEvent.click(one('leave-group'))
  await waitFor(() => expect(one('toast').textContent).toContain('only admin'))
  expect(question.value).toBeUndefined()
})

test('leaving asks once; then the conversation stays readable and says why nothing can be written', async () => {
  open(`/group/${GROUP}`)
  fireEvent.click(await appears('leave-group'))
  fireEvent.click(await appears('confirm-leave'))
  await waitFor(() => expect(one('read-only').textContent).toContain('You are no longer in this group'), LOADING)
  expect(document.querySelector('[data-id="composer"]')).toBeNull()
  expect(all('message').length).toBeGreaterThan(0)
})

test('a link is made, shown with its code, and switched off', async () => {
  const node = open(`/group/${GROUP}`)
  fireEvent.click(await appears('group-link'))
  expect((await appears('invite-link')).textContent).toContain('#g/')
  const links = all('group-link-row').length
  expect(links).toBe(2)
  const revoke = vi.spyOn(node, 'revokeGroupLink')
  fireEvent.click(one('group-link-menu'))
  fireEvent.click(await appears('revoke'))
  fireEvent.click(await appears('confirm-revoke'))
  await waitFor(() => expect(revoke).toHaveBeenCalledOnce())
  await waitFor(() => expect(all('group-link-row')).toHaveLength(links - 1))
})

test('the timer is chosen on the page and stands in the bar of the conversation', async () => {
  open(`/group/${GROUP}`)
  const select = await appears('timer-select')
  fireEvent.change(select, { target: { value: '3600' } })
  await waitFor(() => expect(one('chat-timer').dataset['seconds']).toBe('3600'))
  fireEvent.change(one('timer-select'), { target: { value: '0' } })
  await waitFor(() => expect(all('chat-timer')).toEqual([]))
})

test('a mention is completed from the box, goes out with the account it names, and is highlighted', async () => {
  const node = open(`/chat/${GROUP}`)
  const send = vi.spyOn(node, 'send')
  const box = (await appears('composer')) as HTMLTextAreaElement
  await waitFor(() => expect(one('chat-members').textContent).toContain('6 members'))
  fireEvent.input(box, { target: { value: 'hi @tom' } })
  const option = await appears('mention-option')
  expect(option.textContent).toContain('Tomás Ferreira')
  fireEvent.keyDown(box, { key: 'Enter' })
  await waitFor(() => expect(box.value).toBe('hi @Tomás Ferreira '))
  expect(send).not.toHaveBeenCalled()
  expect(all('mention-option')).toEqual([])
  fireEvent.keyDown(box, { key: 'Enter' })
  await waitFor(() => expect(send).toHaveBeenCalledOnce())
  expect(send.mock.calls[0]?.[1]).toEqual({ text: 'hi @Tomás Ferreira', mentions: [didOf('Tomás Ferreira')] })
  await waitFor(() => expect(all('mention').at(-1)?.textContent).toBe('@Tomás Ferreira'))
})

test('authors stand over their messages, and a mention of us is said', async () => {
  open(`/chat/${GROUP}`)
  await appears('message')
  const ines = all('message').find((message) => message.textContent.includes('room for one more'))
  expect(one('author', ines).textContent).toBe('Ines Okafor')
  expect(ines?.getAttribute('aria-label')).toContain('mentions you')
  // the second of one author within five minutes has no name over it
  const pump = all('message').find((message) => message.textContent.includes('And who has the pump?'))
  expect(pump?.querySelector('[data-id="author"]')).toBeNull()
})

test('where only admins write, the box is replaced by the reason', async () => {
  open(`/chat/${chatOf('Familie')}`)
  expect((await appears('read-only')).textContent).toContain('Only admins write in this group.')
})

test('a message is pinned from its menu and shown over the conversation', async () => {
  open(`/chat/${chatOf('Aya Bensaïd')}`)
  const message = await appears('message')
  expect(all('pinned-banner')).toEqual([])
  fireEvent.contextMenu(message)
  fireEvent.click(await appears('action-pin'))
  await waitFor(() =>
    expect(one('pinned-banner').textContent).toContain('Did you read https://example.org/late-trains')
  )
})

test('delivery in a group has one row a member', async () => {
  open(`/chat/${GROUP}`)
  await appears('message')
  const mine = all('message')
    .filter(({ dataset }) => dataset['mine'] === 'true')
    .at(-1)
  fireEvent.click(one('status', mine))
  await appears('delivery-member')
  expect(all('delivery-member').map((row) => row.dataset['status'])).toEqual([
    'read',
    'delivered',
    'queued',
    'queued',
    'queued'
  ])
})

test('a contact with new keys is told apart from one whose identity somebody shows', async () => {
  open(`/contact/${didOf('Hannah Weiß')}`)
  expect((await appears('contact-keys')).textContent).toContain('Hannah Weiß has new keys')
  cleanup()
  open(`/contact/${didOf('Jun Satō')}`)
  expect((await appears('contact-broken')).textContent).toContain('never announced')
  expect(all('contact-keys')).toEqual([])
  // also where one writes to them
  expect((await appears('doubt-banner')).textContent).toContain('in doubt who this is')
})

test('the details say what the encryption protects from, and what it does not', async () => {
  open(`/group/${chatOf('Familie')}`)
  const suite = await appears('suite')
  expect(suite.dataset['suite']).toBe('pgp-v6')
  expect(suite.parentElement?.textContent).toContain('No forward secrecy')
  expect(suite.parentElement?.textContent).toContain('9 devices now, at most 50')
})

test('what is typed into the shared note is kept, and who wrote it is said', async () => {
  const node = open(`/note/${GROUP}`)
  const note = (await appears('note-text')) as HTMLTextAreaElement
  await waitFor(() => expect(note.hidden).toBe(false), LOADING)
  const changeNote = vi.spyOn(node, 'changeNote')
  fireEvent.input(note, { target: { value: 'pump, tape' } })
  fireEvent.blur(note)
  await waitFor(() => expect(changeNote).toHaveBeenCalled())
  await waitFor(() => expect(one('note-state').dataset['state']).toBe('saved'))
  await waitFor(() => expect(one('note-authors').textContent).toBe('Written by you'))
  cleanup()
  history.replaceState(null, '', `/note/${GROUP}`)
  render(<App node={node} />)
  await waitFor(() => expect((one('note-text') as HTMLTextAreaElement).value).toBe('pump, tape'), LOADING)
})
