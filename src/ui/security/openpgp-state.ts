/** Whether the dialog that opens OpenPGP texts is up; apart, because the page's root asks. */
import { signal } from '@preact/signals'

export const isOpeningText = signal(false)
export const openTextDialog = (): void => {
  isOpeningText.value = true
}
