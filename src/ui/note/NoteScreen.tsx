/** The shared note of a chat: one text that everybody in it writes, each seeing the other's words as they come. */
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import type { ChatId } from '../../model/ids.ts'
import type { NoteView } from '../../model/group-views.ts'
import { formatAgo, formatList } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import { Empty, Spinner } from '../kit/Feedback.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Check, CircleAlert, NotebookPen } from '../kit/icons.ts'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { useChat, useNote } from '../state/node.tsx'
import { now } from '../state/now.ts'
import type { SaveState } from './outgoing.ts'
import { useNoteBox } from './use-note-box.ts'
import './note.css'

export const NoteScreen = ({ chat }: { readonly chat: ChatId }): VNode => {
  const view = useChat(chat)
  const note = useNote(chat)
  const box = useNoteBox(chat, note)
  const self = view?.row.kind === 'self'
  const readOnly = view?.mayWrite !== true
  useEffect(() => {
    if (box.ready) box.focus()
  }, [box.ready])
  return (
    <div class="screen note" data-screen="note" data-chat={chat}>
      <ScreenBar title={self ? t('note.openSelf') : t('note.title')} back="close" takeFocus={false}>
        {box.ready && (box.state !== 'saved' || (note !== undefined && note.authors.length > 0)) && (
          <Saved state={box.state} />
        )}
      </ScreenBar>
      {box.failed ? (
        <Empty icon={CircleAlert} title={t('note.failed')} />
      ) : (
        <>
          {!box.ready && (
            <p class="note-wait">
              <Spinner />
            </p>
          )}
          <textarea
            ref={box.area}
            class="note-text"
            data-id="note-text"
            dir="auto"
            spellcheck
            autoComplete="off"
            hidden={!box.ready}
            readOnly={readOnly}
            placeholder={self ? t('note.placeholderSelf') : t('note.placeholder')}
            aria-label={t('note.label')}
            {...box.handlers}
          />
          <footer class="note-foot">{note !== undefined && <Authors note={note} readOnly={readOnly} />}</footer>
        </>
      )}
    </div>
  )
}

const Saved = ({ state }: { readonly state: SaveState }): VNode => (
  <span class={`note-state ${state}`} role="status" data-id="note-state" data-state={state}>
    {state !== 'saving' && <Icon icon={state === 'saved' ? Check : CircleAlert} size={14} />}
    {state === 'saved' ? t('note.saved') : state === 'saving' ? t('note.saving') : t('note.notSaved')}
  </span>
)

const Authors = ({ note, readOnly }: { readonly note: NoteView; readonly readOnly: boolean }): VNode => {
  const { authors, changedAt } = note
  const names = authors.map(({ name, mine }) => (mine ? t('note.you') : name))
  const words = [
    names.length === 0 ? t('note.empty') : t('note.authors', { names: formatList(names) }),
    changedAt !== undefined && t('note.changed', { when: formatAgo(changedAt, now.value) }),
    readOnly && t('note.readOnly')
  ]
  return (
    <>
      <Icon icon={NotebookPen} size={14} />
      <span data-id="note-authors">{words.filter(Boolean).join(' · ')}</span>
    </>
  )
}
