/** What a chat has besides messages, on the page of a group or a person: note, pinned messages, the timer. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { ChatView } from '../../model/views.ts'
import { toLine } from '../chat/to-line.ts'
import { formatDuration } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { NotebookPen, Pin, PinOff, Timer } from '../kit/icons.ts'
import { Row, Section, SelectRow } from '../kit/List.tsx'
import { Link } from '../Link.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'

const HOUR = 3600
/** What people choose elsewhere; another value that somebody set is offered as well. */
const TIMES = [0, 30, 300, HOUR, 8 * HOUR, 24 * HOUR, 168 * HOUR, 672 * HOUR] as const

interface ChatSectionProps {
  readonly view: ChatView
  readonly mayTime: boolean
  readonly mayPin: boolean
}

const words = (seconds: number): string =>
  seconds === 0 ? t('timer.off') : t('timer.after', { time: formatDuration(seconds) })

export const ChatSection = ({ view, mayTime, mayPin }: ChatSectionProps): VNode => {
  const { setTimer } = useCommands()
  const [listing, setListing] = useState(false)
  const { chat, kind } = view.row
  const seconds = view.timerSeconds ?? 0
  const pins = view.pinned ?? []
  const times = [...new Set([...TIMES, seconds])].toSorted((a, b) => a - b)
  return (
    <Section title={t('contact.shared')} note={seconds === 0 ? undefined : t('timer.note')}>
      <Row
        icon={NotebookPen}
        title={kind === 'self' ? t('note.openSelf') : t('note.open')}
        detail={kind === 'self' ? undefined : t('note.openText')}
        to={{ name: 'note', chat }}
        data-id="open-note"
      />
      {pins.length > 0 && (
        <Row
          icon={Pin}
          title={t('pins.title')}
          end={String(pins.length)}
          data-id="open-pins"
          onClick={() => setListing(true)}
        />
      )}
      {mayTime ? (
        <SelectRow
          icon={Timer}
          title={t('timer.title')}
          value={String(seconds)}
          options={times.map((value) => ({ value: String(value), label: words(value) }))}
          onChange={(value) => void attempt(setTimer(chat, Number(value)))}
          data-id="timer-select"
        />
      ) : (
        <Row icon={Timer} title={t('timer.title')} end={words(seconds)} data-id="timer" />
      )}
      {listing && <Pins view={view} mayPin={mayPin} onClose={() => setListing(false)} />}
    </Section>
  )
}

interface PinsProps {
  readonly view: ChatView
  readonly mayPin: boolean
  readonly onClose: () => void
}

const Pins = ({ view, mayPin, onClose }: PinsProps): VNode => {
  const { pinMessage } = useCommands()
  const { chat } = view.row
  const pins = view.pinned ?? []
  return (
    <Dialog title={t('pins.title')} onClose={onClose}>
      <ul class="pins">
        {pins.toReversed().map(({ message, text }) => (
          <li key={message} class="pin">
            <Link to={{ name: 'chat', chat, at: message }} class="pin-text" data-id="pin" onFollow={onClose}>
              <span dir="auto">{toLine(text) || t('pins.empty')}</span>
            </Link>
            {mayPin && (
              <IconButton
                icon={PinOff}
                size={18}
                label={t('pins.unpin')}
                data-id="unpin-message"
                onClick={() => {
                  if (pins.length === 1) onClose()
                  void attempt(pinMessage(chat, message, false))
                }}
              />
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
