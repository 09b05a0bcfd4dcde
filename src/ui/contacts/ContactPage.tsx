/** Everything about one person: who they say they are, whether it is really them, how they are reached, and blocking. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { hueOf } from '../../model/avatar.ts'
import type { Did } from '../../model/ids.ts'
import type { ContactView } from '../../model/views.ts'
import { blockContact } from '../chats/chat-menu.ts'
import { ChatSection } from '../groups/ChatSection.tsx'
import { Encryption } from '../groups/Encryption.tsx'
import { formatAgo, formatDate } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import '../i18n/load-pages.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Button } from '../kit/Button.tsx'
import { Empty, Notice, Skeleton } from '../kit/Feedback.tsx'
import { Ban, Info, KeyRound, Laptop, Pencil, ShieldCheck, TriangleAlert, User } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { ScreenBody } from '../kit/ScreenBody.tsx'
import { Verified } from '../kit/Verified.tsx'
import { Link } from '../Link.tsx'
import { attempt } from '../state/attempt.ts'
import { useChat, useChats, useCommands, useContact } from '../state/node.tsx'
import { now } from '../state/now.ts'
import { AliasDialog } from './AliasDialog.tsx'
import { CopyRow } from '../kit/CopyRow.tsx'
import { SafetyNumber } from './SafetyNumber.tsx'
import '../groups/groups.css'
import './contact.css'

const PATHS = { direct: 'contact.direct', relayed: 'contact.relayed', none: 'contact.away' } as const

const Head = ({ contact, name }: { readonly contact: ContactView; readonly name: string }): VNode => {
  const { path, lastHeardAt } = contact
  return (
    <header class="contact-head">
      <Avatar name={name} avatar={contact.avatar} size={96} />
      <h2>
        <bdi>{name}</bdi>
        {contact.verified && <Verified size={20} label={t('chats.verified')} />}
      </h2>
      {contact.alias !== undefined && <p>{t('contact.callsThemself', { name: contact.name })}</p>}
      <p class="contact-path" data-path={path}>
        <i aria-hidden="true" />
        {t(PATHS[path])}
        {path === 'none' && lastHeardAt !== undefined && (
          <span> · {t('contact.lastHeard', { when: formatAgo(lastHeardAt, now.value) })}</span>
        )}
      </p>
    </header>
  )
}

/** Leads to the number on this very page. */
const CompareButton = (): VNode => (
  <Button
    icon={ShieldCheck}
    data-id="compare-now"
    onClick={() => {
      const section = document.querySelector<HTMLElement>('[data-id="safety"]')
      section?.scrollIntoView({ block: 'center' })
      section?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true })
    }}
  >
    {t('contact.compareNow')}
  </Button>
)

const Warnings = ({ contact, name }: { readonly contact: ContactView; readonly name: string }): VNode => (
  <>
    {contact.duplicity && (
      <Notice icon={TriangleAlert} kind="bad">
        {t('contact.duplicity', { name })}
      </Notice>
    )}
    {contact.broken === true && (
      <Notice icon={TriangleAlert} kind="bad">
        <p data-id="contact-broken">{t('contact.broken', { name })}</p>
        <CompareButton />
      </Notice>
    )}
    {contact.keysChangedAt !== undefined && (
      <Notice icon={KeyRound} kind="warn">
        <p data-id="contact-keys">{t('contact.keysChanged', { name, when: formatDate(contact.keysChangedAt) })}</p>
        <CompareButton />
      </Notice>
    )}
    {contact.blocked && (
      <Notice icon={Ban} kind="warn">
        {t('contact.blocked', { name })}
      </Notice>
    )}
    {contact.stale && <Notice icon={Info}>{t('contact.stale', { name })}</Notice>}
  </>
)

const SharedGroups = ({ contact: { groups = [] } }: { readonly contact: ContactView }): VNode | null => {
  const list = useChats()
  if (groups.length === 0) return null
  return (
    <Section title={t('contact.groups')}>
      {groups.map(({ chat, name }) => (
        <Link key={chat} to={{ name: 'chat', chat }} class="row" data-id="shared-group" data-chat={chat}>
          <Avatar
            name={name}
            avatar={list?.rows.find((row) => row.chat === chat)?.avatar ?? { hue: hueOf(chat) }}
            size={32}
            group
          />
          <bdi class="row-text clip">{name}</bdi>
        </Link>
      ))}
    </Section>
  )
}

const Known = ({ contact }: { readonly contact: ContactView }): VNode => {
  const commands = useCommands()
  const view = useChat(contact.chat)
  const [renaming, setRenaming] = useState(false)
  const name = contact.alias ?? contact.name
  const setBlocked = async (): Promise<void> => {
    if (contact.blocked) await attempt(commands.setContact(contact.did, { blocked: false }))
    else await blockContact({ did: contact.did, title: name, kind: 'direct' }, commands)
  }
  return (
    <>
      <Head contact={contact} name={name} />
      <Warnings contact={contact} name={name} />
      <div class="contact-actions">
        <Link to={{ name: 'chat', chat: contact.chat }} class="button main not-wide" data-id="open-chat">
          {t('contact.message')}
        </Link>
        <Button icon={Pencil} data-id="rename" onClick={() => setRenaming(true)}>
          {t('contact.rename')}
        </Button>
      </div>
      {view !== null && view !== undefined && (
        <ChatSection view={view} mayTime={view.mayWrite} mayPin={view.mayWrite} />
      )}
      <SafetyNumber contact={contact} name={name} />
      {view !== null && view !== undefined && <Encryption suite={view.suite} />}
      <SharedGroups contact={contact} />
      <Section title={t('contact.identity')}>
        <CopyRow title={t('contact.fingerprint')} text={contact.fingerprint} data-id="fingerprint" groups />
        <CopyRow title={t('contact.did')} text={contact.did} data-id="did" />
      </Section>
      {contact.devices.length > 0 && (
        <Section title={t('contact.devices')}>
          {contact.devices.map((device, index) => (
            <Row
              key={device}
              icon={Laptop}
              title={t('contact.device', { number: index + 1 })}
              detail={
                <span class="mono tiny" dir="ltr">
                  {device}
                </span>
              }
            />
          ))}
        </Section>
      )}
      <Section>
        <Row
          icon={Ban}
          danger={!contact.blocked}
          title={contact.blocked ? t('contact.unblock', { name }) : t('contact.block', { name })}
          data-id={contact.blocked ? 'unblock' : 'block'}
          onClick={() => void setBlocked()}
        />
      </Section>
      {renaming && <AliasDialog contact={contact} onClose={() => setRenaming(false)} />}
    </>
  )
}

export const ContactPage = ({ did }: { readonly did: Did }): VNode => {
  const contact = useContact(did)
  return (
    <div class="screen" data-screen="contact">
      <ScreenBar title={t('contact.title')} back="close" />
      <ScreenBody class="contact">
        {contact === undefined ? (
          <Skeleton rows={3} />
        ) : contact === null ? (
          <Empty icon={User} title={t('contact.missing')}>
            <Link to={{ name: 'chats' }} class="button soft">
              {t('link.toChats')}
            </Link>
          </Empty>
        ) : (
          <Known contact={contact} />
        )}
      </ScreenBody>
    </div>
  )
}
