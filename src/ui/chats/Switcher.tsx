/** Ctrl/⌘+K: a few letters, Enter, and you are in another chat. A combobox over a list of options. */
import type { VNode } from 'preact'
import { useEffect, useId, useState } from 'preact/hooks'
import type { ChatRow } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { navigate } from '../router.ts'
import { useChats } from '../state/node.tsx'
import { Marked } from './Marked.tsx'
import { matchIn } from './match.ts'
import { faceOf, titleOf } from './titles.ts'

const MAX_SHOWN = 8

export const Switcher = ({ onClose }: { readonly onClose: () => void }): VNode => {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const id = useId()
  const list = useChats()
  const rows = [...(list?.rows ?? []), ...(list?.archived ?? [])]
    .filter((row) => query.trim() === '' || matchIn(titleOf(row), query) !== undefined)
    .slice(0, MAX_SHOWN)
  const at = Math.min(chosen, Math.max(0, rows.length - 1))
  useEffect(() => setChosen(0), [query])

  const open = (row: ChatRow | undefined): void => {
    if (row === undefined) return
    onClose()
    navigate({ name: 'chat', chat: row.chat })
  }

  return (
    <Dialog title={t('switcher.title')} hideTitle class="switcher" onClose={onClose}>
      <input
        class="switcher-input"
        role="combobox"
        dir="auto"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={rows.length === 0 ? undefined : `${id}-${at}`}
        aria-label={t('switcher.placeholder')}
        placeholder={t('switcher.placeholder')}
        autoComplete="off"
        spellcheck={false}
        data-id="switcher-input"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing) return
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
          if (step !== undefined) {
            event.preventDefault()
            setChosen((at + step + rows.length) % Math.max(1, rows.length))
          }
          if (event.key === 'Enter') {
            event.preventDefault()
            open(rows[at])
          }
        }}
      />
      <div id={id} role="listbox" aria-label={t('chats.list')} class="switcher-list">
        {rows.map((row, index) => {
          const name = titleOf(row)
          const mark = matchIn(name, query)
          return (
            // the keyboard drives it through the field (aria-activedescendant)
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={row.chat}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              class="hit"
              data-id="switcher-option"
              onPointerMove={() => setChosen(index)}
              onClick={() => open(row)}
            >
              <Avatar name={row.title} avatar={row.avatar} size={40} {...faceOf(row)} />
              <b class="clip">
                <Marked text={name} marks={mark === undefined ? [] : [mark]} />
              </b>
            </div>
          )
        })}
        {rows.length === 0 && <p class="switcher-none">{t('search.nothing', { query })}</p>}
      </div>
    </Dialog>
  )
}
