/** Says how much room is left when it gets scarce; a screen reader hears it only when it is too much. */
import type { VNode } from 'preact'
import { formatNumber } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { MAX_CHARS } from './send-text.ts'

const SHOW_FROM = MAX_CHARS - 512

export const CharCounter = ({ length }: { readonly length: number }): VNode | null => {
  if (length < SHOW_FROM) return null
  const left = MAX_CHARS - length
  return (
    <span class={left < 0 ? 'char-counter wrong' : 'char-counter'} data-id="char-counter">
      <span aria-hidden="true">{formatNumber(left)}</span>
      {left < 0 && (
        <span class="sr-only" role="alert">
          {t('chat.tooLong', { count: -left })}
        </span>
      )}
    </span>
  )
}
