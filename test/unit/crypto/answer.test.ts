import { expect, test } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { makeAnswerKey, sealAnswer } from '../../../src/crypto/answer.ts'

const random = seededRandom(2)
const question = utf8('what did I miss?')
const reply = utf8('planted: everything')

test('only who asked opens the answer, and only to this question', async () => {
  const key = await makeAnswerKey(random)
  const sealed = await sealAnswer(random, { key: key.publicKey, question, reply })
  expect(await key.open(question, sealed)).toEqual(reply)
  expect(Buffer.from(sealed).includes('planted')).toBe(false)
  await expect(key.open(utf8('another question'), sealed)).rejects.toMatchObject({ code: 'undecryptable' })
  const other = await makeAnswerKey(random)
  await expect(other.open(question, sealed)).rejects.toMatchObject({ code: 'undecryptable' })
  for (const at of [0, 1110, sealed.length - 1]) {
    const broken = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte))
    await expect(key.open(question, broken)).rejects.toMatchObject({ code: 'undecryptable' })
  }
  await expect(key.open(question, sealed.slice(0, 100))).rejects.toMatchObject({ code: 'undecryptable' })
})

test('two answers to one question have nothing in common', async () => {
  const key = await makeAnswerKey(random)
  const one = await sealAnswer(random, { key: key.publicKey, question, reply })
  const two = await sealAnswer(random, { key: key.publicKey, question, reply })
  expect(Buffer.from(one.slice(-40)).equals(Buffer.from(two.slice(-40)))).toBe(false)
})
