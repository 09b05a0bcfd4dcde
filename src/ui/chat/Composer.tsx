/**
 * Where messages are written. The text lives in the textarea itself (an input method must never find it changed under
 * it); what surrounds it follows. A draft is kept, a failed text comes back.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { ChatView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Check, SendHorizontal, Smile } from '../kit/icons.ts'
import { showToast } from '../kit/toasts.ts'
import { errorCode, errorText } from '../state/attempt.ts'
import { useCommands, useSettings } from '../state/node.tsx'
import { rightNow } from '../state/now.ts'
import { ComposerBanner } from './ComposerBanner.tsx'
import { CharCounter } from './CharCounter.tsx'
import { keyToAction } from './composer-keys.ts'
import { EmojiPopover } from './EmojiPopover.tsx'
import { MentionList } from './MentionList.tsx'
import { mentionsIn } from './mentions.ts'
import type { People } from './people.ts'
import { MAX_CHARS, sendText, tidy } from './send-text.ts'
import type { ChatSession, ComposerMode } from './session.ts'
import { insertText, useAutoHeight } from './textarea.ts'
import { useDraft } from './use-draft.ts'
import { startEdit } from './use-message-actions.ts'
import { useMentions } from './use-mentions.ts'
import { isPendingId } from './pending.ts'

interface ComposerProps {
  readonly session: ChatSession
  readonly view: ChatView
  /** In groups: who can be mentioned. */
  readonly people: People | undefined
}

const isSoftKeyboard = (): boolean =>
  typeof matchMedia === 'function' && matchMedia('(pointer: coarse) and (hover: none)').matches

export const Composer = ({ session, view, people }: ComposerProps): VNode => {
  const { chat } = session
  const commands = useCommands()
  const enterSends = useSettings()?.enterSends ?? true
  const area = useRef<HTMLTextAreaElement>(null)
  const length = useSignal(0)
  const wasPicking = useRef(false)
  const picker = useSignal<HTMLElement | undefined>(undefined)
  const grow = useAutoHeight(area)
  const mode = session.mode.value
  // what was being written before an edit began comes back after it
  const aside = useRef<string | undefined>(undefined)

  const setText = (text: string): void => {
    const { current } = area
    if (current === null) return
    current.value = text
    length.value = text.length
    grow()
  }
  const draft = useDraft({ session, view, area, people, setText })
  const mentions = useMentions(area, people)
  const changed = (): void => {
    length.value = area.current?.value.length ?? 0
    grow()
    mentions.look()
    draft.changed()
  }

  session.focusComposer = () => area.current?.focus()
  useEffect(() => {
    if (!isSoftKeyboard()) area.current?.focus({ preventScroll: true })
  }, [])

  const editing = mode.kind === 'edit' ? mode.message : undefined
  useLayoutEffect(() => {
    if (mode.kind !== 'edit') return
    aside.current ??= area.current?.value ?? ''
    setText(mode.text)
    area.current?.setSelectionRange(mode.text.length, mode.text.length)
  }, [editing])

  const leave = (): void => {
    if (mode.kind === 'edit') {
      setText(aside.current ?? '')
      aside.current = undefined
    }
    session.mode.value = { kind: 'write' }
    draft.changed()
    area.current?.focus()
  }

  const giveBack = (text: string, was: ComposerMode, error: unknown): void => {
    showToast({ text: `${errorText(errorCode(error))} ${t('chat.textKept')}`, kind: 'bad' })
    const now = area.current?.value ?? ''
    setText(now === '' ? text : `${text}\n${now}`)
    if (session.mode.peek().kind === 'write') session.mode.value = was
    draft.failed(area.current === null ? text : undefined)
  }

  const submitEdit = async (was: ComposerMode & { kind: 'edit' }, text: string): Promise<void> => {
    leave()
    if (text === was.text) return
    try {
      await commands.edit(chat, was.message, text)
    } catch (error) {
      aside.current = area.current?.value ?? ''
      giveBack(text, was, error)
    }
  }

  const submit = async (): Promise<void> => {
    const text = tidy(area.current?.value ?? '')
    if (text === '' || text.length > MAX_CHARS) return
    if (mode.kind === 'edit') return await submitEdit(mode, text)
    setText('')
    session.mode.value = { kind: 'write' }
    try {
      const quote = mode.kind === 'reply' ? mode.quote : undefined
      await sendText(text, quote, {
        session,
        mentions: mentionsIn(text, people),
        now: rightNow,
        send: (one, nonce) => commands.send(chat, one, nonce)
      })
      draft.sent()
    } catch (error) {
      giveBack(text, mode, error)
    }
  }

  const editLast = (): boolean => {
    const last = session.shown.findLast((message) => message.mine)
    if (last === undefined || last.removed || last.needsNewer || isPendingId(last.id)) return false
    startEdit(session, last)
    return true
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (mentions.onKey(event)) return
    const action = keyToAction(event, {
      enterSends,
      softKeyboard: isSoftKeyboard(),
      empty: area.current?.value === '',
      editing: mode.kind === 'edit',
      replying: mode.kind === 'reply'
    })
    if (action === undefined) return
    if (action === 'send') void submit()
    else if (action === 'cancel') leave()
    else if (action === 'edit-last') {
      if (!editLast()) return
    } else if (!event.ctrlKey && !event.metaKey) return
    else if (area.current !== null) insertText(area.current, '\n')
    event.preventDefault()
    event.stopPropagation()
  }

  const tooLong = length.value > MAX_CHARS
  const name = view.row.title
  const label = useMemo(
    () => (view.row.kind === 'self' ? t('chat.composerSelf') : t('chat.composerTo', { name })),
    [name]
  )
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {mode.kind !== 'write' && <ComposerBanner mode={mode} session={session} onCancel={leave} />}
      {mentions.open !== undefined && (
        <MentionList
          id={mentions.id}
          found={mentions.open.found}
          at={mentions.at}
          onPick={mentions.pick}
          onPoint={mentions.point}
        />
      )}
      <div class="composer-row">
        <div class={tooLong ? 'composer-field wrong' : 'composer-field'}>
          <textarea
            ref={area}
            data-id="composer"
            rows={1}
            dir="auto"
            placeholder={t('chat.composer')}
            aria-label={label}
            aria-invalid={tooLong ? 'true' : undefined}
            autoComplete="off"
            enterkeyhint={enterSends && !isSoftKeyboard() ? 'send' : 'enter'}
            onInput={changed}
            onKeyDown={onKeyDown}
            onBlur={() => {
              mentions.close()
              draft.flush()
            }}
            onSelect={mentions.look}
            {...(people === undefined ? {} : { 'aria-autocomplete': 'list' as const })}
            aria-controls={mentions.open === undefined ? undefined : mentions.id}
            aria-activedescendant={mentions.open === undefined ? undefined : `${mentions.id}-${mentions.at}`}
          />
          <CharCounter length={length.value} />
          <IconButton
            icon={Smile}
            label={t('chat.emoji')}
            data-id="emoji-button"
            aria-haspopup="dialog"
            // the field keeps the focus, and with it the place to insert
            onPointerDown={(event) => {
              event.preventDefault()
              // the browser closes the picker before the click arrives
              wasPicking.current = picker.peek() !== undefined
            }}
            onClick={(event) => {
              picker.value = wasPicking.current ? undefined : event.currentTarget
              wasPicking.current = false
            }}
          />
        </div>
        <button
          type="submit"
          class="send"
          data-id="send"
          aria-label={mode.kind === 'edit' ? t('chat.saveEdit') : t('chat.send')}
          title={mode.kind === 'edit' ? t('chat.saveEdit') : t('chat.send')}
          disabled={length.value === 0 || tooLong}
          // the soft keyboard must stay where it is
          onPointerDown={(event) => event.preventDefault()}
        >
          <Icon icon={mode.kind === 'edit' ? Check : SendHorizontal} size={20} flip={mode.kind !== 'edit'} />
        </button>
      </div>
      {picker.value !== undefined && (
        <EmojiPopover
          opener={picker.value}
          onClose={() => {
            picker.value = undefined
          }}
          onPick={(emoji) => {
            if (area.current === null) return
            insertText(area.current, emoji)
            changed()
          }}
        />
      )}
    </form>
  )
}
