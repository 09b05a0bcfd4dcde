/** Who came with the group's link and waits for an admin's word. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupView } from '../../model/group-views.ts'
import type { Did } from '../../model/ids.ts'
import { formatAgo } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Button } from '../kit/Button.tsx'
import { Section } from '../kit/List.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { now } from '../state/now.ts'

export const Asking = ({ group }: { readonly group: GroupView }): VNode => {
  const { answerJoin } = useCommands()
  const [busy, setBusy] = useState<Did>()
  const answer = async (who: Did, isWelcome: boolean): Promise<void> => {
    setBusy(who)
    await attempt(answerJoin(group.chat, who, isWelcome))
    setBusy(undefined)
  }
  return (
    <Section title={t('group.asking')}>
      {group.asking.map(({ did, name, avatar, askedAt }) => (
        <div key={did} class="member asking" data-id="join-row" data-did={did} data-name={name}>
          <Avatar name={name} avatar={avatar} size={40} />
          <span class="row-text">
            <bdi class="row-title clip">{name}</bdi>
            <span class="row-detail">{t('group.askedAgo', { when: formatAgo(askedAt, now.value) })}</span>
          </span>
          <span class="asking-buttons">
            <Button data-id="join-no" data-did={did} disabled={busy === did} onClick={() => void answer(did, false)}>
              {t('group.turnAway')}
              <span class="sr-only">{name}</span>
            </Button>
            <Button
              kind="main"
              data-id="join-yes"
              data-did={did}
              busy={busy === did}
              onClick={() => void answer(did, true)}
            >
              {t('group.letIn')}
              <span class="sr-only">{name}</span>
            </Button>
          </span>
        </div>
      ))}
    </Section>
  )
}
