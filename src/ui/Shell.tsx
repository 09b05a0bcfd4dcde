/** The panes around everything: list, main, details; connection strip and update banner; global keys. */
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import type { ChatId, Did, MessageId } from '../model/ids.ts'
import { ChatsPane } from './chats/ChatsPane.tsx'
import { ConnectionStrip } from './ConnectionStrip.tsx'
import { t } from './i18n/i18n.ts'
import { Empty } from './kit/Feedback.tsx'
import { MessageCircle } from './kit/icons.ts'
import { lazyScreen } from './lazy.tsx'
import { panesOf } from './panes.ts'
import type { Panes } from './panes.ts'
import { route } from './router.ts'
import type { SettingsPage } from './routes.ts'
import { ShortcutKeys } from './ShortcutKeys.tsx'
import { useChats } from './state/node.tsx'

/** The first second belongs to the node and the chat list. */
const IDLE_MS = 1500

interface ChatScreenProps {
  readonly chat: ChatId
  readonly at?: MessageId
}
interface DeliveryProps {
  readonly chat: ChatId
  readonly message: MessageId
}

const ChatScreen = lazyScreen<ChatScreenProps>(async () => (await import('./chat/ChatScreen.tsx')).ChatScreen)
const DeliveryPanel = lazyScreen<DeliveryProps>(async () => (await import('./chat/DeliveryPanel.tsx')).DeliveryPanel)
const NewChat = lazyScreen(async () => (await import('./pairing/NewChat.tsx')).NewChat)
const ContactPage = lazyScreen<{ readonly did: Did }>(
  async () => (await import('./contacts/ContactPage.tsx')).ContactPage
)
const NewGroup = lazyScreen(async () => (await import('./groups/NewGroup.tsx')).NewGroup)
const GroupPage = lazyScreen<{ readonly chat: ChatId }>(async () => (await import('./groups/GroupPage.tsx')).GroupPage)
const NoteScreen = lazyScreen<{ readonly chat: ChatId }>(async () => (await import('./note/NoteScreen.tsx')).NoteScreen)
const SettingsIndex = lazyScreen(async () => (await import('./settings/SettingsIndex.tsx')).SettingsIndex)
const SettingsScreen = lazyScreen<{ readonly page: SettingsPage }>(
  async () => (await import('./settings/SettingsScreen.tsx')).SettingsScreen
)
const DebugPage = lazyScreen(async () => (await import('./debug/DebugPage.tsx')).DebugPage)

const Pick = (): VNode => (
  <div class="pick">
    <Empty icon={MessageCircle} title={t('chats.pickTitle')} text={t('chats.pickText')} />
  </div>
)

/** The same conversation stays mounted while details open beside it; with whom a contact's page is open, by their did. */
const Conversation = ({
  main
}: {
  readonly main: Extract<Panes['main'], { readonly show: 'chat' | 'chat-with' }>
}): VNode => {
  const list = useChats()
  const all = list === undefined ? [] : [...list.rows, ...list.archived, ...list.requests]
  const chat =
    main.show === 'chat' ? main.chat : all.find(({ kind, did }) => kind === 'direct' && did === main.did)?.chat
  const at = main.show === 'chat' ? main.at : undefined
  return chat === undefined ? <Pick /> : <ChatScreen key={chat} chat={chat} {...(at === undefined ? {} : { at })} />
}

const Main = ({ main }: { readonly main: Panes['main'] }): VNode => {
  switch (main.show) {
    case 'chat':
    case 'chat-with':
      return <Conversation main={main} />
    case 'settings':
      return <SettingsScreen page={main.page} />
    case 'new':
      return <NewChat />
    case 'new-group':
      return <NewGroup />
    case 'debug':
      return <DebugPage />
    default:
      return <Pick />
  }
}

const Side = ({ side }: { readonly side: NonNullable<Panes['side']> }): VNode => {
  switch (side.show) {
    case 'contact':
      return <ContactPage key={side.did} did={side.did} />
    case 'group':
      return <GroupPage key={side.chat} chat={side.chat} />
    case 'note':
      return <NoteScreen key={side.chat} chat={side.chat} />
    case 'delivery':
      return <DeliveryPanel key={side.message} chat={side.chat} message={side.message} />
  }
}

/** So that the first click does not wait, and everything is there when the network goes. */
const whenIdle = (run: () => Promise<void>): (() => void) => {
  // a screen that could not be fetched ahead is fetched when it is opened, and says so if that fails
  const timer = setTimeout(() => void run().catch(() => undefined), IDLE_MS)
  return () => clearTimeout(timer)
}

const prefetchScreens = async (): Promise<void> => {
  await ChatScreen.load()
  await Promise.all([NewChat.load(), SettingsIndex.load(), SettingsScreen.load(), ContactPage.load()])
  await Promise.all([NewGroup.load(), GroupPage.load()])
}

export const Shell = (): VNode => {
  const panes = panesOf(route.value)
  useEffect(() => whenIdle(prefetchScreens), [])
  return (
    <main class="shell" data-on={panes.on}>
      <ShortcutKeys />
      <div class="pane pane-list">
        {panes.list === 'settings' ? <SettingsIndex /> : <ChatsPane requests={panes.list === 'requests'} />}
      </div>
      <div class="pane pane-main">
        <Main main={panes.main} />
      </div>
      {panes.side !== undefined && (
        <div class="pane pane-side">
          <Side side={panes.side} />
        </div>
      )}
      <ConnectionStrip />
    </main>
  )
}
