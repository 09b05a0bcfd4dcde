/**
 * The conversation's messages: a sliding window over the timeline, placed where the person left off, following what is
 * new, and telling the node what has been seen.
 */
import type { VNode } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { ChatId, Did, MessageId } from '../../model/ids.ts'
import type { ChatView } from '../../model/views.ts'
import { titleOf } from '../chats/titles.ts'
import { t } from '../i18n/i18n.ts'
import { useCommands } from '../state/node.tsx'
import { useMovingTimeline } from '../state/timeline-window.ts'
import { DayHeading, EmptyChat, StartOfChat, UnreadDivider, WaitingTimeline } from './TimelineParts.tsx'
import { JumpLatest } from './JumpLatest.tsx'
import { Message } from './Message.tsx'
import type { MessageProps } from './message-props.ts'
import { moveThroughMessages } from './move-focus.ts'
import { isPendingId, mergePending, pendingId } from './pending.ts'
import { layOut } from './rows.ts'
import type { Room } from './people.ts'
import { ScrollKeeper } from './ScrollKeeper.tsx'
import type { ChatSession } from './session.ts'
import { SystemRow } from './SystemRow.tsx'
import { createTimelineControl } from './timeline-control.ts'
import { useMessageActions } from './use-message-actions.ts'
import { useMessagePointer } from './use-message-pointer.ts'
import { openWindow } from './window.ts'

interface TimelineProps {
  readonly session: ChatSession
  readonly view: ChatView
  readonly me: Did
  readonly room: Room
  /** A message to open at. */
  readonly at: MessageId | undefined
}

export const Timeline = ({ session, view, me, room, at }: TimelineProps): VNode => {
  const commands = useCommands()
  const moving = useMovingTimeline(session.chat, openWindow(at ?? 'unread'))
  const control = useMemo(
    () =>
      createTimelineControl({
        session,
        moving,
        at,
        markRead: (upTo) => commands.markRead(session.chat, upTo)
      }),
    [session, moving]
  )
  useEffect(() => control.start(), [control])
  const actions = useMessageActions(session, view, room)
  const timeline = moving.timeline.value
  const ready = control.ready.value
  const divider = control.divider.value
  const pending = session.pending.value
  const { messages, found } = useMemo(
    () => mergePending(timeline?.messages ?? [], timeline?.atEnd === true ? pending : [], me),
    [timeline, pending, me]
  )
  const days = useMemo(() => layOut(messages, divider?.id), [messages, divider?.id])
  // the timeline may have a message before the call that made it has answered
  for (const [id, { key }] of found) session.rowKeys.set(id, pendingId(key))
  session.shown = messages
  if (timeline !== undefined) control.willDraw(timeline)
  const pointer = useMessagePointer(session, actions, view.mayWrite)
  const current = control.current.value ?? messages.at(-1)?.id
  const flashed = session.flashed.value
  const marked = session.marked.value

  if (timeline === undefined || !ready) return <WaitingTimeline />
  return (
    <div class="timeline">
      <ScrollKeeper complete={timeline.atEnd} hold={control.unwatched.value} onMoved={control.moved}>
        {timeline.total === 0 && messages.length === 0 ? (
          <EmptyChat view={view} />
        ) : (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- listens for all messages in it
          <div
            {...pointer}
            class="feed"
            role="feed"
            aria-label={t('chat.messagesWith', { name: titleOf(view.row) })}
            aria-busy={moving.coming.value}
            onKeyDown={(event) => moveThroughMessages(event, { actions, session, control })}
          >
            {timeline.atStart && <StartOfChat view={view} />}
            {days.map((day) => (
              <div key={day.key} class="day">
                <DayHeading at={day.at} />
                {day.rows.map(({ message, index, first, last, divider: divided }) => (
                  <MessageRowView
                    key={session.rowKeys.get(message.id) ?? message.id}
                    divider={divided ? divider?.count : undefined}
                    chat={session.chat}
                    message={message}
                    people={room.people}
                    first={first}
                    last={last}
                    position={timeline.offset + index + 1}
                    current={message.id === current}
                    flashed={message.id === flashed}
                    marked={marked}
                    fresh={
                      isPendingId(message.id) || session.rowKeys.has(message.id) || control.arrived.has(message.id)
                    }
                    writable={view.mayWrite}
                    actions={actions}
                  />
                ))}
              </div>
            ))}
          </div>
        )}
      </ScrollKeeper>
      <JumpLatest away={control.away} unread={timeline.unread} onJump={control.toEnd} />
      <div class="sr-only" role="log" aria-live="polite" aria-label={t('chat.newMessages')}>
        {control.news.value.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    </div>
  )
}

type MessageRowProps = MessageProps & { readonly chat: ChatId; readonly divider: number | undefined }

const MessageRowView = ({ divider, chat, ...props }: MessageRowProps): VNode => (
  <>
    {divider !== undefined && <UnreadDivider count={divider} />}
    {props.message.system === undefined ? (
      <Message {...props} />
    ) : (
      <SystemRow {...props} chat={chat} line={props.message.system} />
    )}
  </>
)
