/** Questions between devices: who is answered, what a stranger sees, how much is too much. */
import { afterEach, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { makeAnswerKey } from '../../src/crypto/answer.ts'
import { askAnswer, askQuestion, askReply } from '../../src/wire/ask.ts'
import type { AskQuestion } from '../../src/wire/ask.ts'
import { envelope } from '../../src/wire/envelope.ts'
import type { DeliverResult } from '../../src/messenger/net.ts'
import { createWorld, loadCast } from '../cast.ts'
import type { Person, World } from '../cast.ts'

let world: World
afterEach(() => world.stop())

const random = seededRandom(5)

/** Asks by hand, as `from`. */
const askRaw = async (
  from: Person,
  to: Person,
  question: Omit<AskQuestion, 'version' | 'key'>
): Promise<{ readonly result: DeliverResult; readonly open: () => Promise<unknown> }> => {
  const key = await makeAnswerKey(random)
  const sealed = askQuestion.encode({ version: 1, key: key.publicKey, ...question })
  const bytes = envelope.encode({ version: 1, kind: 'ask', route: random.bytes(16), sealed })
  const result = await world.network.inject(from.device, to.device, bytes)
  return {
    result,
    open: async () => {
      if (result.outcome !== 'delivered') throw new Error('no answer')
      const answer = askAnswer.decode(result.answer)
      if (answer.sealed === undefined) return answer.outcome
      return askReply.decode(await key.open(sealed, answer.sealed))
    }
  }
}

test('a contact is answered, and only it can read the answer', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  const { documentHash, document } = (await loadCast()).get('bob')!
  const { open, result } = await askRaw(alice, bob, { documents: { hashes: [documentHash] } })
  const reply = (await open()) as { documents: { documents: { document: Uint8Array }[] } }
  expect(reply.documents.documents.map((one) => one.document)).toEqual([document])
  const answer = Buffer.from(result.outcome === 'delivered' ? result.answer : [])
  expect(answer.includes(Buffer.from(document.subarray(100, 200)))).toBe(false)
})

test('what is not here, or not theirs to know, is not told apart', async () => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  await world.pair(alice, bob)
  await world.pair(bob, carol)
  const { documentHash } = (await loadCast()).get('carol')!
  for (const hash of [documentHash, new Uint8Array(32)]) {
    const { open } = await askRaw(alice, bob, { documents: { hashes: [hash] } })
    expect(await open()).toBe('nothing')
  }
})

test('to strangers, to the blocked and through a home nobody is here', async () => {
  world = await createWorld()
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol')
  await world.pair(alice, bob)
  const { documentHash } = (await loadCast()).get('bob')!
  const question = { documents: { hashes: [documentHash] } }
  expect((await askRaw(carol, bob, question)).result.outcome).toBe('unreachable')
  await bob.messenger.setContact(alice.did, { blocked: true })
  await world.settle()
  expect((await askRaw(alice, bob, question)).result.outcome).toBe('unreachable')
})

test('who asks for ever is told to wait, and is answered again later', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  const { documentHash } = (await loadCast()).get('bob')!
  const question = { documents: { hashes: [documentHash] } }
  const outcomes: unknown[] = []
  for (let times = 0; times < 125; times++) {
    const { result } = await askRaw(alice, bob, question)
    outcomes.push(result.outcome === 'delivered' && askAnswer.decode(result.answer).outcome)
  }
  expect(outcomes[0]).toBe('answered')
  expect(outcomes.at(-1)).toBe('busy')
  world.clock.advance(10_000)
  const { result } = await askRaw(alice, bob, question)
  expect(result.outcome === 'delivered' && askAnswer.decode(result.answer).outcome).toBe('answered')
})

test('a question that makes no sense is refused', async () => {
  world = await createWorld()
  const [alice, bob] = await world.people('alice', 'bob')
  await world.pair(alice, bob)
  const none = await askRaw(alice, bob, {})
  const two = await askRaw(alice, bob, { keyPackage: { suite: 'x' }, commits: { group: new Uint8Array(32), epoch: 1 } })
  expect([none.result.outcome, two.result.outcome]).toEqual(['refused', 'refused'])
  const bytes = envelope.encode({ version: 1, kind: 'ask', route: random.bytes(16), sealed: Uint8Array.of(1, 2) })
  expect((await world.network.inject(alice.device, bob.device, bytes)).outcome).toBe('refused')
})
