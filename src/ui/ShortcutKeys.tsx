/** Keys that work everywhere: new chat, switcher, other chat, the list of all keys. By physical key, for any script. */
import type { VNode } from 'preact'

export const ShortcutKeys = (): VNode | null => null
