/** What must be settled before writing, or stands in its place: a request, an unanswered one of ours, a block. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { ChatView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { Clock, Lock, LogOut, MonitorSmartphone, ShieldQuestionMark } from '../kit/icons.ts'
import type { IconNode } from '../kit/icons.ts'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'

/** In the composer's place, where nothing may be written. */
export const StandingBar = ({
  view,
  replaced
}: {
  readonly view: ChatView
  readonly replaced: boolean
}): VNode | null => {
  const { standing, kind } = view.row
  if (replaced) return <ReasonBar icon={MonitorSmartphone} text={t('chat.replaced')} />
  if (standing === 'request') return <RequestBar view={view} />
  if (standing === 'blocked') return <BlockedBar view={view} />
  if (standing === 'left') return <ReasonBar icon={LogOut} text={t('group.youLeft')} />
  if (standing === 'joining') return <ReasonBar icon={Clock} text={t('group.youJoin')} />
  return kind === 'group' ? <ReasonBar icon={Lock} text={t('chat.onlyAdmins')} /> : null
}

/** Why nothing can be written. */
const ReasonBar = ({ icon, text }: { readonly icon: IconNode; readonly text: string }): VNode => (
  <p class="standing reason" role="note" data-id="read-only">
    <Icon icon={icon} size={18} />
    <span>{text}</span>
  </p>
)

const RequestBar = ({ view }: { readonly view: ChatView }): VNode => {
  const commands = useCommands()
  const [busy, setBusy] = useState(false)
  const { chat, title } = view.row
  const act = async (work: Promise<void>, after?: () => void): Promise<void> => {
    setBusy(true)
    const done = await attempt(work.then(() => true))
    setBusy(false)
    if (done === true) after?.()
  }
  return (
    <section class="standing" aria-label={t('chat.requestTitle', { name: title })}>
      <p class="standing-text">
        <Icon icon={ShieldQuestionMark} size={20} />
        <span>
          <b>{t('chat.requestTitle', { name: title })}</b>
          <br />
          {t('chat.requestText')}
        </span>
      </p>
      <div class="standing-buttons">
        <Button
          data-id="decline-request"
          kind="danger"
          disabled={busy}
          onClick={() => void act(commands.declineRequest(chat), () => navigate({ name: 'chats' }, { replace: true }))}
        >
          {t('chat.decline')}
        </Button>
        <Button data-id="accept-request" kind="main" busy={busy} onClick={() => void act(commands.acceptRequest(chat))}>
          {t('chat.accept')}
        </Button>
      </div>
    </section>
  )
}

const BlockedBar = ({ view }: { readonly view: ChatView }): VNode => {
  const commands = useCommands()
  return (
    <section class="standing row-wise" aria-label={t('chat.blockedText', { name: view.row.title })}>
      <p>{t('chat.blockedText', { name: view.row.title })}</p>
      <Button data-id="unblock" onClick={() => void attempt(commands.setContact(view.row.did, { blocked: false }))}>
        {t('chat.unblock')}
      </Button>
    </section>
  )
}

/** Over the composer: they have not accepted yet, but writing works already. */
export const AskedNote = ({ view }: { readonly view: ChatView }): VNode | null =>
  view.row.standing === 'asked' ? (
    <p class="asked-note" role="status" data-id="asked-note">
      <Icon icon={Clock} size={14} />
      <span>{t('chat.asked', { name: view.row.title })}</span>
    </p>
  ) : null
