/** Everything about one group: who is in it and may do what, how people get in, how it is encrypted, and the way out. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupView } from '../../model/group-views.ts'
import type { ChatId } from '../../model/ids.ts'
import type { ChatView } from '../../model/views.ts'
import { titleOf } from '../chats/titles.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import '../i18n/load-pages.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Button, IconButton } from '../kit/Button.tsx'
import { Empty, Notice, Skeleton } from '../kit/Feedback.tsx'
import { Clock, Info, LogOut, Pencil, Users } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { PhotoField } from '../kit/PhotoField.tsx'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { ScreenBody } from '../kit/ScreenBody.tsx'
import { Link } from '../Link.tsx'
import { attempt } from '../state/attempt.ts'
import { useChat, useCommands, useGroup } from '../state/node.tsx'
import { Asking } from './Asking.tsx'
import { ChatSection } from './ChatSection.tsx'
import { Encryption } from './Encryption.tsx'
import { GroupLinks } from './GroupLinks.tsx'
import { leaveGroup } from './leave.ts'
import { Members } from './Members.tsx'
import { Rules } from './Rules.tsx'
import { TopicDialog } from './TopicDialog.tsx'
import '../contacts/contact.css'
import './groups.css'

export const GroupPage = ({ chat }: { readonly chat: ChatId }): VNode => {
  const group = useGroup(chat)
  const view = useChat(chat)
  return (
    <div class="screen" data-screen="group" data-chat={chat}>
      <ScreenBar title={t('group.title')} back="close" />
      <ScreenBody class="details">
        {group === undefined || view === undefined ? (
          <Skeleton rows={4} />
        ) : group === null && view !== null ? (
          <Closed view={view} />
        ) : group === null || view === null ? (
          <Empty icon={Users} title={t('group.missing')}>
            <Link to={{ name: 'chats' }} class="button soft">
              {t('link.toChats')}
            </Link>
          </Empty>
        ) : (
          <Known group={group} view={view} />
        )}
      </ScreenBody>
    </div>
  )
}

const Known = ({ group, view }: { readonly group: GroupView; readonly view: ChatView }): VNode => {
  const commands = useCommands()
  const isIn = group.role !== undefined && view.row.standing === 'open'
  return (
    <>
      <Head group={group} />
      {view.row.standing === 'left' && <Notice icon={Info}>{t('group.youLeft')}</Notice>}
      {view.row.standing === 'joining' && <Notice icon={Clock}>{t('group.youJoin')}</Notice>}
      {group.asking.length > 0 && <Asking group={group} />}
      <ChatSection view={view} mayTime={group.may.manage} mayPin={group.may.pin} />
      <Members group={group} />
      {isIn && group.may.manage && <GroupLinks group={group} />}
      {isIn && <Rules group={group} />}
      {view.row.standing !== 'left' && <Encryption suite={view.suite} />}
      {isIn && (
        <Section note={group.may.leave ? undefined : t('group.leaveFirst')}>
          <Row
            icon={LogOut}
            danger
            title={t('group.leave')}
            data-id="leave-group"
            onClick={() => void leaveGroup(group, commands)}
          />
        </Section>
      )}
    </>
  )
}

/** Its door is not open yet: there is nothing to say but that. */
const Closed = ({ view: { row } }: { readonly view: ChatView }): VNode => (
  <>
    <header class="contact-head">
      <Avatar name={titleOf(row)} avatar={row.avatar} size={96} group />
      <h2>
        <bdi>{titleOf(row)}</bdi>
      </h2>
    </header>
    <Notice icon={row.standing === 'left' ? Info : Clock}>
      {row.standing === 'left' ? t('group.youLeft') : t('group.youJoin')}
    </Notice>
  </>
)

const Head = ({ group }: { readonly group: GroupView }): VNode => {
  const { setTopic } = useCommands()
  const [editing, setEditing] = useState(false)
  const mayEdit = group.role !== undefined && group.may.rename
  return (
    <header class="contact-head">
      {mayEdit ? (
        <PhotoField
          name={group.name}
          avatar={group.avatar}
          size={96}
          group
          onChange={(photo) => void attempt(setTopic(group.chat, { photo }))}
        />
      ) : (
        <Avatar name={group.name} avatar={group.avatar} size={96} group />
      )}
      <h2 class="group-title">
        <bdi data-id="group-title">{group.name}</bdi>
        {mayEdit && (
          <IconButton
            icon={Pencil}
            size={16}
            label={t('group.edit')}
            data-id="edit-topic"
            onClick={() => setEditing(true)}
          />
        )}
      </h2>
      <p>{t('group.members', { count: group.members.length })}</p>
      {group.description !== undefined && group.description !== '' ? (
        <p class="group-description" dir="auto" data-id="group-description">
          {group.description}
        </p>
      ) : (
        mayEdit && (
          <Button kind="plain" onClick={() => setEditing(true)}>
            {t('group.addDescription')}
          </Button>
        )
      )}
      {editing && <TopicDialog group={group} onClose={() => setEditing(false)} />}
    </header>
  )
}
