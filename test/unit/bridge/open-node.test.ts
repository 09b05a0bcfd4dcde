import { expect, onTestFinished, test } from 'vitest'
import { type OpenedNode, openNode } from '../../../src/bridge/page/open-node.ts'
import { createDisk, createFakeNode, type Disk, type FakeNode } from './fake-node.ts'
import { createManualClock, type ManualClock, settle } from './manual-clock.ts'

interface Setup extends OpenedNode {
  readonly clock: ManualClock
  readonly disk: Disk
  readonly nodes: FakeNode[]
  readonly reloads: () => number
  readonly states: readonly string[]
}

type NodeOptions = Parameters<typeof createFakeNode>[1]

/** A page whose first worker is made with the first options, the next with the next, and so on. */
const setup = (...options: readonly NodeOptions[]): Setup => {
  const clock = createManualClock()
  const disk = createDisk()
  const nodes: FakeNode[] = []
  const states: string[] = []
  let reloads = 0
  let ids = 0
  let node: FakeNode | undefined
  const opened = openNode({
    source: {
      open: async () => {
        node ??= createFakeNode(disk, options[Math.min(nodes.length, options.length - 1)])
        if (!nodes.includes(node)) nodes.push(node)
        return { port: node.connect(), transfers: false }
      },
      renew: () => {
        node = undefined
      },
      close: () => undefined
    },
    build: 'a',
    locks: navigator.locks,
    clock,
    newId: () => `${process.pid}-${performance.now()}-${++ids}`,
    onAwake: () => undefined,
    activateUpdate: async () => undefined,
    reload: () => {
      reloads++
    }
  })
  opened.link.onChange(() => {
    if (states.at(-1) !== opened.link.state) states.push(opened.link.state)
  })
  onTestFinished(() => {
    for (const one of nodes) one.die()
  })
  return { ...opened, clock, disk, nodes, states, reloads: () => reloads }
}

const untilState = (page: Setup, state: string): Promise<void> => expect.poll(() => page.link.state).toBe(state)
const chat = 'chat' as never

test('a page is ready when its node is, and calls made before wait', async () => {
  const page = setup()
  expect(page.link.state).toBe('starting')
  expect(await page.node.send(chat, { text: 'early' })).toBe('chat-0')
  expect(page.link.state).toBe('ready')
})

test('a worker that dies is replaced, and a feed goes on with the newest snapshot', async () => {
  const page = setup()
  const feed = page.node.watchSettings()[Symbol.asyncIterator]()
  expect((await feed.next()).value.theme).toBe('system')
  const next = feed.next()
  page.nodes[0]?.die()
  page.disk.theme = 'dark'
  expect((await next).value.theme).toBe('dark')
  expect(page.nodes).toHaveLength(2)
  expect(page.states).toEqual(['ready', 'restarting', 'ready'])
})

test('a worker that hangs is noticed after two missed beats, not after one', async () => {
  const page = setup()
  await untilState(page, 'ready')
  await page.clock.advance(30_000)
  expect(page.states).toEqual(['ready'])
  page.nodes[0]?.hang()
  await page.clock.advance(4_000)
  expect(page.states).toEqual(['ready'])
  await page.clock.advance(6_000)
  await expect.poll(() => page.states).toEqual(['ready', 'restarting', 'ready'])
})

test('a worker that stretches a passphrase may be silent for a while, and not for ever', async () => {
  const page = setup()
  await untilState(page, 'ready')
  // it says that it will be busy, and then holds the worker
  page.node.unlock({ by: 'passphrase', passphrase: 'x' }).catch(() => undefined)
  await page.node.send(chat, { text: 'it has heard us' })
  page.nodes[0]?.hang()
  await page.clock.advance(60_000)
  expect(page.states).toEqual(['ready'])
  await page.clock.advance(60_000)
  await expect.poll(() => page.states).toEqual(['ready', 'restarting', 'ready'])
})

test('a send whose answer was lost with the worker is asked again under the same nonce, so it stands there once', async () => {
  const page = setup()
  await untilState(page, 'ready')
  page.disk.swallowAnswers = true
  const sending = page.node.send(chat, { text: 'once' })
  await expect.poll(() => page.disk.sent.length).toBe(1)
  page.disk.swallowAnswers = false
  page.nodes[0]?.die()
  expect(await sending).toBe('chat-0')
  expect(page.disk.sent).toHaveLength(1)
})

test('every send has a nonce of its own', async () => {
  const page = setup()
  await page.node.send(chat, { text: 'same words' })
  await page.node.send(chat, { text: 'same words' })
  expect(new Set(page.disk.sent.map(({ nonce }) => nonce)).size).toBe(2)
})

test('what must not happen twice is not repeated but rejected with aborted', async () => {
  const page = setup()
  await untilState(page, 'ready')
  const making = page.node.createInvite()
  await expect.poll(() => page.nodes[0]?.asked).toEqual(['createInvite'])
  page.nodes[0]?.die()
  await expect(making).rejects.toMatchObject({ code: 'aborted' })
  await untilState(page, 'ready')
  expect(page.nodes[1]?.asked).toEqual([])
})

test('a stopped feed ends while its worker is gone, and is not opened again', async () => {
  const page = setup()
  const feed = page.node.watchSettings()[Symbol.asyncIterator]()
  await feed.next()
  const pending = feed.next()
  await feed.return?.()
  page.nodes[0]?.die()
  expect(await pending).toEqual({ done: true, value: undefined })
  await untilState(page, 'ready')
  expect(await feed.next()).toEqual({ done: true, value: undefined })
})

test('a node that cannot start says why, calls reject, and retry takes a fresh worker', async () => {
  const failure = { reason: 'storage-full', message: 'the disk is full' } as const
  const page = setup({ status: { state: 'failed', failure } }, {})
  await untilState(page, 'failed')
  expect(page.link.failure).toEqual(failure)
  await expect(page.node.send(chat, { text: 'x' })).rejects.toMatchObject({ code: 'not-ready' })
  page.link.retry()
  await untilState(page, 'ready')
  expect(page.link.failure).toBeUndefined()
  expect(await page.node.send(chat, { text: 'x' })).toBe('chat-0')
})

test('workers that die one after the other end in a failure, not in a loop', async () => {
  const page = setup({ status: { state: 'starting' } })
  for (let round = 0; round < 20 && page.link.state !== 'failed'; round++) {
    page.nodes.at(-1)?.die()
    await settle()
    await page.clock.advance(30_000)
  }
  expect(page.link.state).toBe('failed')
  expect(page.nodes.length).toBeLessThan(10)
})

test('workers that become ready and die at once end in a failure too', async () => {
  const page = setup()
  for (let round = 0; round < 20 && page.link.state !== 'failed'; round++) {
    await untilState(page, 'ready')
    page.nodes.at(-1)?.die()
    await expect.poll(() => page.link.state).not.toBe('ready')
    await page.clock.advance(20_000)
  }
  expect(page.link.state).toBe('failed')
})

test('deaths long apart are forgotten', async () => {
  const page = setup()
  for (let round = 0; round < 10; round++) {
    await untilState(page, 'ready')
    await page.clock.advance(40_000)
    page.nodes.at(-1)?.die()
    await expect.poll(() => page.nodes.length).toBe(round + 2)
  }
  await untilState(page, 'ready')
})

test('a node that said why it failed may end: the page does not start another by itself', async () => {
  const page = setup({ status: { state: 'failed', failure: { reason: 'other', message: 'x' } } })
  await untilState(page, 'failed')
  page.nodes[0]?.die()
  await page.clock.advance(60_000)
  expect([page.link.state, page.nodes.length]).toEqual(['failed', 1])
})

test('a node of another build gets no calls; the page says that an update is ready', async () => {
  const page = setup({ build: 'b' })
  await untilState(page, 'waiting')
  expect(page.link.updateReady).toBe(true)
  page.link.applyUpdate()
  await expect.poll(() => page.nodes[0]?.asked).toEqual(['retire'])
})

test('a page whose node waits for another build can have that one retire', async () => {
  const page = setup({ status: { state: 'waiting' } })
  await untilState(page, 'waiting')
  page.link.applyUpdate()
  await expect.poll(() => page.nodes[0]?.asked).toEqual(['take-over false'])
  page.nodes[0]?.pages.setStatus({ state: 'ready' })
  await untilState(page, 'ready')
})

test('a fresh worker that finds the hung one still owning takes the lock away', async () => {
  const page = setup({}, { status: { state: 'waiting' } })
  await untilState(page, 'ready')
  page.nodes[0]?.hang()
  await page.clock.advance(10_000)
  await expect.poll(() => page.nodes[1]?.asked).toEqual(['take-over true'])
  page.nodes[1]?.pages.setStatus({ state: 'ready' })
  await untilState(page, 'ready')
})

test('an update agreed to in this page retires the node first and then reloads', async () => {
  const page = setup()
  await untilState(page, 'ready')
  page.announceUpdate()
  expect(page.link.updateReady).toBe(true)
  page.link.applyUpdate()
  expect(page.reloads()).toBe(0)
  await expect.poll(page.reloads).toBe(1)
  expect(page.nodes[0]?.asked).toEqual(['retire'])
  expect(page.link.state).toBe('ready')
})

test('a node that does not manage to retire does not hold up the update', async () => {
  const page = setup()
  await untilState(page, 'ready')
  page.nodes[0]?.hang()
  page.link.applyUpdate()
  await page.clock.advance(5_000)
  expect(page.reloads()).toBe(1)
})

test('an update agreed to in another page leaves this one outdated, without a reload and without a new worker', async () => {
  const page = setup()
  await untilState(page, 'ready')
  page.nodes[0]?.pages.setStatus({ state: 'retired' })
  await untilState(page, 'outdated')
  page.nodes[0]?.die()
  await page.clock.advance(60_000)
  expect([page.link.state, page.reloads(), page.nodes.length]).toEqual(['outdated', 0, 1])
  page.link.applyUpdate()
  await expect.poll(page.reloads).toBe(1)
})

test('a machine that slept through many beats does not blame the worker for it', async () => {
  const page = setup()
  await untilState(page, 'ready')
  page.nodes[0]?.hang()
  await page.clock.jump(60_000)
  await page.clock.jump(60_000)
  expect(page.states).toEqual(['ready'])
  await page.clock.advance(10_000)
  await expect.poll(() => page.states).toEqual(['ready', 'restarting', 'ready'])
})
