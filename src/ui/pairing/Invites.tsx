/** The links this person has handed out: how often each was used, when it ends, and a switch to end it now. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { InviteView } from '../../model/views.ts'
import { formatAgo } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { confirm } from '../kit/dialogs.ts'
import { Ban, EllipsisVertical, Link, Plus, QrCode, User } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { openMenu } from '../kit/menus.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands, useInvites } from '../state/node.tsx'
import { now } from '../state/now.ts'
import { LinkCard } from './LinkCard.tsx'
import { isOpenLink } from './own-link.ts'

/** Ended links are of no use after a while; only the newest are listed. */
const MAX_SHOWN = 20

const stateWords = ({ revoked, endsAt, uses, maxUses }: InviteView, at: number): string => {
  const used = uses === 0 ? t('new.linkUnused') : t('new.linkUses', { count: uses, max: maxUses })
  if (revoked) return `${t('new.linkRevoked')} · ${used}`
  if (uses >= maxUses) return t('new.linkUsedUp')
  if (endsAt <= at) return `${t('new.linkEnded')} · ${used}`
  return `${used} · ${t('new.linkEnds', { when: formatAgo(endsAt, at) })}`
}

export const Invites = (): VNode => {
  const { createInvite, revokeInvite } = useCommands()
  const invites = useInvites() ?? []
  const [shown, setShown] = useState<InviteView>()

  const makeOne = async (): Promise<void> => {
    const made = await attempt(createInvite({ maxUses: 1 }))
    if (made !== undefined) setShown(made)
  }
  const revoke = async (invite: InviteView): Promise<void> => {
    const agreed = await confirm({
      title: t('new.revokeTitle'),
      text: t('new.revokeText'),
      yes: t('new.revoke'),
      danger: true,
      id: 'confirm-revoke'
    })
    if (agreed) await attempt(revokeInvite(invite.id))
  }
  const menuFor = (invite: InviteView, opener: HTMLElement): void =>
    openMenu({
      label: t('common.more'),
      opener,
      items: [
        { label: t('new.showLink'), icon: QrCode, id: 'show-link', onSelect: () => setShown(invite) },
        { label: t('new.revoke'), icon: Ban, danger: true, id: 'revoke', onSelect: () => void revoke(invite) }
      ]
    })

  return (
    <Section title={t('new.links')} note={t('new.linksNote')}>
      <Row
        icon={Plus}
        title={t('new.once')}
        detail={t('new.onceText')}
        data-id="new-one-time"
        onClick={() => void makeOne()}
      />
      {invites.slice(0, MAX_SHOWN).map((invite) => (
        <Row
          key={invite.id}
          icon={invite.maxUses === 1 ? User : Link}
          title={invite.maxUses === 1 ? t('new.linkOne') : t('new.linkMany')}
          detail={stateWords(invite, now.value)}
          data-id="invite-row"
          end={
            isOpenLink(invite, now.value) && (
              <IconButton
                icon={EllipsisVertical}
                label={t('common.more')}
                aria-haspopup="menu"
                data-id="invite-menu"
                onClick={(event) => menuFor(invite, event.currentTarget)}
              />
            )
          }
        />
      ))}
      {shown !== undefined && (
        <Dialog
          title={shown.maxUses === 1 ? t('new.onceReady') : t('new.linkMany')}
          onClose={() => setShown(undefined)}
        >
          <LinkCard own={{ invite: shown, failed: undefined, retry: () => undefined }} />
        </Dialog>
      )}
    </Section>
  )
}
