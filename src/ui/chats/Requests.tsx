/** People we do not know who wrote to us. Nothing leaves this device before one of them is accepted. */
import type { VNode } from 'preact'
import type { ChatRow as Row } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Empty } from '../kit/Feedback.tsx'
import { Users } from '../kit/icons.ts'
import { showToast } from '../kit/toasts.ts'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import { useChats, useCommands } from '../state/node.tsx'
import { ChatRow } from './ChatRow.tsx'
import { titleOf } from './titles.ts'

const Request = ({ row }: { readonly row: Row }): VNode => {
  const { acceptRequest, declineRequest } = useCommands()
  const accept = async (): Promise<void> => {
    const done = await attempt(async () => {
      await acceptRequest(row.chat)
      return true
    })
    if (done === true) navigate({ name: 'chat', chat: row.chat })
  }
  const decline = async (): Promise<void> => {
    const done = await attempt(async () => {
      await declineRequest(row.chat)
      return true
    })
    if (done === true) showToast({ text: t('request.declined', { name: titleOf(row) }) })
  }
  return (
    <li class="request">
      <ChatRow row={row} open={false} />
      <div class="request-actions">
        <Button data-id="decline-request" onClick={() => void decline()}>
          {t('request.decline')}
        </Button>
        <Button kind="main" data-id="accept-request" onClick={() => void accept()}>
          {t('request.accept')}
        </Button>
      </div>
    </li>
  )
}

export const Requests = (): VNode => {
  const requests = useChats()?.requests ?? []
  return (
    <div class="chat-scroll">
      {requests.length === 0 ? (
        <Empty icon={Users} title={t('chats.requests')} text={t('chats.emptyRequests')} />
      ) : (
        <>
          <p class="list-hint">{t('chats.requestsHint')}</p>
          <ul class="chat-rows">
            {requests.map((row) => (
              <Request key={row.chat} row={row} />
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
