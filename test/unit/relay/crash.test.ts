import { expect, test } from 'vitest'
import { isHarmless } from '../../../relay/crash.ts'

test('only errors that say "the other side went away" are passed over', () => {
  expect(isHarmless(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))).toBe(true)
  expect(isHarmless(Object.assign(new Error('closed'), { name: 'MuxerClosedError' }))).toBe(true)
  expect(isHarmless(new TypeError('undefined is not a function'))).toBe(false)
  expect(isHarmless(new RangeError('Invalid array length'))).toBe(false)
  expect(isHarmless(Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toBe(false)
  expect(isHarmless('a string')).toBe(false)
  expect(isHarmless(undefined)).toBe(false)
})
