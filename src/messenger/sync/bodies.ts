/**
 * LG5: events that came as a header only although nothing here took their bodies away: a removal that has not come yet, or
 * somebody who keeps the text back. Asked of others, then let go. In memory: what was removed shows itself soon.
 */
import type { Did } from '../../model/ids.ts'

/** Who removed it says so in the log; of three others one is honest. */
const MAX_ASKED = 3
const MAX_WANTED = 512

export interface Bodies {
  /** `from` gave these without. */
  note(ids: readonly string[], from: Did): void
  /** They are here, or rightly gone. */
  settle(ids: readonly string[]): void
  /** What `from` was not asked for. */
  wanted(from: Did): readonly string[]
}

export const createBodies = (): Bodies => {
  const askedById = new Map<string, Set<Did>>()
  return {
    note: (ids, from) => {
      for (const id of ids) {
        const asked = askedById.get(id) ?? new Set()
        if (asked.add(from).size >= MAX_ASKED) askedById.delete(id)
        else if (askedById.has(id) || askedById.size < MAX_WANTED) askedById.set(id, asked)
      }
    },
    settle: (ids) => {
      for (const id of ids) askedById.delete(id)
    },
    wanted: (from) => [...askedById].filter(([, asked]) => !asked.has(from)).map(([id]) => id)
  }
}
