/**
 * The shared note as one Yjs text, between the node's updates and a box of plain text. The only file that knows Yjs, which
 * is loaded when a note is opened. What others change moves nobody's caret.
 */
import type { ReadonlySignal } from '@preact/signals'
import { createOutgoing } from './outgoing.ts'
import type { SaveState } from './outgoing.ts'
import { changeBetween } from './text-diff.ts'
import type { DeltaPart } from './text-diff.ts'

/** Every app that shares this note must call it the same. */
const TEXT_NAME = 'note'
/** A pasted book goes in pieces that each fit an event, however many bytes a character takes. */
const PIECE_CHARS = 8000
/** Changes typed within this time are undone together. */
const UNDO_MS = 600

const REMOTE = 'remote'
const LOCAL = 'local'

export interface NoteDoc {
  readonly text: () => string
  readonly state: ReadonlySignal<SaveState>
  /** What the node says: a whole note, or a part of it. @throws when it is no Yjs update. */
  take(update: Uint8Array): void
  /** The box holds this now. */
  edit(next: string): void
  undo(): void
  redo(): void
  flush(): void
  stop(): void
}

interface NoteDocDeps {
  readonly change: (update: Uint8Array) => Promise<void>
  /** The text became another without the box. */
  readonly onText: (text: string, delta: readonly DeltaPart[]) => void
}

export const createNoteDoc = async ({ change, onText }: NoteDocDeps): Promise<NoteDoc> => {
  const { Doc, UndoManager, applyUpdate, mergeUpdates } = await import('yjs')
  const doc = new Doc()
  const text = doc.getText(TEXT_NAME)
  const undoing = new UndoManager(text, { trackedOrigins: new Set([LOCAL]), captureTimeout: UNDO_MS })
  const outgoing = createOutgoing({ merge: mergeUpdates, change })

  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== REMOTE) outgoing.add(update)
  })
  text.observe(({ delta }, { origin }) => {
    if (origin !== LOCAL) onText(text.toJSON(), delta)
  })

  /** Somebody's app put more than letters in: positions in the text would no longer be those of the box. */
  const dropEmbeds = (): void => {
    if (text.length === text.toJSON().length) return
    doc.transact(() => {
      let at = 0
      for (const { insert } of text.toDelta() as readonly { readonly insert: unknown }[]) {
        if (typeof insert === 'string') at += insert.length
        else text.delete(at, 1)
      }
    })
  }

  return {
    text: () => text.toJSON(),
    state: outgoing.state,
    take: (update) => {
      // a note that nobody has written in yet
      if (update.length > 0) applyUpdate(doc, update, REMOTE)
      dropEmbeds()
    },
    edit: (next) => {
      const changed = changeBetween(text.toJSON(), next)
      if (changed === undefined) return
      const { at, removed, inserted } = changed
      doc.transact(() => {
        if (removed > 0) text.delete(at, removed)
        text.insert(at, inserted.slice(0, PIECE_CHARS))
      }, LOCAL)
      for (let from = PIECE_CHARS; from < inserted.length; from += PIECE_CHARS)
        doc.transact(() => text.insert(at + from, inserted.slice(from, from + PIECE_CHARS)), LOCAL)
    },
    undo: () => void undoing.undo(),
    redo: () => void undoing.redo(),
    flush: outgoing.flush,
    stop: () => {
      outgoing.flush()
      undoing.destroy()
      doc.destroy()
    }
  }
}
