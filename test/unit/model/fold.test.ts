/** LG3: the same set gives the same conversation, whatever the order of arrival and however often each event comes. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldMessage, orderAt, orderKey } from '../../../src/model/fold.ts'
import type { Told } from '../../../src/model/fold.ts'
import type { Did } from '../../../src/model/ids.ts'
import { compareText } from '../../../src/model/text.ts'

interface Node {
  readonly id: number
  readonly device: number
  readonly time: number
  readonly parents: readonly number[]
}

const idBytes = (id: number): Uint8Array => {
  const bytes = new Uint8Array(32)
  // scattered, so that ids do not follow the order in which they were made
  new DataView(bytes.buffer).setUint32(0, Math.imul(id + 1, 2654435761) >>> 0)
  bytes[31] = id
  return bytes
}

/** A history by a few devices with clocks of their own; each sees some of what the others wrote. */
const history = fc
  .array(fc.record({ device: fc.nat(2), jump: fc.nat(50), lead: fc.nat(4), seen: fc.nat(1000) }), { maxLength: 24 })
  .map((steps) => {
    const nodes: Node[] = []
    const lastOf = new Map<number, Node>()
    const skew = [0, 10_000, -300]
    for (const [id, { device, jump, lead, seen }] of steps.entries()) {
      const last = lastOf.get(device)
      const time = Math.max(1000 + id * 10 + jump + lead + (skew[device] ?? 0), (last?.time ?? 0) + 1)
      const other = nodes.length > 0 ? nodes[seen % nodes.length] : undefined
      const parents = [...(last ? [last.id] : []), ...(other && other.id !== last?.id ? [other.id] : [])]
      const node = { id, device, time, parents }
      nodes.push(node)
      lastOf.set(device, node)
    }
    return nodes
  })

/** LG3 as it is written: topological; among ready events lower claimed time, then id. */
const kahn = (nodes: readonly Node[]): number[] => {
  const done = new Set<number>()
  const order: number[] = []
  while (order.length < nodes.length) {
    const ready = nodes.filter(({ id, parents }) => !done.has(id) && parents.every((parent) => done.has(parent)))
    const [next] = ready.toSorted((a, b) => a.time - b.time || Buffer.compare(idBytes(a.id), idBytes(b.id)))
    done.add(next!.id)
    order.push(next!.id)
  }
  return order
}

/** As it is done: each event gets its key when everything it stands on is here, in any such order. */
const byKeys = (nodes: readonly Node[], shuffle: readonly number[]): number[] => {
  const keys = new Map<number, string>()
  const waiting = nodes.toSorted((a, b) => (shuffle[a.id] ?? 0) - (shuffle[b.id] ?? 0))
  while (keys.size < nodes.length) {
    const next = waiting.find(({ id, parents }) => !keys.has(id) && parents.every((parent) => keys.has(parent)))!
    const parents = next.parents.map((parent) => keys.get(parent) ?? '')
    keys.set(next.id, orderKey({ time: next.time, tick: 0 }, idBytes(next.id), parents))
  }
  return [...keys].toSorted((a, b) => compareText(a[1], b[1])).map(([id]) => id)
}

test('LG3 order keys sort exactly as the rule says, in whatever order events arrive', () => {
  fc.assert(
    fc.property(history, fc.array(fc.nat(1000), { minLength: 24, maxLength: 24 }), (nodes, shuffle) => {
      expect(byKeys(nodes, shuffle)).toEqual(kahn(nodes))
    }),
    { seed: 2611, numRuns: 300 }
  )
})

test('LG3 a key has no more parts than there are devices', () => {
  fc.assert(
    fc.property(history, (nodes) => {
      const keys = new Map<number, string>()
      for (const { id, time, parents } of nodes) {
        keys.set(
          id,
          orderKey(
            { time, tick: 0 },
            idBytes(id),
            parents.map((parent) => keys.get(parent) ?? '')
          )
        )
      }
      const size = orderKey({ time: 1, tick: 0 }, idBytes(0), []).length
      for (const key of keys.values()) expect(key.length / size).toBeLessThanOrEqual(3)
    }),
    { seed: 2611 }
  )
})

test('a time sorts before everything that claims it', () => {
  expect(orderAt(1000) < orderKey({ time: 1000, tick: 0 }, idBytes(0), [])).toBe(true)
  expect(orderAt(1001) > orderKey({ time: 1000, tick: 9 }, idBytes(0), [])).toBe(true)
})

const [alice, bob] = ['did:key:alice', 'did:key:bob'] as [Did, Did]
const told = (index: number, author: Did, content: Told['content']): Told => ({
  id: `id${index}`,
  author,
  time: 1000 + index,
  order: orderKey({ time: 1000 + index, tick: 0 }, idBytes(index), []),
  content
})
const target = 'id0' as never
const message = told(0, alice, { kind: 'message', text: 'zero' })

const effects = fc
  .array(
    fc.record({
      by: fc.constantFrom(alice, bob),
      what: fc.constantFrom('edit', 'reaction', 'none', 'removal', 'edit', 'reaction')
    }),
    { maxLength: 8 }
  )
  .map((all) =>
    all.map(({ by, what }, at) => {
      const index = at + 1
      if (what === 'edit') return told(index, by, { kind: 'edit', target, text: `text ${index}` })
      if (what === 'removal') return told(index, by, { kind: 'removal', target })
      return told(index, by, { kind: 'reaction', target, emoji: what === 'none' ? null : `e${index}` })
    })
  )

test('LG3 any order and any duplication of effects gives the same message', () => {
  fc.assert(
    fc.property(effects, fc.infiniteStream(fc.nat(1000)), (all, chance) => {
      const shuffled = [...all, ...all.filter((_, index) => index % 2 === 0)]
        .map((event) => ({ event, at: chance.next().value as number }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ event }) => event)
      expect(foldMessage(message, shuffled)).toEqual(foldMessage(message, all))
    }),
    { seed: 2611, numRuns: 200 }
  )
})

test('LG2 only the author edits and removes; anybody reacts, once', () => {
  const folded = foldMessage(message, [
    told(1, bob, { kind: 'edit', target, text: 'forged' }),
    told(2, bob, { kind: 'removal', target }),
    told(3, alice, { kind: 'edit', target, text: 'better' }),
    told(4, bob, { kind: 'reaction', target, emoji: '👍' }),
    told(5, bob, { kind: 'reaction', target, emoji: '🎉' })
  ])
  expect(folded).toMatchObject({
    text: 'better',
    removed: false,
    edits: [{ text: 'zero', at: 1000 }],
    reactions: [{ author: bob, emoji: '🎉' }]
  })
})

test('LG2 an edit of a removed message is void, whichever came first', () => {
  const removal = told(1, alice, { kind: 'removal', target })
  const late = told(2, alice, { kind: 'edit', target, text: 'back again' })
  for (const order of [
    [removal, late],
    [late, removal]
  ]) {
    expect(foldMessage(message, order)).toMatchObject({ removed: true, text: '', edits: [], reactions: [] })
  }
})

test('LG5, EN5 a body that is gone shows as removed, one we cannot read as newer', () => {
  expect(foldMessage({ ...message, content: undefined }, [])).toMatchObject({ removed: true, needsNewer: false })
  expect(foldMessage({ ...message, content: { kind: 'unknown' } }, [])).toMatchObject({
    removed: false,
    needsNewer: true
  })
})
