/**
 * The rows themselves. Short lists are plain; long ones are virtual, and the code for that is loaded only then. One row is
 * in the tab order, arrow keys move among the others.
 */
import type { VNode } from 'preact'
import type { ChatRow as Row } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Skeleton } from '../kit/Feedback.tsx'
import { lazyPart } from '../lazy.tsx'
import { ChatRow } from './ChatRow.tsx'

/** A hundred rows render in a few milliseconds; beyond that, only those in sight. */
const PLAIN_ROWS = 100

const VirtualRows = lazyPart(async () => (await import('./VirtualRows.tsx')).VirtualRows)

interface ChatRowsProps {
  readonly rows: readonly Row[]
  readonly open: string | undefined
  /** It fills the pane and scrolls by itself. */
  readonly scroll?: boolean
}

const moveFocus = (event: KeyboardEvent): void => {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  const links = Array.from((event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('a.chat-link'))
  const at = links.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key]
  if (next === undefined) return
  event.preventDefault()
  links[next]?.focus()
}

export const ChatRows = ({ rows, open, scroll = false }: ChatRowsProps): VNode => {
  const long = scroll && rows.length > PLAIN_ROWS
  const focusable = rows.some(({ chat }) => chat === open) ? open : rows[0]?.chat
  const drawRow = (row: Row): VNode => <ChatRow row={row} open={row.chat === open} tabbable={row.chat === focusable} />
  if (long)
    return (
      <VirtualRows
        rows={rows}
        label={t('chats.list')}
        onKeyDown={moveFocus}
        draw={drawRow}
        waiting={<Skeleton rows={8} />}
      />
    )
  return (
    <div class={scroll ? 'chat-scroll' : ''}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only moves focus among its links */}
      <ul class="chat-rows" onKeyDown={moveFocus}>
        {rows.map((row) => (
          <li key={row.chat}>{drawRow(row)}</li>
        ))}
      </ul>
    </div>
  )
}
