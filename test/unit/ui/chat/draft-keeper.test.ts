import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Draft } from '../../../../src/model/views.ts'
import { createDraftKeeper } from '../../../../src/ui/chat/draft-keeper.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const setup = (saved: Draft = { text: '' }, save = async (): Promise<void> => undefined) => {
  const written: Draft[] = []
  const keeper = createDraftKeeper(saved, async (draft) => {
    await save()
    written.push(draft)
  })
  return { keeper, written }
}

test('typing is written once, shortly after the last key', async () => {
  const { keeper, written } = setup()
  for (const text of ['h', 'he', 'hel']) keeper.changed({ text })
  expect(written).toEqual([])
  await vi.runAllTimersAsync()
  expect(written).toEqual([{ text: 'hel' }])
})

test('what is not written yet is written at once when the page goes away, and not twice', async () => {
  const { keeper, written } = setup()
  keeper.changed({ text: 'hello' })
  keeper.flush()
  keeper.flush()
  await vi.runAllTimersAsync()
  expect(written).toEqual([{ text: 'hello' }])
})

test('a draft that could not be written is tried again', async () => {
  let broken = true
  const { keeper, written } = setup({ text: '' }, async () => {
    if (broken) throw new Error('full')
  })
  keeper.changed({ text: 'hello' })
  await vi.runAllTimersAsync()
  broken = false
  keeper.flush()
  await vi.runAllTimersAsync()
  expect(written).toEqual([{ text: 'hello' }])
})

test('our own writes that come back late never replace what was typed since', async () => {
  const { keeper } = setup()
  keeper.changed({ text: 'a' })
  keeper.flush()
  keeper.changed({ text: 'ab' })
  keeper.flush()
  await vi.runAllTimersAsync()
  expect(keeper.isNews({ text: 'a' })).toBe(false)
})

test('what another tab wrote is news, unless something unsaved stands in the box', async () => {
  const { keeper } = setup()
  expect(keeper.isNews({ text: 'from the other tab' })).toBe(true)
  keeper.changed({ text: 'mine' })
  expect(keeper.isNews({ text: 'from the other tab, too' })).toBe(false)
})
