import { expect, test } from 'vitest'
import { holdLock } from '../../../src/bridge/locks.ts'
import type { Port, PortEvent } from '../../../src/bridge/port.ts'
import { createDisk, createFakeNode } from './fake-node.ts'
import { settle } from './manual-clock.ts'

let pages = 0

/** A page that speaks the frames by hand. */
const join = async (port: Port, build = 'a') => {
  const lock = `pages-test-${++pages}`
  const held = await holdLock(navigator.locks, lock)
  const heard: unknown[] = []
  port.addEventListener('message', ({ data }: PortEvent) => heard.push(data))
  port.start?.()
  port.postMessage({ kind: 'hello', build, lock })
  return { held, heard, kinds: () => heard.map((frame) => (frame as { readonly kind: string }).kind) }
}

test('a page is greeted with the lock that the worker already holds, and told how the node is', async () => {
  const node = createFakeNode(createDisk())
  const page = await join(node.connect())
  await expect.poll(page.kinds).toEqual(['welcome', 'status'])
  const { lock } = page.heard[0] as { readonly lock: string }
  expect((await navigator.locks.query()).held?.map(({ name }) => name)).toContain(lock)
  node.die()
})

test('a page that ends without a word is forgotten, and its feeds stop', async () => {
  const disk = createDisk()
  const node = createFakeNode(disk)
  const port = node.connect()
  const page = await join(port)
  await expect.poll(page.kinds).toContain('status')
  port.postMessage({ kind: 'open', id: 1, name: 'watchSettings', args: [] })
  await expect.poll(() => disk.watchers.size).toBe(1)
  page.held.release()
  await expect.poll(() => node.pages.count()).toBe(0)
  await expect.poll(() => disk.watchers.size).toBe(0)
  node.die()
})

test('a page of another build is greeted and then gets no answer', async () => {
  const disk = createDisk()
  const node = createFakeNode(disk)
  const port = node.connect()
  const page = await join(port, 'b')
  await expect.poll(page.kinds).toEqual(['welcome'])
  port.postMessage({ kind: 'call', id: 1, name: 'setSettings', args: [{ theme: 'dark' }] })
  await settle()
  expect(page.kinds()).toEqual(['welcome'])
  expect(disk.theme).toBe('system')
  node.die()
})

test('a page that comes before hello gets nothing but a pong', async () => {
  const disk = createDisk()
  const node = createFakeNode(disk)
  const port = node.connect()
  const heard: unknown[] = []
  port.addEventListener('message', ({ data }: PortEvent) => heard.push(data))
  port.start?.()
  port.postMessage({ kind: 'call', id: 1, name: 'setSettings', args: [{ theme: 'dark' }] })
  port.postMessage({ kind: 'ping', count: 1 })
  await expect.poll(() => heard).toEqual([{ kind: 'pong', count: 1 }])
  expect(disk.theme).toBe('system')
  node.die()
})

test('every page is told when a newer build waits, those that come later too', async () => {
  const node = createFakeNode(createDisk())
  const first = await join(node.connect())
  await expect.poll(first.kinds).toContain('status')
  node.pages.announceUpdate()
  await expect.poll(first.kinds).toContain('update-ready')
  const second = await join(node.connect())
  await expect.poll(second.kinds).toContain('update-ready')
  node.die()
})

test('the node knows how many pages are in sight: hidden, shown again, gone', async () => {
  const node = createFakeNode(createDisk())
  const port = node.connect()
  const first = await join(port)
  const second = await join(node.connect())
  await expect.poll(second.kinds).toContain('status')
  port.postMessage({ kind: 'hidden' })
  await expect.poll(() => node.sights.at(-1)).toBe(1)
  port.postMessage({ kind: 'wake' })
  await expect.poll(() => node.sights.at(-1)).toBe(2)
  first.held.release()
  second.held.release()
  await expect.poll(() => node.sights.at(-1)).toBe(0)
  node.die()
})
