// @vitest-environment jsdom
/** Lock screen, passphrase, backup and restore, the replaced device, OpenPGP texts: what the person sees and what is asked of the node. */
import { cleanup, fireEvent, render, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { NodeApi } from '../../../src/bridge/api.ts'
import { App } from '../../../src/ui/App.tsx'
import { forgetSearch } from '../../../src/ui/chats/list-state.ts'
import { isOpeningText } from '../../../src/ui/security/openpgp-state.ts'
import { strengthOf } from '../../../src/ui/security/strength.ts'
import { endFirstRun } from '../../../src/ui/onboarding/first-run.ts'
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
const screen = (): string[] =>
  Array.from(document.querySelectorAll<HTMLElement>('[data-screen]'), ({ dataset }) => dataset['screen'] ?? '')
const type = (id: string, value: string): void => void fireEvent.input(one(id), { target: { value } })
const there = (id: string): Promise<void> => waitFor(() => void one(id), LOADING)
const shown = (name: string): Promise<void> => waitFor(() => expect(screen()).toContain(name), LOADING)
const submit = (id: string): void => {
  const form = one(id).closest('form')
  if (form === null) throw new Error(`${id} is in no form`)
  fireEvent.submit(form)
}

const open = (address = '/', query = ''): NodeApi => {
  history.replaceState(null, '', address)
  const wanted = new URLSearchParams(query)
  const node = createFakeNode(makeWorld(wanted.get('state') ?? 'normal', wanted), wanted)
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
  HTMLDialogElement.prototype.close ??= vi.fn()
  localStorage.clear()
})
afterEach(() => {
  cleanup()
  hideToast()
  endFirstRun()
  forgetSearch()
  isOpeningText.value = false
  vi.restoreAllMocks()
})

// first, because a backup made by a later test would be the answer to it
test('the reminder of a backup comes after a conversation, and "later" is kept', async () => {
  open('/')
  await there('backup-reminder')
  fireEvent.click(one('backup-later'))
  await waitFor(() => expect(all('backup-reminder')).toEqual([]))
  cleanup()
  open('/', 'state=empty')
  await shown('chats')
  expect(all('backup-reminder')).toEqual([])
})

test('locked: nothing of the chats is on the page, a wrong passphrase says so, the right one leads back to where one was', async () => {
  open('/settings/network', 'lock=locked')
  await shown('locked')
  expect(document.body.textContent).not.toContain('Lena')
  await there('unlock-input')
  type('unlock-input', 'wrong')
  submit('unlock-input')
  await waitFor(() => expect(document.querySelector('[role="alert"]')?.textContent).toMatch(/not the passphrase/))
  type('unlock-input', 'sesame')
  submit('unlock-input')
  await shown('settings-network')
})

test('locking takes everything off the page at once, the title and the search too', async () => {
  const node = open('/', 'lock=passphrase')
  await there('chat-row')
  await waitFor(() => expect(document.title).toMatch(/^\(/))
  type('search-input', 'Lena')
  await node.lock()
  await shown('locked')
  expect(document.body.textContent).not.toContain('Lena')
  await waitFor(() => expect(document.title).toBe('CryptoChat'))
  await node.unlock({ by: 'passphrase', passphrase: 'sesame' })
  await there('chat-row')
  expect(one('search-input')).toHaveProperty('value', '')
})

test('what is typed can be shown, and Caps Lock is told', async () => {
  open('/', 'lock=locked')
  await there('unlock-input')
  const field = one('unlock-input')
  expect(field).toHaveProperty('type', 'password')
  fireEvent.click(field.parentElement!.querySelector('button')!)
  expect(field).toHaveProperty('type', 'text')
  fireEvent.keyDown(field, { key: 'A', modifierCapsLock: true })
  await waitFor(() => expect(document.querySelector('[role="alert"]')?.textContent).toMatch(/Caps Lock/))
})

test('erasing asks for a typed word', async () => {
  const node = open('/', 'lock=locked')
  const wipe = vi.spyOn(node, 'wipe')
  await there('wipe')
  fireEvent.click(one('wipe'))
  expect(one('wipe-confirm')).toHaveProperty('disabled', true)
  type('wipe-word', 'yes')
  expect(one('wipe-confirm')).toHaveProperty('disabled', true)
  type('wipe-word', ' Erase ')
  expect(one('wipe-confirm')).toHaveProperty('disabled', false)
  expect(wipe).not.toHaveBeenCalled()
})

test('without a lock the page says what that means; a passphrase is set only when both are the same and long enough', async () => {
  const node = open('/settings/security')
  const set = vi.spyOn(node, 'setPassphrase')
  await there('lock-state')
  expect(one('lock-state').dataset['locks']).toBe('false')
  expect(one('lock-state').textContent).toMatch(/key is stored beside it/)
  type('passphrase-new', 'short')
  type('passphrase-repeat', 'short')
  submit('passphrase-new')
  type('passphrase-new', 'five random words in row')
  type('passphrase-repeat', 'five random words in a row')
  submit('passphrase-new')
  await waitFor(() => expect(document.body.textContent).toMatch(/not the same/))
  expect(set).not.toHaveBeenCalled()
  type('passphrase-repeat', 'five random words in row')
  submit('passphrase-new')
  await waitFor(() => expect(one('lock-state').dataset['locks']).toBe('true'), LOADING)
  expect(set.mock.calls).toEqual([['five random words in row']])
})

test('changing and removing the passphrase need the present one; a wrong one changes nothing', async () => {
  const node = open('/settings/security', 'lock=passphrase')
  const set = vi.spyOn(node, 'setPassphrase')
  await there('passphrase-change')
  fireEvent.click(one('passphrase-change'))
  await there('passphrase-current')
  type('passphrase-current', 'guess')
  type('passphrase-new', 'correct horse battery staple')
  type('passphrase-repeat', 'correct horse battery staple')
  submit('passphrase-new')
  await waitFor(() => expect(document.querySelector('[role="alert"]')?.textContent).toMatch(/present passphrase/))
  type('passphrase-current', 'sesame')
  submit('passphrase-new')
  await waitFor(() => expect(all('passphrase-new')).toEqual([]))
  expect(set).toHaveBeenLastCalledWith('correct horse battery staple', { by: 'passphrase', passphrase: 'sesame' })

  fireEvent.click(one('passphrase-remove'))
  await there('owner-confirm')
  type('passphrase-current', 'correct horse battery staple')
  fireEvent.click(one('owner-confirm'))
  await waitFor(() => expect(one('lock-state').dataset['locks']).toBe('false'), LOADING)
})

test('lock now and the timeout reach the node', async () => {
  const node = open('/settings/security', 'lock=passphrase')
  const timeout = vi.spyOn(node, 'setLockTimeout')
  await there('lock-timeout')
  fireEvent.change(one('lock-timeout'), { target: { value: '5' } })
  expect(timeout).toHaveBeenLastCalledWith(5)
  fireEvent.change(one('lock-timeout'), { target: { value: 'never' } })
  expect(timeout).toHaveBeenLastCalledWith(null)
  fireEvent.click(one('lock-now'))
  await shown('locked')
})

test('a browser without passkeys says so', async () => {
  open('/settings/security')
  await there('lock-state')
  expect(all('passkey-add')).toEqual([])
  expect(document.body.textContent).toContain('There are no passkeys in this browser')
})

test('a backup is written part by part into the file that the person chose', async () => {
  const written: number[] = []
  const writable = {
    write: async (part: Uint8Array) => void written.push(part.length),
    close: vi.fn(async () => undefined),
    abort: vi.fn(async () => undefined)
  }
  const pick = vi.fn(async () => ({ name: 'mine.backup', createWritable: async () => writable }))
  Object.assign(window, { showSaveFilePicker: pick })
  const node = open('/settings/backup')
  const drop = vi.spyOn(node, 'dropTransfer')
  await there('passphrase-new')
  type('passphrase-new', 'correct horse battery staple')
  type('passphrase-repeat', 'correct horse battery staple')
  submit('passphrase-new')
  await there('backup-done')
  expect(one('backup-done').textContent).toContain('mine.backup')
  expect(written).toEqual([1024 * 1024, 1024 * 1024, 1234])
  expect(writable.close).toHaveBeenCalledOnce()
  expect(drop).toHaveBeenCalledOnce()
  Reflect.deleteProperty(window, 'showSaveFilePicker')
})

test('a backup that fails leaves no file that looks whole', async () => {
  const writable = { write: async () => undefined, close: vi.fn(), abort: vi.fn(async () => undefined) }
  Object.assign(window, { showSaveFilePicker: async () => ({ name: 'x', createWritable: async () => writable }) })
  const node = open('/settings/backup')
  vi.spyOn(node, 'nextBackupPart').mockRejectedValue(new Error('the disk is gone'))
  await there('passphrase-new')
  type('passphrase-new', 'correct horse battery staple')
  type('passphrase-repeat', 'correct horse battery staple')
  submit('passphrase-new')
  await waitFor(
    () => expect(document.querySelector('[role="alert"]')?.textContent).toMatch(/was not finished/),
    LOADING
  )
  expect(writable.close).not.toHaveBeenCalled()
  expect(writable.abort).toHaveBeenCalledOnce()
  Reflect.deleteProperty(window, 'showSaveFilePicker')
})

const restoreWith = async (size: number, passphrase: string): Promise<NodeApi> => {
  const node = open('/', 'state=first-run')
  await there('restore-backup')
  fireEvent.click(one('restore-backup'))
  await there('restore-file')
  const file = new File([new Uint8Array(size)], 'old.backup')
  fireEvent.change(one('restore-file'), { target: { files: [file] } })
  type('restore-passphrase', passphrase)
  submit('restore-passphrase')
  return node
}

test.each([
  [5000, 'guess', /passphrase does not open this file/],
  [50, 'sesame', /damaged/],
  [777, 'sesame', /newer version/]
])('a backup of %i bytes with "%s" is refused in plain words', async (size, passphrase, words) => {
  await restoreWith(size, passphrase)
  await waitFor(() => expect(one('restore-problem').textContent).toMatch(words), LOADING)
  expect(one('restore-problem').textContent).toContain('Nothing was changed')
  // and it can be tried again
  expect(one('restore-start')).toHaveProperty('disabled', false)
})

test('a restored backup says what came back, and leads to the chats', async () => {
  await restoreWith(5000, 'sesame')
  await there('restored-count')
  expect(one('restored-count').textContent).toContain('12,408')
  expect(document.body.textContent).toMatch(/other device is shut out/)
  fireEvent.click(one('restored-continue'))
  await shown('chats')
})

test('a replaced device says so and gives out what was never sent', async () => {
  open('/', 'replaced')
  await there('replaced')
  fireEvent.click(one('replaced-more'))
  await waitFor(() => expect(one('unsent').textContent).toContain('And this one waits'), LOADING)
})

test.each([
  ['', 'good', 'Signed by Lena Marković'],
  ['bad', 'bad', 'signature is wrong'],
  ['unknown', 'unknown', 'not known here'],
  ['none', 'none', 'Not signed']
])('an OpenPGP text (%s) is opened with its verdict', async (inside, signature, words) => {
  open('/settings/security')
  await there('open-openpgp')
  fireEvent.click(one('open-openpgp'))
  await there('pgp-paste')
  type('pgp-paste', `-----BEGIN PGP MESSAGE-----\n${inside}`)
  fireEvent.click(one('pgp-open'))
  await there('pgp-verdict')
  expect(one('pgp-verdict').dataset['signature']).toBe(signature)
  expect(one('pgp-verdict').textContent).toContain(words)
  expect(one('pgp-text').textContent).toContain('See you at six')
})

test('what is no OpenPGP text is refused in plain words', async () => {
  open('/settings/security')
  await there('open-openpgp')
  fireEvent.click(one('open-openpgp'))
  await there('pgp-paste')
  type('pgp-paste', 'hello')
  fireEvent.click(one('pgp-open'))
  await waitFor(() => expect(document.querySelector('[role="alert"]')?.textContent).toMatch(/could not be opened/))
})

test('strength is a hint: short and regular ones are weak, many different words are strong', () => {
  expect(strengthOf('Ab1!')).toBe('weak')
  expect(strengthOf('aaaaaaaaaaaaaaaaaaaa')).toBe('weak')
  expect(strengthOf('12345678901234')).toBe('weak')
  expect(strengthOf('word word word word word word')).toBe('weak')
  expect(strengthOf('correct horse battery staple')).toBe('fair')
  expect(strengthOf('correct horse battery staple lantern')).toBe('strong')
  expect(strengthOf('f7#Kq!z2Lw9@')).toBe('strong')
})

test('the page itself keeps nothing of what is said', async () => {
  open('/')
  await there('chat-row')
  type('search-input', 'weir')
  await waitFor(() => expect(all('search-hit').length).toBeGreaterThan(0), LOADING)
  const kept = [...Object.values({ ...localStorage }), ...Object.values({ ...sessionStorage })].join(' ')
  for (const word of ['weir', 'Lena', 'Mia']) expect(kept).not.toContain(word)
})

test('a device that only a passkey opens says so where there are none', async () => {
  const node = open('/', 'lock=passkey')
  await there('chat-row')
  await node.lock()
  await shown('locked')
  await waitFor(() => expect(document.body.textContent).toContain('open with a passkey only'))
  expect(all('unlock-input')).toEqual([])
})
