/** What the harness makes its worlds of: ids that are always the same, messages, and the shape of a world. */
import type { GroupLinkView, SuiteView } from '../../src/model/group-views.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../../src/model/ids.ts'
import type { Policies, Role } from '../../src/model/roster.ts'
import type {
  AccountView,
  ChatStanding,
  ContactView,
  InviteView,
  MessageView,
  NetworkView,
  Settings
} from '../../src/model/views.ts'

export interface FakeGroup {
  name: string
  description?: string
  photo?: Uint8Array
  readonly hue: number
  members: { readonly did: Did; readonly role: Role; readonly state: 'in' | 'joining' }[]
  policies: Policies
  links: GroupLinkView[]
  asking: { readonly did: Did; readonly at: number }[]
}

export interface FakeChat {
  readonly id: ChatId
  readonly kind: 'direct' | 'self' | 'group'
  contact?: ContactView
  group?: FakeGroup
  standing: ChatStanding
  pinned: boolean
  archived: boolean
  markedUnread: boolean
  mutedUntil?: number | 'always'
  draft: string
  unread: number
  messages: MessageView[]
  mentions?: number
  suite?: SuiteView
  timerSeconds?: number
  pins?: MessageId[]
  note?: Uint8Array
  noteAuthors?: Did[]
}

export interface World {
  account: AccountView
  chats: FakeChat[]
  invites: InviteView[]
  settings: Settings
  network: NetworkView
  readonly now: number
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
export const pseudo = (seed: string, length: number, from = alphabet): string => {
  let state = [...seed].reduce((sum, char) => (Math.imul(sum, 31) + (char.codePointAt(0) ?? 0)) >>> 0, 7)
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return from[(state >>> 8) % from.length]
  }).join('')
}

export const didOf = (name: string): Did => `did:key:z6Mk${pseudo(name, 44)}` as Did
export const chatOf = (name: string): ChatId => pseudo(`chat ${name}`, 43) as ChatId
export const OWN_DID = didOf('Mia Lindqvist')
export const OWN_DEVICE = `12D3KooW${pseudo('own device', 44)}` as DeviceId

let messages = 0
export const newMessageId = (): MessageId => pseudo(`message ${++messages}`, 43) as MessageId

export const makeMessage = (from: Partial<MessageView> & Pick<MessageView, 'text' | 'mine' | 'at'>): MessageView => ({
  id: newMessageId(),
  author: OWN_DID,
  authorName: 'Mia Lindqvist',
  arrivedAt: from.at,
  late: false,
  removed: false,
  edits: [],
  reactions: [],
  needsNewer: false,
  ...(from.mine ? { delivery: 'read' as const } : {}),
  ...from
})
