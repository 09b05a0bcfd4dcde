/** Who invites: face and name when the card could be read, or what is wrong with the link. Height is kept while reading. */
import type { VNode } from 'preact'
import type { InvitePreview } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Notice } from '../kit/Feedback.tsx'
import { Info, TriangleAlert, UserPlus } from '../kit/icons.ts'

const PROBLEMS = {
  own: 'invite.own',
  malformed: 'invite.malformed',
  revoked: 'invite.revoked',
  offline: 'invite.offline',
  untrusted: 'invite.untrusted'
} as const

export const InviteHead = ({ preview }: { readonly preview: InvitePreview | undefined }): VNode => {
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
      {preview !== undefined && preview.outcome !== 'ok' && preview.outcome !== 'group' && (
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
