/**
 * Group `latency`, in milliseconds: from pressing "send" in one Chromium to the text being in the document of another,
 * over ≥ 500 messages, beside a bare data channel and a bare strict IndexedDB write between and in the same browsers.
 */
import { createWorld, type World, type WorldEnd } from '../test/e2e/create-world.ts'
import type { Actor } from '../test/e2e/person.ts'
import { answerBare, measureRoundTrips, measureStrictWrites, offerBare, openBare } from './bare.ts'
import { median, percentiles, type Percentiles } from './percentiles.ts'

export interface Latency {
  readonly direct: Percentiles
  readonly relayed: Percentiles
  readonly bare: { readonly roundTrip: number; readonly strictWrite: number }
  readonly inviteToDelivered: number
  readonly usableList: number
}

const MESSAGES = 500
/** The first ones pay for compilers and caches. */
const WARM_UP = 20
const BARE_RUNS = 300
const COLD_RUNS = 3
const PATIENCE_MS = 20_000

const NO_WEBRTC = 'delete globalThis.RTCPeerConnection; delete globalThis.webkitRTCPeerConnection'
/** Notes when the first row of the list is there, counted from the start of the navigation. */
const NOTE_FIRST_ROW = `
  new MutationObserver((_, observer) => {
    if (document.querySelector('[data-id="chat-row"]') === null) return
    globalThis.firstRowAt = performance.now()
    observer.disconnect()
  }).observe(document, { childList: true, subtree: true })
`

declare global {
  var firstRowAt: number | undefined
}

export const measureLatency = async (): Promise<Latency> => {
  const direct = await inWorld(async (world) => {
    const [alice, bob] = await world.people('alice', 'bob')
    await alice.pairWith(bob)
    await waitForPath(alice, bob, 'direct')
    const messages = await writeToShown(alice, bob)
    if ((await alice.pathTo(bob)) !== 'direct') throw new Error('the direct path was lost on the way')
    return { messages, bare: await measureBare(alice, bob) }
  })
  const relayed = await inWorld(async (world) => {
    const alice = await world.newcomer('alice', { initScript: NO_WEBRTC })
    const bob = await world.newcomer('bob', { initScript: NO_WEBRTC })
    await Promise.all([alice.firstRun(), bob.firstRun()])
    await alice.pairWith(bob)
    return writeToShown(alice, bob)
  })
  const inviteToDelivered = await inWorld(measureInvites)
  const usableList = await inWorld(measureList)
  return {
    direct: percentiles(direct.messages),
    relayed: percentiles(relayed),
    bare: direct.bare,
    inviteToDelivered,
    usableList
  }
}

const inWorld = async <T>(work: (world: World) => Promise<T>): Promise<T> => {
  const world: World & WorldEnd = await createWorld({ LOG_LEVEL: 'warn' })
  try {
    return await work(world)
  } finally {
    await world.end()
  }
}

const waitForPath = async (from: Actor, to: Actor, path: 'direct' | 'relayed'): Promise<void> => {
  const end = performance.now() + PATIENCE_MS
  while ((await from.pathTo(to)) !== path) {
    if (performance.now() > end) throw new Error(`no ${path} path within ${PATIENCE_MS} ms`)
  }
}

const writeToShown = async (from: Actor, to: Actor): Promise<number[]> => {
  await from.chat(to.name).write('are you there?')
  await to.chat(from.name).waitFor('are you there?')
  await to.chat(from.name).write('yes')
  await from.chat(to.name).waitFor('yes')
  const times: number[] = []
  for (let number = 0; number < MESSAGES + WARM_UP; number++) {
    const text = `measured message ${number}`
    const shown = to.tab.evaluate(shownAt, { text, patienceMs: PATIENCE_MS })
    const [seen, written] = await Promise.all([shown, from.tab.evaluate(writeNow, text)])
    times.push(seen - written)
    // the next one is written when this one is settled: receipts and ticks of one are not a delay of another
    await from.chat(to.name).waitFor(text, 'read', { timeoutMs: PATIENCE_MS })
  }
  return times.slice(WARM_UP)
}

const measureBare = async (alice: Actor, bob: Actor): Promise<Latency['bare']> => {
  const offer = await alice.tab.evaluate(offerBare, undefined)
  const answer = await bob.tab.evaluate(answerBare, offer)
  await alice.tab.evaluate(openBare, answer)
  return {
    roundTrip: median(await alice.tab.evaluate(measureRoundTrips, BARE_RUNS)),
    strictWrite: median(await alice.tab.evaluate(measureStrictWrites, BARE_RUNS))
  }
}

/** A fresh device opens a link, gives a name, writes, and sees the second tick. */
const measureInvites = async (world: World): Promise<number> => {
  const [alice] = await world.people('alice')
  const link = await alice.inviteLink()
  const times: number[] = []
  for (let run = 0; run < COLD_RUNS; run++) {
    const bob = await world.newcomer(`bob ${run}`)
    const start = performance.now()
    await bob.open(link)
    await bob.chat('alice').write('first')
    await bob.chat('alice').waitFor('first', 'delivered', { timeoutMs: PATIENCE_MS })
    times.push(performance.now() - start)
    await bob.goAway()
  }
  return median(times)
}

/** From the start of the navigation in a just started browser to the first row of the chat list. */
const measureList = async (world: World): Promise<number> => {
  const alice = await world.newcomer('alice', { initScript: NOTE_FIRST_ROW })
  await alice.firstRun()
  for (const name of ['bob', 'carol', 'dave']) {
    const [other] = await world.people(name)
    if (other === undefined) continue
    await alice.pairWith(other)
    await other.goAway()
  }
  const times: number[] = []
  for (let run = 0; run < COLD_RUNS; run++) {
    await alice.goAway()
    await alice.comeBack()
    await alice.tab.waitUntil('the first row', () => globalThis.firstRowAt, undefined)
    times.push(await alice.tab.evaluate(() => globalThis.firstRowAt ?? Number.NaN, undefined))
  }
  return median(times)
}

// ── run in the page; both pages count from the same clock of the machine ─────────────────────────────────────────

/** Fills the box and presses Enter, as a person does. */
const writeNow = (text: string): number => {
  const box = document.querySelector('[data-screen="chat"] [data-id="composer"]')
  if (!(box instanceof HTMLTextAreaElement)) throw new Error('no composer')
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(box, text)
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
  const now = performance.timeOrigin + performance.now()
  box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  return now
}

const shownAt = ({ text, patienceMs }: { text: string; patienceMs: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const all = document.querySelectorAll('[data-screen="chat"] [data-id="message"]')
      const newest = [...all].slice(-3)
      if (!newest.some((one) => one.querySelector('[data-id="text"]')?.textContent === text)) return
      observer.disconnect()
      clearTimeout(timer)
      resolve(performance.timeOrigin + performance.now())
    }
    const observer = new MutationObserver(look)
    const timer = setTimeout(() => reject(new Error(`"${text}" was not shown within ${patienceMs} ms`)), patienceMs)
    observer.observe(document.body, { childList: true, subtree: true, characterData: true })
    look()
  })
