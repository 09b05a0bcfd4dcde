/** Ties the composer's box to the chat's stored draft. */
import type { RefObject } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { ChatView, Draft } from '../../model/views.ts'
import { useCommands } from '../state/node.tsx'
import { useMessage } from '../state/one-message.ts'
import { createDraftKeeper } from './draft-keeper.ts'
import { mentionsIn } from './mentions.ts'
import type { People } from './people.ts'
import { quoteOf } from './session.ts'
import type { ChatSession } from './session.ts'

interface DraftDeps {
  readonly session: ChatSession
  readonly view: ChatView
  readonly area: RefObject<HTMLTextAreaElement | null>
  readonly people: People | undefined
  readonly setText: (text: string) => void
}

interface DraftInComposer {
  /** The box or what it answers has changed. */
  readonly changed: () => void
  readonly flush: () => void
  /** What was in the box has become a message. */
  readonly sent: () => void
  /** It has not; `text` when there is no box any more to put it into. */
  readonly failed: (text: string | undefined) => void
}

export const useDraft = ({ session, view, area, people, setText }: DraftDeps): DraftInComposer => {
  const commands = useCommands()
  const { chat } = session
  const first = useMemo(() => view.draft, [chat])
  const keeper = useMemo(() => createDraftKeeper(first, (draft) => commands.saveDraft(chat, draft)), [chat])

  const now = (): Draft | undefined => {
    const mode = session.mode.peek()
    // an edit is no draft: what was being written before it stays stored
    if (mode.kind === 'edit') return undefined
    const text = area.current?.value ?? ''
    const named = mentionsIn(text, people)
    return {
      text,
      ...(mode.kind === 'reply' ? { replyTo: mode.quote.message } : {}),
      ...(named.length === 0 ? {} : { mentions: named.map(({ did }) => did) })
    }
  }
  const changed = (): void => {
    const draft = now()
    if (draft !== undefined) keeper.changed(draft)
  }

  useEffect(() => {
    if (first.text !== '') setText(first.text)
    const onHide = (): void => {
      if (document.visibilityState === 'hidden') keeper.flush()
    }
    document.addEventListener('visibilitychange', onHide)
    window.addEventListener('pagehide', keeper.flush)
    return () => {
      document.removeEventListener('visibilitychange', onHide)
      window.removeEventListener('pagehide', keeper.flush)
      keeper.flush()
    }
  }, [keeper])

  // the draft remembers which message it answers, not what that said
  const quoted = useMessage(chat, first.replyTo)
  useEffect(() => {
    if (quoted === undefined || session.mode.peek().kind !== 'write' || quoted.id !== first.replyTo) return
    session.mode.value = { kind: 'reply', quote: quoteOf(quoted) }
  }, [quoted?.id])

  useEffect(() => {
    // another tab wrote; here nobody is writing
    if (!document.hasFocus() && session.mode.peek().kind !== 'edit' && keeper.isNews(view.draft))
      setText(view.draft.text)
  }, [view.draft])

  useEffect(
    () =>
      session.mode.subscribe((mode) => {
        if (mode.kind === 'reply') changed()
      }),
    [session]
  )

  return {
    changed,
    flush: keeper.flush,
    sent: () => {
      keeper.changed(now() ?? { text: '' })
      keeper.flush()
    },
    failed: (text) => {
      if (text === undefined) changed()
      else {
        keeper.changed({ text })
        keeper.flush()
      }
    }
  }
}
