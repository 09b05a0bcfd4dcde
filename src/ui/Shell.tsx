/** The panes around everything: list, main, details; connection strip and update banner; global keys. */
import type { VNode } from 'preact'
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
import { useContact } from './state/node.tsx'

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

/** The conversation beside a contact's page. */
const ChatWith = ({ did }: { readonly did: Did }): VNode => {
  const contact = useContact(did)
  return contact === undefined || contact === null ? <Pick /> : <ChatScreen key={contact.chat} chat={contact.chat} />
}

const Main = ({ main }: { readonly main: Panes['main'] }): VNode => {
  switch (main.show) {
    case 'chat':
      return <ChatScreen key={main.chat} chat={main.chat} {...(main.at === undefined ? {} : { at: main.at })} />
    case 'chat-with':
      return <ChatWith key={main.did} did={main.did} />
    case 'settings':
      return <SettingsScreen page={main.page} />
    case 'new':
      return <NewChat />
    case 'debug':
      return <DebugPage />
    default:
      return <Pick />
  }
}

const Side = ({ side }: { readonly side: NonNullable<Panes['side']> }): VNode =>
  side.show === 'contact' ? (
    <ContactPage key={side.did} did={side.did} />
  ) : (
    <DeliveryPanel key={side.message} chat={side.chat} message={side.message} />
  )

/** Called when the page is idle, so that the first click does not wait. */
export const prefetchScreens = async (): Promise<void> => {
  await ChatScreen.load()
  await Promise.all([NewChat.load(), SettingsIndex.load(), SettingsScreen.load(), ContactPage.load()])
}

export const Shell = (): VNode => {
  const panes = panesOf(route.value)
  return (
    <div class="shell" data-on={panes.on}>
      <ShortcutKeys />
      <div class="pane pane-list">
        {panes.list === 'settings' ? <SettingsIndex /> : <ChatsPane requests={panes.list === 'requests'} />}
      </div>
      <main class="pane pane-main" id="main" tabIndex={-1}>
        <Main main={panes.main} />
      </main>
      {panes.side !== undefined && (
        <aside class="pane pane-side">
          <Side side={panes.side} />
        </aside>
      )}
      <ConnectionStrip />
    </div>
  )
}
