/** Short news at the edge of the screen, with at most one action (mostly Undo). The newest replaces the one before. */
import { signal } from '@preact/signals'

export interface Toast {
  readonly text: string
  readonly kind?: 'plain' | 'bad'
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** Long enough to read and to reach the button; bad news stays longer. */
const SHOW_MS = 5000
const SHOW_BAD_MS = 9000

export const toast = signal<(Toast & { readonly id: number }) | undefined>(undefined)
let count = 0
let timer: ReturnType<typeof setTimeout> | undefined

export const hideToast = (): void => {
  clearTimeout(timer)
  toast.value = undefined
}

/** While the pointer or focus is on it, it stays. */
export const holdToast = (): void => clearTimeout(timer)

export const releaseToast = (): void => {
  const shown = toast.peek()
  clearTimeout(timer)
  if (shown !== undefined) timer = setTimeout(hideToast, shown.kind === 'bad' ? SHOW_BAD_MS : SHOW_MS)
}

export const showToast = (next: Toast): void => {
  toast.value = { ...next, id: ++count }
  releaseToast()
}
