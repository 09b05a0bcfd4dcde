/** Who is in a group, with their roles, and what may be done with each of them. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupMemberView, GroupView } from '../../model/group-views.ts'
import { matchIn } from '../chats/match.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { IconButton } from '../kit/Button.tsx'
import { Icon } from '../kit/Icon.tsx'
import { EllipsisVertical, Search, UserPlus } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { openMenu } from '../kit/menus.ts'
import { Verified } from '../kit/Verified.tsx'
import { Link } from '../Link.tsx'
import { useCommands } from '../state/node.tsx'
import { AddMembersDialog } from './AddMembersDialog.tsx'
import { memberMenu } from './member-menu.ts'

/** The rest is one press away: a group of a thousand must not make its page slow. */
const FIRST_SHOWN = 12
const SEARCH_FROM = 20

export const Members = ({ group }: { readonly group: GroupView }): VNode => {
  const [all, setAll] = useState(false)
  const [query, setQuery] = useState('')
  const [adding, setAdding] = useState(false)
  const wanted = query.trim()
  const found = group.members.filter(({ name }) => wanted === '' || matchIn(name, wanted) !== undefined)
  const shown = all ? found : found.slice(0, FIRST_SHOWN)
  const mayAdd = group.role !== undefined && group.may.add
  return (
    <Section title={`${t('group.membersTitle')} · ${group.members.length}`}>
      {mayAdd && <Row icon={UserPlus} title={t('group.add')} data-id="add-members" onClick={() => setAdding(true)} />}
      {group.members.length >= SEARCH_FROM && (
        <div class="people-search-row">
          <div class="search people-search" role="search" aria-label={t('group.searchMembers')}>
            <Icon icon={Search} size={16} />
            <input
              type="search"
              dir={query === '' ? undefined : 'auto'}
              value={query}
              placeholder={t('group.searchMembers')}
              aria-label={t('group.searchMembers')}
              autoComplete="off"
              spellcheck={false}
              data-id="member-search"
              onInput={(event) => setQuery(event.currentTarget.value)}
            />
          </div>
        </div>
      )}
      <ul class="members" aria-label={t('group.membersTitle')}>
        {shown.map((member) => (
          <li key={member.did}>
            <MemberRow group={group} member={member} />
          </li>
        ))}
      </ul>
      {found.length > shown.length && (
        <Row
          title={<span class="row-more">{t('group.showAll', { count: found.length })}</span>}
          data-id="all-members"
          onClick={() => setAll(true)}
        />
      )}
      {found.length === 0 && <p class="people-none">{t('group.nobodyFound')}</p>}
      {adding && <AddMembersDialog group={group} onClose={() => setAdding(false)} />}
    </Section>
  )
}

const MemberRow = ({ group, member }: { readonly group: GroupView; readonly member: GroupMemberView }): VNode => {
  const commands = useCommands()
  const { did, mine, role, state } = member
  const name = mine ? t('common.you') : member.name
  const details = [role === 'admin' && t('group.admin'), state === 'joining' && t('group.joining')].filter(Boolean)
  const inner = (
    <>
      <Avatar name={member.name} avatar={member.avatar} size={40} />
      <span class="row-text">
        <span class="person-name">
          <bdi class="clip">{name}</bdi>
          {member.verified && <Verified label={t('chats.verified')} />}
        </span>
        {details.length > 0 && <span class="row-detail">{details.join(' · ')}</span>}
      </span>
    </>
  )
  return (
    <div
      class={`member ${state}`}
      data-id="member-row"
      data-did={did}
      data-role={role}
      data-state={state}
      data-name={member.name}
    >
      {member.isContact && !mine ? (
        <Link to={{ name: 'contact', did }} class="member-who">
          {inner}
        </Link>
      ) : (
        <span class="member-who">{inner}</span>
      )}
      {!mine && (
        <IconButton
          icon={EllipsisVertical}
          size={18}
          label={t('group.memberMenu', { name: member.name })}
          aria-haspopup="menu"
          data-id="member-menu"
          onClick={(event) =>
            openMenu({
              label: t('group.memberMenu', { name: member.name }),
              opener: event.currentTarget,
              items: memberMenu(group, member, commands)
            })
          }
        />
      )}
    </div>
  )
}
