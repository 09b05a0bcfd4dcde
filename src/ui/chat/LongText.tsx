/** A message's text; a very long one begins folded, so that one message cannot fill ten screens of a conversation. */
import type { ComponentChildren, VNode } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'

const LONG_CHARS = 1800
const LONG_LINES = 30

interface LongTextProps {
  readonly text: string
  readonly children: ComponentChildren
}

const isLong = (text: string): boolean =>
  text.length > LONG_CHARS || text.split('\n', LONG_LINES + 1).length > LONG_LINES

export const LongText = ({ text, children }: LongTextProps): VNode => {
  const [open, setOpen] = useState(false)
  const folded = !open && isLong(text)
  return (
    <>
      <span class={folded ? 'text folded' : 'text'} data-id="text">
        {children}
      </span>
      {folded && (
        <button type="button" class="unfold" onClick={() => setOpen(true)}>
          {t('chat.showMore')}
        </button>
      )}
    </>
  )
}
