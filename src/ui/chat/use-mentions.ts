/** Ties `@`-completion to the box: what is offered, which is chosen, and the keys that belong to it while it is open. */
import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import { completionAt } from './mentions.ts'
import type { Completion } from './mentions.ts'
import type { People, Person } from './people.ts'
import { insertText } from './textarea.ts'

interface Mentions {
  readonly id: string
  readonly open: Completion | undefined
  readonly at: number
  /** The text or the caret is another now. */
  readonly look: () => void
  readonly close: () => void
  readonly point: (at: number) => void
  readonly pick: (person: Person) => void
  /** Answers whether the key was for the list. */
  readonly onKey: (event: KeyboardEvent) => boolean
}

export const useMentions = (area: RefObject<HTMLTextAreaElement | null>, people: People | undefined): Mentions => {
  const id = useId()
  const open = useSignal<Completion | undefined>(undefined)
  const at = useSignal(0)
  /** Esc closes it for this `@`; another one opens it again. */
  const refused = useSignal<number | undefined>(undefined)

  const look = (): void => {
    const { current } = area
    const next =
      current === null || current.selectionStart !== current.selectionEnd
        ? undefined
        : completionAt(current.value, current.selectionStart, people)
    if (next === undefined || next.from !== refused.peek()) refused.value = undefined
    open.value = next !== undefined && next.from === refused.peek() ? undefined : next
    if (at.peek() >= (next?.found.length ?? 0)) at.value = 0
  }
  // whoever typed `@` before the members were known is offered them when they come
  useEffect(() => {
    if (area.current !== null && area.current === document.activeElement) look()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `look` is another one at every drawing
  }, [people])
  const close = (): void => {
    open.value = undefined
    at.value = 0
  }
  const pick = (person: Person): void => {
    const { current } = area
    const shown = open.peek()
    if (current === null || shown === undefined) return
    close()
    current.setSelectionRange(shown.from, shown.to)
    insertText(current, `@${person.given} `)
  }
  const onKey = (event: KeyboardEvent): boolean => {
    const shown = open.peek()
    if (shown === undefined || event.isComposing) return false
    const { length } = shown.found
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) at.value = (at.peek() + step + length) % length
    else if (event.key === 'Escape') {
      refused.value = shown.from
      close()
    } else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') {
      const person = shown.found[at.peek()]
      if (person !== undefined) pick(person)
    } else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  return {
    id,
    open: open.value,
    at: at.value,
    look,
    close,
    point: (next) => {
      at.value = next
    },
    pick,
    onKey
  }
}
