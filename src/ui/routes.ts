/** Which screen an address means, and back. Total: an unknown address is the chat list. Nothing here touches the DOM. */
import type { ChatId, Did, MessageId } from '../model/ids.ts'

export const SETTINGS_PAGES = [
  'profile',
  'appearance',
  'privacy',
  'network',
  'security',
  'backup',
  'storage',
  'shortcuts',
  'about'
] as const
export type SettingsPage = (typeof SETTINGS_PAGES)[number]

export type Route =
  | { readonly name: 'chats' }
  /** `at`: jump there; `info`: its delivery panel is open. */
  | { readonly name: 'chat'; readonly chat: ChatId; readonly at?: MessageId; readonly info?: MessageId }
  | { readonly name: 'contact'; readonly did: Did }
  /** Details of a group, and the shared note of any chat, beside its conversation. */
  | { readonly name: 'group' | 'note'; readonly chat: ChatId }
  | { readonly name: 'settings'; readonly page?: SettingsPage }
  | { readonly name: 'new' }
  | { readonly name: 'new-group' }
  | { readonly name: 'requests' }
  | { readonly name: 'debug' }
  /** An invite link was opened; `link` is the whole address. */
  | { readonly name: 'invite'; readonly link: string }

const CHATS: Route = { name: 'chats' }

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** A person's link, or a group's. */
export const isInviteHash = (hash: string): boolean => /^#[ig]\/./u.test(hash)

export const parseRoute = (address: string): Route => {
  const { pathname, searchParams, hash, href } = new URL(address)
  if (isInviteHash(hash)) return { name: 'invite', link: href }
  const [first, second = ''] = pathname.split('/').filter(Boolean).map(decode)
  if (first === 'chat' && second !== '') {
    const at = searchParams.get('at')
    const info = searchParams.get('info')
    return {
      name: 'chat',
      chat: second as ChatId,
      ...(at === null ? {} : { at: at as MessageId }),
      ...(info === null ? {} : { info: info as MessageId })
    }
  }
  if (first === 'contact' && second.startsWith('did:')) return { name: 'contact', did: second as Did }
  if ((first === 'group' || first === 'note') && second !== '') return { name: first, chat: second as ChatId }
  if (first === 'new' && second === 'group') return { name: 'new-group' }
  if (first === 'settings') {
    const page = SETTINGS_PAGES.find((known) => known === second)
    return page === undefined ? { name: 'settings' } : { name: 'settings', page }
  }
  if (first === 'new' || first === 'requests' || first === 'debug') return { name: first }
  return CHATS
}

export const routeToPath = (route: Route): string => {
  if (route.name === 'chat') {
    const query = new URLSearchParams()
    if (route.at !== undefined) query.set('at', route.at)
    if (route.info !== undefined) query.set('info', route.info)
    const text = query.toString()
    return `/chat/${encodeURIComponent(route.chat)}${text === '' ? '' : `?${text}`}`
  }
  if (route.name === 'contact') return `/contact/${route.did}`
  if (route.name === 'group' || route.name === 'note') return `/${route.name}/${encodeURIComponent(route.chat)}`
  if (route.name === 'new-group') return '/new/group'
  if (route.name === 'settings') return route.page === undefined ? '/settings' : `/settings/${route.page}`
  if (route.name === 'invite') return `/${new URL(route.link).hash}`
  return route.name === 'chats' ? '/' : `/${route.name}`
}

/** Where "back" leads when the page was opened right here. */
export const parentOf = (route: Route): Route => {
  if (route.name === 'settings' && route.page !== undefined) return { name: 'settings' }
  if (route.name === 'debug') return { name: 'settings' }
  if (route.name === 'new-group') return { name: 'new' }
  if (route.name === 'group' || route.name === 'note') return { name: 'chat', chat: route.chat }
  if (route.name === 'chat' && route.info !== undefined) return { name: 'chat', chat: route.chat }
  return CHATS
}
