/** Whether the browser keeps our data, and what can be done about it: ask it to, or install the app. */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

const installable = signal<InstallPrompt | undefined>(undefined)
const persisted = signal<boolean | undefined>(undefined)
const usage = signal<{ readonly used: number; readonly quota: number } | undefined>(undefined)

/** `undefined`: not known yet, or this browser has no such thing. */
export const isPersisted: ReadonlySignal<boolean | undefined> = persisted
export const storageUsage: ReadonlySignal<{ readonly used: number; readonly quota: number } | undefined> = usage
/** Its notice is up: one at a time is enough. */
export const isNoticeUp = signal(false)
export const canInstall = (): boolean => installable.value !== undefined

export const refreshStorage = async (): Promise<void> => {
  persisted.value = await navigator.storage?.persisted?.()
  const { usage: used, quota } = (await navigator.storage?.estimate?.()) ?? {}
  if (used !== undefined && quota !== undefined) usage.value = { used, quota }
}

/** Browsers decide by their own rules; the answer is what they decided. */
export const askToPersist = async (): Promise<boolean> => {
  const agreed = (await navigator.storage?.persist?.()) ?? false
  persisted.value = agreed
  return agreed
}

export const install = async (): Promise<void> => {
  const prompt = installable.peek()
  installable.value = undefined
  await prompt?.prompt()
}

const caught = (event: Event): void => {
  event.preventDefault()
  installable.value = event as InstallPrompt
}

const installed = (): void => {
  installable.value = undefined
  void refreshStorage()
}

/** The browser offers installation once, early: it must be caught when it comes. */
export const startStorage = (): (() => void) => {
  window.addEventListener('beforeinstallprompt', caught)
  window.addEventListener('appinstalled', installed)
  void refreshStorage()
  return () => {
    window.removeEventListener('beforeinstallprompt', caught)
    window.removeEventListener('appinstalled', installed)
  }
}
