/** Of a message to a group: one row a member, whoever has read it first; a member's best device speaks for them. */
import type { VNode } from 'preact'
import { hueOf } from '../../model/avatar.ts'
import type { Somebody } from '../../model/group-views.ts'
import type { ChatId } from '../../model/ids.ts'
import type { Avatar as AvatarView } from '../../model/avatar.ts'
import type { DeliveryView } from '../../model/views.ts'
import { formatFull, formatShort } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Ticks } from '../kit/Ticks.tsx'
import { useGroup } from '../state/node.tsx'
import { now } from '../state/now.ts'

export interface MemberDelivery {
  readonly who: Somebody
  readonly deliveredAt: number | undefined
  readonly readAt: number | undefined
}

const earliest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** Empty between two people, where nobody is named. */
export const byMember = (devices: DeliveryView['devices']): readonly MemberDelivery[] => {
  const others = devices.filter(({ who }) => who !== undefined && !who.mine)
  const rank = ({ readAt, deliveredAt }: MemberDelivery): number =>
    readAt !== undefined ? 0 : deliveredAt !== undefined ? 1 : 2
  return [...Map.groupBy(others, ({ who }) => who?.did).values()]
    .flatMap((theirs) => {
      const who = theirs[0]?.who
      if (who === undefined) return []
      const readAt = earliest(theirs.map((device) => device.readAt))
      const deliveredAt = earliest([...theirs.map((device) => device.deliveredAt), readAt])
      return [{ who, deliveredAt, readAt }]
    })
    .toSorted((a, b) => rank(a) - rank(b) || a.who.name.localeCompare(b.who.name))
}

interface DeliveryMembersProps {
  readonly chat: ChatId
  readonly members: readonly MemberDelivery[]
}

export const DeliveryMembers = ({ chat, members }: DeliveryMembersProps): VNode => {
  const faces = new Map(useGroup(chat)?.members.map(({ did, avatar }) => [did, avatar]))
  const max = members.length
  const read = members.filter(({ readAt }) => readAt !== undefined).length
  const arrived = members.filter(({ deliveredAt }) => deliveredAt !== undefined).length
  return (
    <>
      <p class="delivery-sum">
        {read > 0 ? t('delivery.readBy', { count: read, max }) : t('delivery.arrivedAt', { count: arrived, max })}
      </p>
      <ul class="delivery-members">
        {members.map((member) => (
          <MemberRow
            key={member.who.did}
            member={member}
            avatar={faces.get(member.who.did) ?? { hue: hueOf(member.who.did) }}
          />
        ))}
      </ul>
    </>
  )
}

interface MemberRowProps {
  readonly member: MemberDelivery
  readonly avatar: AvatarView
}

const MemberRow = ({ member: { who, readAt, deliveredAt }, avatar }: MemberRowProps): VNode => {
  const state = readAt !== undefined ? 'read' : deliveredAt !== undefined ? 'delivered' : 'queued'
  const at = readAt ?? deliveredAt
  const words = {
    read: 'delivery.memberRead',
    delivered: 'delivery.memberArrived',
    queued: 'delivery.memberWaits'
  } as const
  return (
    <li data-id="delivery-member" data-did={who.did} data-status={state}>
      <Avatar name={who.name} avatar={avatar} size={28} />
      <bdi class="clip">{who.name}</bdi>
      <span class="delivery-when">
        <span>{t(words[state])}</span>
        {at !== undefined && (
          <time dateTime={new Date(at).toISOString()} title={formatFull(at)}>
            {formatShort(at, now.value)}
          </time>
        )}
      </span>
      <Ticks state={state} />
    </li>
  )
}
