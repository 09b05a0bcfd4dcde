/** What a message in the timeline is drawn from, shared by its parts. */
import type { MessageId } from '../../model/ids.ts'
import type { MessageView } from '../../model/views.ts'
import type { People } from './people.ts'

export interface MessageActions {
  readonly reply: (message: MessageView) => void
  readonly react: (message: MessageView, emoji: string | null) => void
  readonly pickReaction: (message: MessageView, opener: HTMLElement) => void
  readonly openMenu: (
    message: MessageView,
    opener: HTMLElement,
    at?: { readonly x: number; readonly y: number }
  ) => void
  readonly jump: (id: MessageId) => void
  readonly retry: (message: MessageView) => void
  readonly info: (message: MessageView) => void
  readonly history: (message: MessageView) => void
}

export interface MessageProps {
  readonly message: MessageView
  readonly first: boolean
  readonly last: boolean
  /** Counted from the beginning of the chat, from 1. */
  readonly position: number
  /** The one that the keyboard reaches with Tab. */
  readonly current: boolean
  readonly flashed: boolean
  readonly marked: string
  /** Came or was sent while this conversation is open: it appears with a movement. */
  readonly fresh: boolean
  /** May be answered, reacted to, changed. */
  readonly writable: boolean
  /** In groups: whose face and name stand beside the messages. */
  readonly people: People | undefined
  readonly actions: MessageActions
}

/** Tab walks through the buttons of one message only; arrows walk the messages. */
export const tabOf = ({ current }: Pick<MessageProps, 'current'>): 0 | -1 => (current ? 0 : -1)
