/** A long list of chats, of which only the rows in sight exist. */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { Virtualizer } from 'virtua'
import type { ChatRow } from '../../model/views.ts'

/** What a row measures, so that the scroll bar is right before any is drawn. */
const ROW_PX = 68

interface VirtualRowsProps {
  readonly rows: readonly ChatRow[]
  readonly label: string
  readonly draw: (row: ChatRow) => VNode
  readonly onKeyDown: (event: KeyboardEvent) => void
}

export const VirtualRows = ({ rows, label, draw, onKeyDown }: VirtualRowsProps): VNode => {
  const scroller = useRef<HTMLDivElement>(null)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only moves focus among its links
    <div ref={scroller} class="chat-scroll" role="list" aria-label={label} onKeyDown={onKeyDown}>
      <Virtualizer scrollRef={scroller} itemSize={ROW_PX} bufferSize={400}>
        {rows.map((row) => (
          <div key={row.chat} class="chat-rows" role="listitem">
            {draw(row)}
          </div>
        ))}
      </Virtualizer>
    </div>
  )
}
