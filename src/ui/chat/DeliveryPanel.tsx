/** Which way one of our messages went, in plain words: what has happened, what is waited for, what was the last error. */
import type { ComponentChildren, VNode } from 'preact'
import type { ChatId, MessageId } from '../../model/ids.ts'
import type { DeliveryView } from '../../model/views.ts'
import { dayNumber, formatAgo, formatFull, formatSeconds, formatShort } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import { Button } from '../kit/Button.tsx'
import { Empty, Skeleton } from '../kit/Feedback.tsx'
import { CircleAlert, RotateCw } from '../kit/icons.ts'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { Ticks } from '../kit/Ticks.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands, useDelivery } from '../state/node.tsx'
import { now } from '../state/now.ts'
import { useMessage } from '../state/one-message.ts'
import { byMember, DeliveryMembers } from './DeliveryMembers.tsx'
import { shownStatus, STATUS_TEXT } from './status.ts'

interface DeliveryPanelProps {
  readonly chat: ChatId
  readonly message: MessageId
}

export const DeliveryPanel = ({ chat, message }: DeliveryPanelProps): VNode => {
  const delivery = useDelivery(chat, message)
  const shown = useMessage(chat, message)
  return (
    <div class="screen delivery" data-screen="delivery">
      <ScreenBar title={t('delivery.title')} back="close" />
      <div class="screen-scroll">
        {shown !== undefined && (
          <blockquote class="delivery-text" dir="auto">
            {shown.removed ? t('chat.removed') : shown.text}
          </blockquote>
        )}
        {delivery === undefined ? (
          <Skeleton rows={3} />
        ) : delivery === null ? (
          <Empty icon={CircleAlert} title={t('delivery.none')} />
        ) : (
          <Details chat={chat} delivery={delivery} endsAt={shown?.endsAt} />
        )}
      </div>
    </div>
  )
}

const Card = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }): VNode => (
  <section class="delivery-card">
    <h2>{title}</h2>
    {children}
  </section>
)

interface DetailsProps {
  readonly chat: ChatId
  readonly delivery: DeliveryView
  readonly endsAt: number | undefined
}

const Details = ({ chat, delivery, endsAt }: DetailsProps): VNode => {
  const commands = useCommands()
  const members = byMember(delivery.devices)
  const status = shownStatus(delivery.state)
  return (
    <>
      <p class={`delivery-state ${status}`} data-status={status}>
        <Ticks state={delivery.state} size={20} />
        <span>{t(STATUS_TEXT[status])}</span>
      </p>
      {members.length > 0 && (
        <Card title={t('delivery.members')}>
          <DeliveryMembers chat={chat} members={members} />
        </Card>
      )}
      {members.length === 0 && (
        <Card title={t('delivery.way')}>
          <ol class="delivery-steps">
            <Step done text={t('delivery.kept')} at={delivery.writtenAt} />
            {delivery.devices.map((device, index) => (
              <DeviceSteps
                key={device.device}
                device={device}
                number={delivery.devices.length > 1 ? index + 1 : undefined}
              />
            ))}
            {delivery.devices.length === 0 && status !== 'failed' && <Step text={t('delivery.waiting')} />}
          </ol>
        </Card>
      )}
      {endsAt !== undefined && (
        <Card title={t('delivery.disappears')}>
          <p class="delivery-ends" title={formatFull(endsAt)}>
            {formatAgo(endsAt, now.value)}
          </p>
        </Card>
      )}
      {(status === 'queued' || status === 'failed' || delivery.lastError !== undefined) && (
        <Card title={t('delivery.tries')}>
          <dl class="delivery-facts">
            <dt>{t('delivery.attempts')}</dt>
            <dd>{delivery.attempts}</dd>
            {delivery.lastError !== undefined && (
              <>
                <dt>{t('delivery.lastError')}</dt>
                <dd title={delivery.lastError}>{errorWords(delivery.lastError)}</dd>
              </>
            )}
            {delivery.nextTryAt !== undefined && status !== 'failed' && (
              <>
                <dt>{t('delivery.nextTry')}</dt>
                <dd title={formatFull(delivery.nextTryAt)}>{formatAgo(delivery.nextTryAt, now.value)}</dd>
              </>
            )}
          </dl>
          {status === 'failed' && (
            <Button icon={RotateCw} wide onClick={() => void attempt(commands.retry(chat, delivery.message))}>
              {t('chat.retry')}
            </Button>
          )}
          <p class="delivery-note">{status === 'failed' ? t('delivery.failedNote') : t('delivery.safeNote')}</p>
        </Card>
      )}
    </>
  )
}

interface DeviceStepsProps {
  readonly device: DeliveryView['devices'][number]
  readonly number: number | undefined
}

const DeviceSteps = ({ device, number }: DeviceStepsProps): VNode => {
  const label = number === undefined ? t('delivery.theirDevice') : t('delivery.theirDeviceN', { number })
  const { path, deliveredAt, readAt } = device
  return (
    <>
      {deliveredAt === undefined ? (
        <Step text={t('delivery.deviceAway', { device: label })} />
      ) : (
        <Step
          done
          text={
            path === 'direct'
              ? t('delivery.direct', { device: label })
              : path === 'relayed'
                ? t('delivery.relayed', { device: label })
                : t('delivery.arrived', { device: label })
          }
          // a receipt may come after the news that it was read
          at={Math.min(deliveredAt, readAt ?? deliveredAt)}
          detail={
            path === 'direct' ? t('delivery.directNote') : path === 'relayed' ? t('delivery.relayedNote') : undefined
          }
        />
      )}
      {readAt !== undefined && <Step done text={t('delivery.read')} at={readAt} />}
    </>
  )
}

interface StepProps {
  readonly text: string
  readonly done?: boolean
  readonly at?: number
  readonly detail?: string | undefined
}

const Step = ({ text, done = false, at, detail }: StepProps): VNode => (
  <li class={done ? 'done' : 'waits'}>
    <span>
      {text}
      {detail !== undefined && <small>{detail}</small>}
    </span>
    {at === undefined ? (
      <small>{t('delivery.waits')}</small>
    ) : (
      <time dateTime={new Date(at).toISOString()} title={formatFull(at)}>
        {formatStep(at)}
      </time>
    )}
  </li>
)

/** To the second on the same day: the way of a message is read in seconds. */
const formatStep = (at: number): string =>
  dayNumber(at) === dayNumber(now.value) ? formatSeconds(at) : formatShort(at, now.value)

/** What the node keeps is for its log; a person is told what it means for them. */
const errorWords = (error: string): string => {
  if (error === 'refused' || error === 'malformed' || error === 'untrusted') return t('delivery.refused')
  if (error === 'needs-newer') return t('delivery.needsNewer')
  if (error === 'too-large') return t('delivery.tooLarge')
  if (error === 'kept aside') return t('delivery.keptAside')
  return t('delivery.unreachable')
}
