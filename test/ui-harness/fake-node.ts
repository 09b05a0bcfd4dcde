/** A NodeApi without a node: everything in memory, everything answers, own messages climb the status ladder. */
import { latest } from '../../src/base/latest.ts'
import type { NodeApi } from '../../src/bridge/api.ts'
import type { ChatId, Did, InviteId, MessageId } from '../../src/model/ids.ts'
import type { InvitePreview, InviteView, MessageView } from '../../src/model/views.ts'
import {
  chatListOf,
  chatViewOf,
  contactsOf,
  debugOf,
  devicesOf,
  searchIn,
  timelineOf,
  withGroups
} from './fake-views.ts'
import { createFakeGroups } from './fake-groups.ts'
import { createFakeSecurity } from './fake-security.ts'
import { somebody } from './groups.ts'
import { OWN_DEVICE, OWN_DID, chatOf, didOf, makeMessage } from './made.ts'
import type { FakeChat, World } from './made.ts'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const createFakeNode = (world: World, chosen?: URLSearchParams): NodeApi => {
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const tell of listeners) tell()
  }
  /** A feed of whatever `make` says, again after each change. */
  const feed = <T>(make: () => T): AsyncIterable<T> =>
    latest<T>((push) => {
      const tell = (): void => push(make())
      listeners.add(tell)
      queueMicrotask(tell)
      return () => listeners.delete(tell)
    })
  const find = (chat: ChatId): FakeChat | undefined => world.chats.find(({ id }) => id === chat)
  const change = (chat: ChatId, message: MessageId, to: (old: MessageView) => MessageView): void => {
    const found = find(chat)
    if (found === undefined) return
    found.messages = found.messages.map((old) => (old.id === message ? to(old) : old))
    changed()
  }
  const climb = async (chat: ChatId, message: MessageId): Promise<void> => {
    if (!world.network.online) return
    for (const [ms, delivery] of [
      [120, 'sealed'],
      [200, 'delivered'],
      [1500, 'read']
    ] as const) {
      await wait(ms)
      change(chat, message, (old) => ({ ...old, delivery }))
    }
  }
  const contactOf = (did: Did): FakeChat | undefined => world.chats.find(({ contact }) => contact?.did === did)
  const makeInvite = (maxUses: number, endsAt: number): InviteView => ({
    id: `invite${world.invites.length}` as InviteId,
    link: `https://chat.example.org/#i/${'aBcDeFgH1234-_xY'.repeat(12)}${world.invites.length}`,
    createdAt: world.now,
    endsAt,
    maxUses,
    uses: 0,
    revoked: false
  })

  return {
    ...createFakeGroups({ world, feed, changed }),
    ...createFakeSecurity({ world, feed, changed, ...(chosen === undefined ? {} : { query: chosen }) }),
    watchAccount: () => feed(() => world.account),
    prepareAccount: async () => {
      await wait(300)
      if (world.account.state === 'none') world.account = { state: 'making' }
      changed()
    },
    createAccount: async ({ name, photo }) => {
      await wait(150)
      world.account = {
        state: 'ready',
        did: OWN_DID,
        name,
        avatar: { hue: 225, ...(photo === undefined ? {} : { photo }) },
        fingerprint: '0'.repeat(64),
        device: OWN_DEVICE
      }
      changed()
      return OWN_DID
    },
    setProfile: async ({ name, photo }) => {
      if (world.account.state !== 'ready') return
      const { hue } = world.account.avatar
      const avatar = photo === undefined ? world.account.avatar : photo === null ? { hue } : { hue, photo }
      world.account = { ...world.account, avatar, ...(name === undefined ? {} : { name }) }
      changed()
    },
    exportKey: async (what) => {
      await wait(400)
      const title = what === 'secret' ? 'PRIVATE' : 'PUBLIC'
      return `-----BEGIN PGP ${title} KEY BLOCK-----\n\nxioGZ1example\n-----END PGP ${title} KEY BLOCK-----\n`
    },

    watchChats: () => feed(() => chatListOf(world)),
    watchChat: (chat) =>
      feed(() => {
        const found = find(chat)
        return found === undefined ? undefined : chatViewOf(world, found)
      }),
    watchTimeline: (chat, window) => {
      const unreadAtOpen = find(chat)?.unread ?? 0
      return feed(() => timelineOf(find(chat), chat, window, unreadAtOpen))
    },
    send: async (chat, { text, replyTo, mentions }) => {
      const found = find(chat)
      const quoted = found?.messages.find(({ id }) => id === replyTo)
      const message = makeMessage({
        text,
        mine: true,
        at: Date.now(),
        delivery: 'queued',
        ...(mentions === undefined || mentions.length === 0 ? {} : { mentions: mentions.map(somebody) }),
        ...(found?.timerSeconds === undefined ? {} : { endsAt: Date.now() + found.timerSeconds * 1000 }),
        ...(quoted === undefined
          ? {}
          : {
              quote: {
                message: quoted.id,
                author: quoted.authorName,
                mine: quoted.mine,
                text: quoted.text.slice(0, 200)
              }
            })
      })
      if (found !== undefined) found.messages = [...found.messages, message]
      if (found !== undefined) found.draft = ''
      changed()
      void climb(chat, message.id)
      return message.id
    },
    edit: async (chat, message, text) =>
      change(chat, message, (old) => ({ ...old, text, edits: [...old.edits, { text: old.text, at: Date.now() }] })),
    react: async (chat, message, emoji) =>
      change(chat, message, (old) => {
        const others = old.reactions
          .map((one) => (one.mine ? { ...one, count: one.count - 1, mine: false } : one))
          .filter(({ count }) => count > 0)
        if (emoji === null) return { ...old, reactions: others }
        const known = others.some((one) => one.emoji === emoji)
        const reactions = known
          ? others.map((one) => (one.emoji === emoji ? { ...one, count: one.count + 1, mine: true } : one))
          : [...others, { emoji, count: 1, mine: true, names: ['Mia Lindqvist'] }]
        return { ...old, reactions }
      }),
    remove: async (chat, message, scope) => {
      const found = find(chat)
      if (scope === 'everyone') change(chat, message, (old) => ({ ...old, removed: true, text: '', reactions: [] }))
      else if (found !== undefined) found.messages = found.messages.filter(({ id }) => id !== message)
      changed()
    },
    retry: async (chat, message) => {
      change(chat, message, (old) => ({ ...old, delivery: 'queued' }))
      void climb(chat, message)
    },
    markRead: async (chat) => {
      const found = find(chat)
      if (found === undefined) return
      Object.assign(found, { unread: 0, markedUnread: false })
      changed()
    },
    setChat: async (chat, { mutedUntil, ...rest }) => {
      const found = find(chat)
      if (found === undefined) return
      Object.assign(found, rest)
      if (mutedUntil === null) delete found.mutedUntil
      else if (mutedUntil !== undefined) found.mutedUntil = mutedUntil
      changed()
    },
    saveDraft: async (chat, { text }) => {
      const found = find(chat)
      if (found !== undefined) found.draft = text
      changed()
    },
    search: async (query, filter) => searchIn(world, query, filter),
    watchSearch: (query, filter) => feed(() => ({ hits: searchIn(world, query, filter), isWhole: true })),
    watchDelivery: (chat, message) =>
      feed(() => {
        const found = find(chat)?.messages.find(({ id }) => id === message)
        if (found === undefined) return undefined
        const state = found.delivery ?? 'delivered'
        const arrived = state === 'delivered' || state === 'read'
        return {
          message,
          state,
          writtenAt: found.at,
          devices: devicesOf(find(chat)).map(({ device, who }, index) => {
            const has = arrived && (index < 2 || state === 'read')
            return {
              device,
              ...(who === undefined ? {} : { who: somebody(who) }),
              path: has ? (index % 2 === 0 ? ('direct' as const) : ('relayed' as const)) : ('none' as const),
              ...(has ? { deliveredAt: found.at + 900 } : {}),
              ...(has && (state === 'read' || (who !== undefined && index === 0)) ? { readAt: found.at + 60_000 } : {})
            }
          }),
          attempts: arrived ? 1 : 4,
          ...(arrived ? {} : { lastError: 'their device is away', nextTryAt: Date.now() + 90_000 })
        }
      }),

    watchContact: (did) =>
      feed(() => {
        const contact = contactOf(did)?.contact
        return contact === undefined ? undefined : withGroups(world, contact)
      }),
    watchContacts: () => feed(() => contactsOf(world)),
    setContact: async (did, { alias, verified, blocked }) => {
      const found = contactOf(did)
      if (found?.contact === undefined) return
      const { alias: _, ...rest } = found.contact
      const next = alias === undefined ? found.contact : alias === null ? rest : { ...rest, alias }
      found.contact = { ...next, verified: verified ?? next.verified, blocked: blocked ?? next.blocked }
      if (blocked !== undefined) found.standing = blocked ? 'blocked' : 'open'
      changed()
    },
    checkSafetyCode: async (did, code) => (contactOf(did)?.contact?.safetyCode === code ? 'match' : 'mismatch'),
    acceptRequest: async (chat) => {
      const found = find(chat)
      if (found !== undefined) found.standing = 'open'
      changed()
    },
    declineRequest: async (chat) => {
      world.chats = world.chats.filter(({ id }) => id !== chat)
      changed()
    },
    createInvite: async (options = {}) => {
      await wait(100)
      const invite = makeInvite(options.maxUses ?? 16, options.endsAt ?? world.now + 7 * 86_400_000)
      world.invites = [invite, ...world.invites]
      changed()
      return invite
    },
    watchInvites: () => feed(() => world.invites),
    revokeInvite: async (id) => {
      world.invites = world.invites.map((invite) => (invite.id === id ? { ...invite, revoked: true } : invite))
      changed()
    },
    readInvite: async (link): Promise<InvitePreview> => {
      await wait(250)
      if (link.includes('own')) return { outcome: 'own' }
      if (!/#[ig]\//u.test(link)) return { outcome: 'malformed' }
      if (link.includes('#g/')) return { outcome: 'group', did: didOf('Alice Nakamura'), by: 'Alice Nakamura' }
      return { outcome: 'ok', did: didOf('Alice Nakamura'), name: 'Alice Nakamura', avatar: { hue: 170 } }
    },
    openInvite: async () => {
      const id = chatOf('Alice Nakamura')
      if (find(id) === undefined) {
        const [first] = world.chats
        const contact = {
          did: didOf('Alice Nakamura'),
          chat: id,
          name: 'Alice Nakamura',
          avatar: { hue: 170 },
          fingerprint: 'A'.repeat(64),
          verified: false,
          blocked: false,
          path: 'none' as const,
          stale: false,
          duplicity: false,
          devices: []
        }
        world.chats = [
          {
            id,
            kind: 'direct',
            contact: first?.contact === undefined ? contact : { ...first.contact, ...contact },
            standing: 'open',
            pinned: false,
            archived: false,
            markedUnread: false,
            draft: '',
            unread: 0,
            messages: []
          },
          ...world.chats
        ]
        changed()
      }
      return id
    },
    findSomeone: async (text) => {
      await wait(300)
      const [first] = world.chats
      return text.startsWith('did:key:') && first?.contact !== undefined
        ? { outcome: 'found', did: first.contact.did, chat: first.id }
        : { outcome: text.length === 64 ? 'unknown' : 'malformed' }
    },

    watchSettings: () => feed(() => world.settings),
    setSettings: async (next) => {
      world.settings = { ...world.settings, ...next }
      changed()
    },
    watchNetwork: () => feed(() => world.network),
    addRelay: async (address) => {
      await wait(400)
      return address.includes('://') || address.startsWith('/') ? 'unreachable' : 'malformed'
    },
    removeRelay: async (peer) => {
      world.network = { ...world.network, relays: world.network.relays.filter((relay) => relay.peer !== peer) }
      changed()
    },
    watchDebug: () => feed(() => debugOf(world)),
    makeReport: async () =>
      'CryptoChat report\nbuild harness\nworker shared\nmessages 214 (7 queued)\nno names, texts, ids or addresses'
  }
}
