/**
 * The shared note as Yjs updates, on the node's side: the only file here that knows Yjs. Updates come from other people's
 * programs: one that makes no sense is void, for everybody alike, and never more than that. They are applied in the order
 * of the log, so that even updates made to contradict each other give the same text everywhere.
 */
import { applyUpdate, Doc, encodeStateAsUpdate, mergeUpdates } from 'yjs'

/** What the pages call their text. */
const TEXT_NAME = 'note'

const tryApply = (doc: Doc, update: Uint8Array): boolean => {
  try {
    applyUpdate(doc, update)
    // a type that is no text, or one that cannot be read
    doc.getText(TEXT_NAME).toJSON()
    return true
  } catch {
    // whatever it was, it was theirs: the update is void
    return false
  }
}

/** By itself, so that the verdict does not depend on what came before. */
export const isNoteUpdate = (update: Uint8Array): boolean => {
  const doc = new Doc()
  const isGood = tryApply(doc, update)
  doc.destroy()
  return isGood
}

const encode = (doc: Doc): Uint8Array => {
  const state = encodeStateAsUpdate(doc)
  doc.destroy()
  return state
}

/** `before`: what this answered for the updates that come before these. */
export const foldNote = (before: Uint8Array | undefined, updates: readonly Uint8Array[]): Uint8Array => {
  const good = updates.filter(isNoteUpdate)
  for (;;) {
    const doc = new Doc()
    if (before !== undefined) applyUpdate(doc, before)
    const bad = good.findIndex((update) => !tryApply(doc, update))
    if (bad === -1) return encode(doc)
    // it broke off in the middle: once more without it
    doc.destroy()
    good.splice(bad, 1)
  }
}

export const noteText = (state: Uint8Array): string => {
  const doc = new Doc()
  applyUpdate(doc, state)
  const text = doc.getText(TEXT_NAME).toJSON()
  doc.destroy()
  return text
}

/** The same in as few updates as fit; each given one fits. */
export const packUpdates = (updates: readonly Uint8Array[], maxBytes: number): readonly Uint8Array[] => {
  const packed: Uint8Array[] = []
  for (const update of updates) {
    const last = packed.at(-1)
    const merged = last && mergeUpdates([last, update])
    if (merged !== undefined && merged.length <= maxBytes) packed[packed.length - 1] = merged
    else packed.push(update)
  }
  return packed
}

export const mergeNote = (updates: readonly Uint8Array[]): Uint8Array => mergeUpdates([...updates])
