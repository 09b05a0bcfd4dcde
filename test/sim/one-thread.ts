/**
 * A world that is the same every time. Crypto in other threads ends when it ends; here its answers are handed out in the
 * order in which they were asked for, and no task runs while one is outstanding. Chance that packages take from the
 * platform comes from the seed too. The crypto itself is the real one.
 */
import { seededRandom } from '../../src/base/random.ts'
import { answerInTurn, answerNow, openly, rememberKey } from './sync-crypto.ts'

type Job = () => void
type AnyFunction = (...args: never[]) => unknown
type Host = Record<string, unknown>

const SUBTLE = [
  'decrypt',
  'deriveBits',
  'deriveKey',
  'digest',
  'encrypt',
  'exportKey',
  'generateKey',
  'importKey',
  'sign',
  'unwrapKey',
  'verify',
  'wrapKey'
] as const

/** Puts order into this process and answers how to take it away again. Not for two worlds at a time. */
export const putInOrder = (seed: number): (() => void) => {
  const undo: Job[] = []
  const replace = (host: object, name: string, make: (real: AnyFunction) => AnyFunction): void => {
    const at = host as Host
    const real = at[name]
    if (typeof real !== 'function') return
    const before = Object.getOwnPropertyDescriptor(host, name)
    Object.defineProperty(host, name, { value: make(real as AnyFunction), configurable: true, writable: true })
    undo.push(() => (before === undefined ? delete at[name] : Object.defineProperty(host, name, before)))
  }

  const realImmediate = globalThis.setImmediate
  const tasks: Job[] = []
  const answers: (Job | undefined)[] = []
  let firstAnswer = 0
  let outstanding = 0
  let isTurning = false

  const turn = (): void => {
    if (isTurning) return
    isTurning = true
    realImmediate(() => {
      isTurning = false
      if (outstanding > 0) return
      if (firstAnswer < answers.length) {
        // one answer a turn, so that what follows from it has its place before the next
        answers[firstAnswer++]?.()
        if (firstAnswer === answers.length) answers.length = firstAnswer = 0
      } else tasks.shift()?.()
      if (tasks.length > 0 || answers.length > 0) turn()
    })
  }

  /** Asked for now, answered in its turn. */
  const inOrder =
    (real: AnyFunction) =>
    (host: unknown, args: readonly unknown[]): Promise<unknown> => {
      const place = answers.push(undefined) - 1
      outstanding++
      return new Promise((resolve, reject) => {
        const asked = Reflect.apply(real, host, args as never[]) as Promise<unknown>
        asked.then(
          (value) => answer(place, () => resolve(value)),
          (error: unknown) => answer(place, () => reject(error as Error))
        )
      })
    }
  /** Known now, and answered in its turn all the same. */
  const inTurn = (value: unknown): Promise<unknown> =>
    new Promise((resolve) => {
      answers.push(() => resolve(value))
      turn()
    })
  const answer = (place: number, job: Job): void => {
    answers[place] = job
    outstanding--
    turn()
  }

  const subtle = globalThis.crypto.subtle
  for (const name of SUBTLE) {
    replace(Object.getPrototypeOf(subtle) as object, name, (real) => {
      const ordered = inOrder(real)
      return async function (this: unknown, ...args: unknown[]) {
        const now = answerNow(name, args)
        if (now !== undefined) return now
        const later = answerInTurn(name, args)
        if (later !== undefined) return await inTurn(later)
        if (name !== 'importKey') return await ordered(this, args)
        const key = await ordered(this, openly(args))
        rememberKey(key, args)
        return key
      }
    })
  }
  const random = seededRandom(seed ^ 0x5eed)
  replace(Object.getPrototypeOf(globalThis.crypto) as object, 'getRandomValues', () => (array: ArrayBufferView) => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(random.bytes(array.byteLength))
    return array
  })
  replace(globalThis, 'setImmediate', () => (job: AnyFunction, ...args: never[]) => {
    tasks.push(() => job(...args))
    turn()
  })
  return () => {
    for (const job of undo.toReversed()) job()
    // what is left over belongs to nobody any more, but whoever awaits it must not hang
    for (const job of tasks.splice(0)) realImmediate(job)
  }
}
