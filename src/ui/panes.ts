/** Which pane shows what for an address. Pure, so that the layout's rules can be read and tested in one place. */
import type { ChatId, Did, MessageId } from '../model/ids.ts'
import type { Route, SettingsPage } from './routes.ts'

export interface Panes {
  readonly list: 'chats' | 'requests' | 'settings'
  readonly main:
    | { readonly show: 'nothing' | 'new' | 'new-group' | 'debug' }
    | { readonly show: 'chat'; readonly chat: ChatId; readonly at?: MessageId }
    /** The conversation with whoever is in the side pane. */
    | { readonly show: 'chat-with'; readonly did: Did }
    | { readonly show: 'settings'; readonly page: SettingsPage }
  readonly side?:
    | { readonly show: 'contact'; readonly did: Did }
    | { readonly show: 'group' | 'note'; readonly chat: ChatId }
    | { readonly show: 'delivery'; readonly chat: ChatId; readonly message: MessageId }
  /** The pane a phone shows. */
  readonly on: 'list' | 'main' | 'side'
}

export const panesOf = (route: Route): Panes => {
  switch (route.name) {
    case 'chat': {
      const main = { show: 'chat', chat: route.chat, ...(route.at === undefined ? {} : { at: route.at }) } as const
      return route.info === undefined
        ? { list: 'chats', main, on: 'main' }
        : { list: 'chats', main, side: { show: 'delivery', chat: route.chat, message: route.info }, on: 'side' }
    }
    case 'contact':
      return {
        list: 'chats',
        main: { show: 'chat-with', did: route.did },
        side: { show: 'contact', did: route.did },
        on: 'side'
      }
    case 'group':
    case 'note':
      return {
        list: 'chats',
        main: { show: 'chat', chat: route.chat },
        side: { show: route.name, chat: route.chat },
        on: 'side'
      }
    case 'settings':
      return {
        list: 'settings',
        main: { show: 'settings', page: route.page ?? 'profile' },
        on: route.page === undefined ? 'list' : 'main'
      }
    case 'debug':
      return { list: 'settings', main: { show: 'debug' }, on: 'main' }
    case 'new':
    case 'new-group':
      return { list: 'chats', main: { show: route.name }, on: 'main' }
    case 'requests':
      return { list: 'requests', main: { show: 'nothing' }, on: 'list' }
    default:
      return { list: 'chats', main: { show: 'nothing' }, on: 'list' }
  }
}
