/** Which step of the first run is open, in this page. It starts when a page meets no account, and ends in a chat. */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'

const step = signal<'none' | 'name' | 'link'>('none')
export const firstRunStep: ReadonlySignal<'none' | 'name' | 'link'> = step

export const startFirstRun = (): void => {
  if (step.peek() === 'none') step.value = 'name'
}

export const showFirstLink = (): void => {
  step.value = 'link'
}

export const endFirstRun = (): void => {
  step.value = 'none'
}
