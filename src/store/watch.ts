/**
 * After a commit, those who show something are told which rows changed, with the rows themselves where reading them again
 * would cost. A feed gives snapshots: the first at once, then one after each change that shows, never a queue of old ones.
 */
import { latest } from '../base/latest.ts'
import { isSame } from '../base/same.ts'
import type { ChatId, Did } from '../model/ids.ts'
import type { MessageRow } from './rows.ts'

export interface Change {
  readonly chats: Set<ChatId>
  readonly contacts: Set<Did>
  readonly outbox: Set<ChatId>
  readonly messages: MessageRow[]
  readonly gone: { readonly chat: ChatId; readonly id: string }[]
  readonly topics: Set<'account' | 'invites' | 'settings'>
}

export interface Changes {
  start(): Change
  tell(change: Change): void
  listen(listener: (change: Change) => void): () => void
}

export const createChanges = (): Changes => {
  const listeners = new Set<(change: Change) => void>()
  return {
    start: () => ({
      chats: new Set(),
      contacts: new Set(),
      outbox: new Set(),
      messages: [],
      gone: [],
      topics: new Set()
    }),
    tell: (change) => {
      // what was opened last is what the person looks at
      for (const listener of [...listeners].toReversed()) listener(change)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

/** A source of "look again" that a feed may follow besides the database, for example reachability. */
export type Nudge = (listener: () => void) => () => void

/**
 * Snapshots of something read from the database. `read` is told what changed since it was last called (undefined at first),
 * so that it can keep what it has and look only at that.
 */
export const watch = <T>(
  changes: Changes,
  {
    concerns,
    read,
    also = []
  }: {
    readonly concerns: (change: Change) => boolean
    readonly read: (since: readonly Change[] | undefined) => Promise<T>
    readonly also?: readonly Nudge[]
  }
): AsyncIterable<T> =>
  latest((push, fail) => {
    let since: Change[] | undefined
    let shown: { readonly value: T } | undefined
    const state = { wanted: true, running: false, stopped: false }

    const run = async (): Promise<void> => {
      if (state.running) return
      state.running = true
      try {
        while (state.wanted && !state.stopped) {
          state.wanted = false
          const told = since
          since = []
          const value = await read(told)
          // most of what is written changes nothing here
          if (state.stopped || (shown !== undefined && isSame(shown.value, value))) continue
          shown = { value }
          push(value)
        }
      } catch (error) {
        if (!state.stopped) fail(error)
      } finally {
        state.running = false
      }
    }
    const again = (change?: Change): void => {
      if (change !== undefined) {
        if (!concerns(change)) return
        since?.push(change)
      }
      state.wanted = true
      void run()
    }
    const stops = [changes.listen(again), ...also.map((nudge) => nudge(() => again()))]
    void run()
    return () => {
      state.stopped = true
      for (const stop of stops) stop()
    }
  })
