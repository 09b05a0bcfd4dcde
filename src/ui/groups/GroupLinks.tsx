/** Links with which people join a group: make one, show it with its code, see its uses, switch it off. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupLinkView, GroupView } from '../../model/group-views.ts'
import { formatAgo } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import { IconButton } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { confirm } from '../kit/dialogs.ts'
import { Ban, EllipsisVertical, Link as LinkIcon, Plus, QrCode } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { openMenu } from '../kit/menus.ts'
import { LinkCard } from '../pairing/LinkCard.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { now } from '../state/now.ts'
import '../pairing/pairing.css'

/** What a group's link is made with here; both can be shorter, never longer, by switching it off. */
const MAX_USES = 100
const WEEK_MS = 7 * 86_400_000

const stateWords = ({ endsAt, uses, maxUses }: GroupLinkView, at: number): string => {
  const used = uses === 0 ? t('new.linkUnused') : t('new.linkUses', { count: uses, max: maxUses })
  if (uses >= maxUses) return t('new.linkUsedUp')
  if (endsAt <= at) return `${t('group.linkEnded')} · ${used}`
  return `${used} · ${t('group.linkEndsIn', { when: formatAgo(endsAt, at) })}`
}

export const GroupLinks = ({ group }: { readonly group: GroupView }): VNode => {
  const { createGroupLink, revokeGroupLink } = useCommands()
  const [shown, setShown] = useState<GroupLinkView>()
  const at = now.value

  const make = async (): Promise<void> => {
    const made = await attempt(createGroupLink(group.chat, { maxUses: MAX_USES, endsAt: at + WEEK_MS }))
    if (made !== undefined) setShown(made)
  }
  const revoke = async ({ id }: GroupLinkView): Promise<void> => {
    const agreed = await confirm({
      title: t('new.revokeTitle'),
      text: t('group.revokeText'),
      yes: t('new.revoke'),
      danger: true,
      id: 'confirm-revoke'
    })
    if (agreed) await attempt(revokeGroupLink(group.chat, id))
  }
  const menuFor = (link: GroupLinkView, opener: HTMLElement): void =>
    openMenu({
      label: t('common.more'),
      opener,
      items: [
        { label: t('new.showLink'), icon: QrCode, id: 'show-link', onSelect: () => setShown(link) },
        { label: t('new.revoke'), icon: Ban, danger: true, id: 'revoke', onSelect: () => void revoke(link) }
      ]
    })

  return (
    <Section
      title={t('group.links')}
      note={group.policies.approval ? t('group.linksNoteApproval') : t('group.linksNote')}
    >
      <Row
        icon={Plus}
        title={t('group.linkMake')}
        detail={t('group.linkMakeText')}
        data-id="group-link"
        onClick={() => void make()}
      />
      {group.links.map((link) => (
        <Row
          key={link.id}
          icon={LinkIcon}
          title={t('group.link')}
          detail={stateWords(link, at)}
          data-id="group-link-row"
          data-link={link.id}
          end={
            <IconButton
              icon={EllipsisVertical}
              label={t('common.more')}
              aria-haspopup="menu"
              data-id="group-link-menu"
              onClick={(event) => menuFor(link, event.currentTarget)}
            />
          }
        />
      ))}
      {shown !== undefined && (
        <Dialog title={t('group.linkReady', { name: group.name })} onClose={() => setShown(undefined)}>
          <LinkCard own={{ invite: shown, failed: undefined, retry: () => undefined }} />
        </Dialog>
      )}
    </Section>
  )
}
