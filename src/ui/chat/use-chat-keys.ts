/** Keys of the whole conversation: find in it, and typing that begins anywhere lands in the composer. And no accidents. */
import { useEffect } from 'preact/hooks'
import type { ChatSession } from './session.ts'

/** Elements that take keys themselves. */
const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable], dialog, [popover], [role="menu"]') !== null

/** A file dropped on the page would replace the app by that file. */
const refuseFiles = (event: DragEvent): void => {
  if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault()
}

export const useChatKeys = (session: ChatSession): void => {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const command = event.ctrlKey || event.metaKey
      // by place, not by letter: the key is there on every layout
      if (command && !event.shiftKey && !event.altKey && event.code === 'KeyF') {
        event.preventDefault()
        session.searching.value = true
        document.querySelector<HTMLInputElement>('[data-id="chat-search-input"]')?.select()
        return
      }
      if (takesKeys(event.target) || command || event.altKey) return
      // a button is pressed with space, a message opened with enter: only what writes something moves the focus
      if (event.key.length === 1 && event.key !== ' ') session.focusComposer()
    }
    // the search lies over the conversation: Esc takes it away first, wherever the focus is
    const onEscape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || !session.searching.peek()) return
      if (document.querySelector('dialog[open], [popover]:popover-open') !== null) return
      event.preventDefault()
      event.stopPropagation()
      session.searching.value = false
      session.focusComposer()
    }
    window.addEventListener('dragover', refuseFiles)
    window.addEventListener('drop', refuseFiles)
    window.addEventListener('keydown', onKeyDown)
    window.addEventListener('keydown', onEscape, { capture: true })
    return () => {
      window.removeEventListener('dragover', refuseFiles)
      window.removeEventListener('drop', refuseFiles)
      window.removeEventListener('keydown', onKeyDown)
      window.removeEventListener('keydown', onEscape, { capture: true })
    }
  }, [session])
}
