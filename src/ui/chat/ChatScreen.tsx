/** One conversation: bar, messages, composer. What belongs to this visit lives in its session. */
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { ChatId, Did, MessageId } from '../../model/ids.ts'
import type { ChatView } from '../../model/views.ts'
import { titleOf } from '../chats/titles.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import { Empty } from '../kit/Feedback.tsx'
import { MessageCircle } from '../kit/icons.ts'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { lazyScreen } from '../lazy.tsx'
import { useAccount, useChat, useCommands } from '../state/node.tsx'
import { AskedDialogs } from './AskedDialogs.tsx'
import { AskingBanner } from './AskingBanner.tsx'
import { ChatHeader } from './ChatHeader.tsx'
import { Composer } from './Composer.tsx'
import { useRoom } from './people.ts'
import { DoubtBanner } from './DoubtBanner.tsx'
import { PinnedBanner } from './PinnedBanner.tsx'
import { createChatSession } from './session.ts'
import type { ChatSession } from './session.ts'
import { AskedNote, StandingBar } from './StandingBar.tsx'
import { Timeline } from './Timeline.tsx'
import { WaitingTimeline } from './TimelineParts.tsx'
import { useChatKeys } from './use-chat-keys.ts'
import { useSoftKeyboard } from './use-soft-keyboard.ts'
import './chat.css'

const ChatSearch = lazyScreen<{ readonly session: ChatSession }>(
  async () => (await import('./ChatSearch.tsx')).ChatSearch
)

interface ChatScreenProps {
  readonly chat: ChatId
  /** A message to open at. */
  readonly at?: MessageId
}

export const ChatScreen = ({ chat, at }: ChatScreenProps): VNode => {
  const session = useMemo(() => createChatSession(chat), [chat])
  const screen = useRef<HTMLElement>(null)
  useSoftKeyboard(screen)
  const account = useAccount()
  const view = useChat(chat)
  const own = account?.state === 'ready' ? account : undefined
  return (
    <section
      ref={screen}
      class="screen chat"
      data-screen="chat"
      data-chat={chat}
      aria-label={view === undefined || view === null ? undefined : titleOf(view.row)}
    >
      {view === null ? (
        <>
          <ScreenBar title={t('app.name')} back="phone" />
          <Empty icon={MessageCircle} title={t('chat.gone')} />
        </>
      ) : view === undefined || own === undefined ? (
        <>
          {/* the bar's height, so that nothing moves when it comes */}
          <div class="chat-bar" />
          <WaitingTimeline />
        </>
      ) : (
        <Conversation session={session} view={view} me={own.did} replaced={own.replaced === true} at={at} />
      )}
    </section>
  )
}

interface ConversationProps {
  readonly session: ChatSession
  readonly view: ChatView
  readonly me: Did
  /** DV5: the account lives elsewhere now; nothing is sent from here. */
  readonly replaced: boolean
  readonly at: MessageId | undefined
}

const Conversation = ({ session, view, me, replaced, at }: ConversationProps): VNode => {
  const commands = useCommands()
  useChatKeys(session)
  const room = useRoom(view)

  // opened once at a message, then again at another one without leaving the chat
  const openedAt = useMemo(() => at, [session])
  useEffect(() => {
    if (at !== undefined && at !== openedAt) session.target.value = { kind: 'message', id: at, flash: true }
  }, [at])

  const { chat, markedUnread } = view.row
  useEffect(() => {
    // opening is seeing; a mark that cannot be taken away now goes at the next opening
    if (markedUnread) commands.setChat(chat, { markedUnread: false }).catch(() => undefined)
  }, [chat])

  return (
    <>
      <ChatHeader session={session} view={view} group={room.group} />
      {session.searching.value && <ChatSearch session={session} />}
      {view.row.kind === 'direct' && <DoubtBanner did={view.row.did} />}
      {room.group !== undefined && room.group.asking.length > 0 && (
        <AskingBanner chat={chat} count={room.group.asking.length} />
      )}
      {view.pinned !== undefined && view.pinned.length > 0 && <PinnedBanner session={session} pinned={view.pinned} />}
      <Timeline session={session} view={view} me={me} room={room} at={openedAt} />
      <AskedNote view={view} />
      {view.mayWrite && !replaced ? (
        <Composer session={session} view={view} people={room.people} />
      ) : (
        <StandingBar view={view} replaced={replaced} />
      )}
      <AskedDialogs session={session} room={room} />
    </>
  )
}
