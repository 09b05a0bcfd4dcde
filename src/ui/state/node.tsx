/**
 * The only place that sees NodeApi. Components read with hooks and act with `useCommands()`; the five feeds that every
 * screen needs are opened once and shared.
 */
import type { ReadonlySignal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { NodeApi } from '../../bridge/api.ts'
import type { GroupView, NoteView } from '../../model/group-views.ts'
import type { ChatId, Did, MessageId } from '../../model/ids.ts'
import type {
  AccountView,
  ChatList,
  ChatView,
  ContactView,
  DebugView,
  DeliveryView,
  InviteView,
  NetworkView,
  Settings
} from '../../model/views.ts'
import { useFeed, watchFeed } from './feed.ts'
import { readAll } from './read-all.ts'

/** What a person can do: NodeApi without its feeds. */
export type Commands = {
  readonly [Name in keyof NodeApi as Name extends `watch${string}` ? never : Name]: NodeApi[Name]
} & {
  /** Everything in the chat has been seen. */
  readonly readAll: (chat: ChatId) => Promise<void>
}

export interface AppState {
  readonly node: NodeApi
  readonly commands: Commands
  readonly account: ReadonlySignal<AccountView | undefined>
  readonly chats: ReadonlySignal<ChatList | undefined>
  readonly settings: ReadonlySignal<Settings | undefined>
  readonly network: ReadonlySignal<NetworkView | undefined>
  stop(): void
}

export const createAppState = (node: NodeApi): AppState => {
  const account = watchFeed(() => node.watchAccount())
  const chats = watchFeed(() => node.watchChats())
  const settings = watchFeed(() => node.watchSettings())
  const network = watchFeed(() => node.watchNetwork())
  const all = [account, chats, settings, network] as const
  for (const watched of all) watched.start()
  const stopFollowing = followLock(account.signal, [chats, settings, network])
  return {
    node,
    commands: commandsOf(node),
    account: account.signal,
    chats: chats.signal,
    settings: settings.signal,
    network: network.signal,
    stop: () => {
      stopFollowing()
      for (const watched of all) watched.stop()
    }
  }
}

/** What is locked is not kept here either; unlocked, nothing waits for the next try of a feed that failed. */
const followLock = (
  account: ReadonlySignal<AccountView | undefined>,
  feeds: readonly { start(): void; forget(): void }[]
): (() => void) => {
  let wasLocked = false
  return account.subscribe((now) => {
    const isLocked = now?.state === 'locked'
    if (isLocked === wasLocked) return
    wasLocked = isLocked
    for (const feed of feeds) {
      if (isLocked) feed.forget()
      else feed.start()
    }
  })
}

/** NodeApi may be a proxy that answers any name, so its commands are named one by one. */
const COMMANDS = [
  'prepareAccount',
  'createAccount',
  'setProfile',
  'exportKey',
  'send',
  'edit',
  'react',
  'remove',
  'retry',
  'markRead',
  'setChat',
  'saveDraft',
  'search',
  'createGroup',
  'addMembers',
  'removeMember',
  'leaveGroup',
  'setRole',
  'setPolicies',
  'setTopic',
  'setTimer',
  'pinMessage',
  'createGroupLink',
  'revokeGroupLink',
  'answerJoin',
  'changeNote',
  'setContact',
  'checkSafetyCode',
  'acceptRequest',
  'declineRequest',
  'createInvite',
  'revokeInvite',
  'readInvite',
  'openInvite',
  'findSomeone',
  'unlock',
  'lock',
  'setPassphrase',
  'addPasskey',
  'removePasskey',
  'setLockTimeout',
  'wipe',
  'startBackup',
  'nextBackupPart',
  'startRestore',
  'putRestorePart',
  'finishRestore',
  'dropTransfer',
  'copyAsOpenPgp',
  'openOpenPgpText',
  'setSettings',
  'addRelay',
  'removeRelay',
  'makeReport'
] as const satisfies readonly (keyof Commands)[]

const commandsOf = (node: NodeApi): Commands => {
  const own = Object.fromEntries(
    COMMANDS.map((name) => [name, (...args: unknown[]) => (node[name] as (...all: unknown[]) => unknown)(...args)])
  ) as unknown as Omit<Commands, 'readAll'>
  return { ...own, readAll: (chat) => readAll(node, chat) }
}

/** A feed that never says anything. */
const NOTHING: AsyncIterable<undefined> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) })
}

const StateContext = createContext<AppState | undefined>(undefined)
export const StateProvider = StateContext.Provider

export const useAppState = (): AppState => {
  const state = useContext(StateContext)
  if (state === undefined) throw new Error('no StateProvider above')
  return state
}

export const useCommands = (): Commands => useAppState().commands
export const useAccount = (): AccountView | undefined => useAppState().account.value
export const useChats = (): ChatList | undefined => useAppState().chats.value
export const useSettings = (): Settings | undefined => useAppState().settings.value
export const useNetwork = (): NetworkView | undefined => useAppState().network.value

/** `null`: no such chat. */
export const useChat = (chat: ChatId): ChatView | null | undefined => {
  const { node } = useAppState()
  return useFeed(`chat ${chat}`, () => node.watchChat(chat))
}

/** `null`: no such group. Without a chat (between two people) nothing is asked. */
export const useGroup = (chat: ChatId | undefined): GroupView | null | undefined => {
  const { node } = useAppState()
  return useFeed(`group ${chat}`, () => (chat === undefined ? NOTHING : node.watchGroup(chat)))
}

export const useNote = (chat: ChatId): NoteView | undefined => {
  const { node } = useAppState()
  return useFeed(`note ${chat}`, () => node.watchNote(chat))
}

export const useDelivery = (chat: ChatId, message: MessageId): DeliveryView | null | undefined => {
  const { node } = useAppState()
  return useFeed(`delivery ${chat} ${message}`, () => node.watchDelivery(chat, message))
}

/** `null`: nobody we know. */
export const useContact = (did: Did): ContactView | null | undefined => {
  const { node } = useAppState()
  return useFeed(`contact ${did}`, () => node.watchContact(did))
}

export const useContacts = (): readonly ContactView[] | undefined => {
  const { node } = useAppState()
  return useFeed('contacts', () => node.watchContacts())
}

export const useInvites = (): readonly InviteView[] | undefined => {
  const { node } = useAppState()
  return useFeed('invites', () => node.watchInvites())
}

export const useDebug = (): DebugView | undefined => {
  const { node } = useAppState()
  return useFeed('debug', () => node.watchDebug())
}
