/** Ties a textarea to the note: what is typed goes into it, what others write appears without moving the caret. */
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { NoteView } from '../../model/group-views.ts'
import type { ChatId } from '../../model/ids.ts'
import { useCommands } from '../state/node.tsx'
import { isLetter } from '../keys.ts'
import { createNoteDoc } from './note-doc.ts'
import type { NoteDoc } from './note-doc.ts'
import type { SaveState } from './outgoing.ts'
import { movePosition } from './text-diff.ts'
import type { DeltaPart } from './text-diff.ts'

interface NoteBox {
  readonly area: RefObject<HTMLTextAreaElement | null>
  readonly ready: boolean
  readonly failed: boolean
  readonly state: SaveState
  readonly focus: () => void
  readonly handlers: {
    readonly onInput: () => void
    readonly onBlur: () => void
    readonly onKeyDown: (event: KeyboardEvent) => void
    readonly onCompositionStart: () => void
    readonly onCompositionEnd: () => void
  }
}

const showIn = (area: HTMLTextAreaElement, text: string, delta: readonly DeltaPart[]): void => {
  const { selectionStart, selectionEnd, selectionDirection, scrollTop } = area
  area.value = text
  area.setSelectionRange(
    movePosition(delta, selectionStart),
    movePosition(delta, selectionEnd),
    selectionDirection ?? 'none'
  )
  area.scrollTop = scrollTop
}

export const useNoteBox = (chat: ChatId, note: NoteView | undefined): NoteBox => {
  const { changeNote } = useCommands()
  const area = useRef<HTMLTextAreaElement>(null)
  const doc = useRef<NoteDoc>(undefined)
  const newest = useRef(note)
  newest.current = note
  /** An input method must not find the text changed under it: what comes meanwhile waits. */
  const composing = useRef(false)
  const [loaded, setLoaded] = useState(false)
  const [ready, setReady] = useState(false)
  const [failed, setFailed] = useState(false)
  const [state, setState] = useState<SaveState>('saved')

  useEffect(() => {
    let gone = false
    let stopState: (() => void) | undefined
    const load = async (): Promise<void> => {
      const made = await createNoteDoc({
        change: (update) => changeNote(chat, update),
        onText: (text, delta) => {
          if (area.current !== null) showIn(area.current, text, delta)
        }
      })
      if (gone) {
        made.stop()
        return
      }
      doc.current = made
      stopState = made.state.subscribe(setState)
      setLoaded(true)
    }
    load().catch(() => !gone && setFailed(true))
    const flush = (): void => doc.current?.flush()
    window.addEventListener('pagehide', flush)
    return () => {
      gone = true
      window.removeEventListener('pagehide', flush)
      stopState?.()
      doc.current?.stop()
      doc.current = undefined
    }
  }, [chat])

  const take = (): void => {
    const { current } = newest
    if (doc.current === undefined || current === undefined || composing.current) return
    try {
      doc.current.take(current.update)
      setReady(true)
    } catch {
      // not readable as a note; the node says so by keeping it void, and the next snapshot may be
      setFailed(!ready)
    }
  }
  useEffect(take, [loaded, note])

  return {
    area,
    ready,
    failed,
    state,
    focus: () => {
      const { current } = area
      if (current === null) return
      current.focus({ preventScroll: true })
    },
    handlers: {
      onInput: () => {
        if (area.current !== null) doc.current?.edit(area.current.value)
      },
      onBlur: () => doc.current?.flush(),
      onKeyDown: (event) => {
        // the browser's own undo does not know what others wrote, and would take it back
        if (!(event.ctrlKey || event.metaKey) || event.altKey) return
        const isRedo = isLetter(event, 'y') || (event.shiftKey && isLetter(event, 'z'))
        if (!isRedo && !isLetter(event, 'z')) return
        event.preventDefault()
        if (isRedo) doc.current?.redo()
        else doc.current?.undo()
      },
      onCompositionStart: () => {
        composing.current = true
      },
      onCompositionEnd: () => {
        composing.current = false
        if (area.current !== null) doc.current?.edit(area.current.value)
        take()
      }
    }
  }
}
