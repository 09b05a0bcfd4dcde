/** Questions about one message: delete it for whom, which reaction, how it read before it was edited. */
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import type { MessageView } from '../../model/views.ts'
import { formatFull } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { EmojiPopover } from './EmojiPopover.tsx'
import { isPendingId } from './pending.ts'
import type { Room } from './people.ts'
import type { ChatSession } from './session.ts'

export const AskedDialogs = ({
  session,
  room
}: {
  readonly session: ChatSession
  readonly room: Room
}): VNode | null => {
  const commands = useCommands()
  const asked = session.asked.value
  const close = (): void => {
    session.asked.value = undefined
  }
  useEffect(() => close, [session])
  if (asked === undefined) return null
  if (asked.about === 'history') return <History message={asked.message} onClose={close} />
  if (asked.about === 'remove')
    return <Remove session={session} message={asked.message} mayRemove={room.mayRemove} onClose={close} />
  return (
    <EmojiPopover
      opener={asked.opener}
      onClose={close}
      onPick={(emoji) => {
        close()
        void attempt(commands.react(session.chat, asked.message.id, emoji))
      }}
    />
  )
}

interface AboutProps {
  readonly message: MessageView
  readonly onClose: () => void
}
interface RemoveProps extends AboutProps {
  readonly session: ChatSession
  /** Also what others wrote. */
  readonly mayRemove: boolean
}

const Remove = ({ session, message, mayRemove, onClose }: RemoveProps): VNode => {
  const commands = useCommands()
  const everyone = (message.mine || mayRemove) && !message.removed && !message.needsNewer && !isPendingId(message.id)
  const remove = (scope: 'me' | 'everyone'): void => {
    onClose()
    void attempt(commands.remove(session.chat, message.id, scope))
    session.focusComposer()
  }
  return (
    <Dialog
      title={t('chat.removeTitle')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button kind="danger" data-id="remove-me" onClick={() => remove('me')}>
            {t('chat.removeMe')}
          </Button>
          {everyone && (
            <Button kind="danger" data-id="remove-everyone" onClick={() => remove('everyone')}>
              {t('chat.removeEveryone')}
            </Button>
          )}
        </>
      }
    >
      <p>{everyone ? t('chat.removeText') : t('chat.removeTextMe')}</p>
    </Dialog>
  )
}

const History = ({ message, onClose }: AboutProps): VNode => (
  <Dialog title={t('chat.historyTitle')} onClose={onClose}>
    <ol class="history">
      <li>
        <p dir="auto">{message.text}</p>
        <small>{t('chat.historyNow')}</small>
      </li>
      {message.edits.toReversed().map((edit) => (
        <li key={edit.at}>
          <p dir="auto">{edit.text}</p>
          <small>{formatFull(edit.at)}</small>
        </li>
      ))}
    </ol>
  </Dialog>
)
