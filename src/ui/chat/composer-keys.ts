/**
 * What a key means in the composer. Keys that belong to an input method (IME) are never ours; keys are read by meaning,
 * not by letter, so they work on every layout.
 */
export interface ComposerKey {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly isComposing: boolean
  /** 229 is what browsers report for a key that an input method swallowed. */
  readonly keyCode: number
}

export interface ComposerSituation {
  readonly enterSends: boolean
  /** Only a soft keyboard: its Enter breaks the line, sending has its own button. */
  readonly softKeyboard: boolean
  readonly empty: boolean
  readonly editing: boolean
  readonly replying: boolean
}

export type ComposerAction = 'send' | 'newline' | 'edit-last' | 'cancel'

export const keyToAction = (key: ComposerKey, now: ComposerSituation): ComposerAction | undefined => {
  if (key.isComposing || key.keyCode === 229) return undefined
  const command = key.ctrlKey || key.metaKey
  if (key.key === 'Enter') {
    if (key.altKey) return undefined
    if (command) return now.enterSends && !now.softKeyboard ? 'newline' : 'send'
    return now.enterSends && !now.softKeyboard && !key.shiftKey ? 'send' : 'newline'
  }
  if (key.shiftKey || command || key.altKey) return undefined
  if (key.key === 'ArrowUp' && now.empty && !now.editing) return 'edit-last'
  if (key.key === 'Escape' && (now.editing || now.replying)) return 'cancel'
  return undefined
}
