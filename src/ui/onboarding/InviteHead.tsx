/** Who invites: face and name when the card could be read, or what is wrong with the link. Height is kept while reading. */
import type { VNode } from 'preact'
import { hueOf } from '../../model/avatar.ts'
import type { InvitePreview } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { Info, TriangleAlert, UserPlus, Users } from '../kit/icons.ts'

const PROBLEMS = {
  own: 'invite.own',
  malformed: 'invite.malformed',
  revoked: 'invite.revoked',
  offline: 'invite.offline',
  untrusted: 'invite.untrusted'
} as const

/** The group's own name is for its members: who is invited learns it when they are in. */
const GroupHead = ({ preview }: { readonly preview: Extract<InvitePreview, { outcome: 'group' }> }): VNode => (
  <header class="start-head">
    <Avatar name={preview.by ?? ''} avatar={{ hue: hueOf(preview.did) }} size={96} icon={Users} group />
    <h1 data-id="invite-from">
      {preview.by === undefined ? t('invite.group') : t('invite.groupFrom', { name: preview.by })}
    </h1>
    <p>{preview.chat === undefined ? t('invite.groupText') : t('invite.groupKnown')}</p>
  </header>
)

export const InviteHead = ({ preview }: { readonly preview: InvitePreview | undefined }): VNode => {
  if (preview?.outcome === 'group') return <GroupHead preview={preview} />
  const ok = preview?.outcome === 'ok' ? preview : undefined
  const name = ok?.name
  return (
    <header class="start-head">
      <Avatar
        name={name ?? ''}
        avatar={ok?.avatar ?? { hue: 232 }}
        size={96}
        {...(name === undefined ? { icon: UserPlus } : {})}
      />
      <h1 data-id="invite-from">
        {preview === undefined
          ? t('invite.reading')
          : name === undefined
            ? t('invite.someone')
            : t('invite.from', { name })}
      </h1>
      {(preview === undefined || ok !== undefined) && (
        <p>{ok?.chat === undefined ? t('invite.text') : t('invite.known')}</p>
      )}
      {ok !== undefined && name === undefined && <p>{t('invite.nameless')}</p>}
      {preview !== undefined && preview.outcome !== 'ok' && (
        <Notice
          icon={preview.outcome === 'offline' ? Info : TriangleAlert}
          kind={preview.outcome === 'offline' ? 'plain' : 'warn'}
        >
          {t(PROBLEMS[preview.outcome])}
        </Notice>
      )}
    </header>
  )
}
