/**
 * Brings Yjs updates to the node: gathered for a moment, merged to what one event holds, in order, again after a failure.
 * It goes on after the screen is gone, so that what was typed last is not lost with it.
 */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import { KiB } from '../../base/bytes.ts'

export type SaveState = 'saved' | 'saving' | 'failed'

/** The node takes 32 KiB; merging adds little. */
const MAX_BATCH_BYTES = 30 * KiB
/** Long enough for a word, short enough that the other sees it being written. */
const GATHER_MS = 350
const RETRY_MS = [1000, 3000, 10_000] as const

export interface Outgoing {
  readonly state: ReadonlySignal<SaveState>
  add(update: Uint8Array): void
  /** Now, not in a moment. */
  flush(): void
}

interface OutgoingDeps {
  readonly merge: (updates: Uint8Array[]) => Uint8Array
  readonly change: (update: Uint8Array) => Promise<void>
}

export const createOutgoing = ({ merge, change }: OutgoingDeps): Outgoing => {
  const state = signal<SaveState>('saved')
  let waiting: Uint8Array[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let sending = false
  let failures = 0

  /** As many of the oldest as one event holds. */
  const nextBatch = (): readonly Uint8Array[] => {
    let bytes = 0
    const end = waiting.findIndex(({ length }, index) => (bytes += length) > MAX_BATCH_BYTES && index > 0)
    return waiting.slice(0, end === -1 ? waiting.length : end)
  }

  const send = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (sending) return
    sending = true
    try {
      while (waiting.length > 0) {
        const batch = nextBatch()
        await change(batch.length === 1 && batch[0] !== undefined ? batch[0] : merge([...batch]))
        waiting = waiting.slice(batch.length)
        failures = 0
      }
      state.value = 'saved'
    } catch {
      // said on the screen, and tried again by itself
      state.value = 'failed'
      timer = setTimeout(() => void send(), RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)])
    } finally {
      sending = false
    }
  }

  return {
    state,
    add: (update) => {
      waiting.push(update)
      if (state.peek() === 'saved') state.value = 'saving'
      timer ??= setTimeout(() => void send(), GATHER_MS)
    },
    flush: () => {
      if (waiting.length > 0) void send()
    }
  }
}
