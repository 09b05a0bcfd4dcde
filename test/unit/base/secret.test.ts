import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { guardSecret, wipeSecret } from '../../../src/base/secret.ts'

const keys = () => ({ seed: Uint8Array.of(1, 2, 3), device: { key: Uint8Array.of(4) } })

test('a guarded secret prints as dots and refuses JSON, alone and inside others', () => {
  const secret = guardSecret(keys())
  expect(inspect({ secret })).toBe('{ secret: ••• }')
  expect(() => JSON.stringify({ report: [secret] })).toThrow('never serialised')
  expect(secret.seed).toEqual(Uint8Array.of(1, 2, 3))
})

test('a guarded secret is stored like the plain object it copies', () => {
  expect(structuredClone({ ...guardSecret(keys()) })).toEqual(keys())
})

test('wiping leaves zeros at every depth', () => {
  const secret = guardSecret(keys())
  const { seed } = secret
  wipeSecret(secret)
  expect([seed, secret.device.key]).toEqual([new Uint8Array(3), new Uint8Array(1)])
})
