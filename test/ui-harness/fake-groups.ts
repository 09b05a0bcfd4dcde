/** The part of the fake node that knows groups, pins, timers and notes: in memory, with the rules of RO1 that a page can meet. */
import { mergeUpdates } from 'yjs'
import { AppError } from '../../src/base/errors.ts'
import type { NodeApi } from '../../src/bridge/api.ts'
import type { GroupView, SystemLine } from '../../src/model/group-views.ts'
import type { ChatId, Did } from '../../src/model/ids.ts'
import { POLICIES, makeSystem, personOf, somebody, suiteOf } from './groups.ts'
import { OWN_DID, chatOf, pseudo } from './made.ts'
import type { FakeChat, FakeGroup, World } from './made.ts'

type GroupApi = Pick<
  NodeApi,
  | 'watchGroup'
  | 'createGroup'
  | 'addMembers'
  | 'removeMember'
  | 'leaveGroup'
  | 'setRole'
  | 'setPolicies'
  | 'setTopic'
  | 'setTimer'
  | 'pinMessage'
  | 'createGroupLink'
  | 'revokeGroupLink'
  | 'answerJoin'
  | 'watchNote'
  | 'changeNote'
>

interface Deps {
  readonly world: World
  readonly feed: <T>(make: () => T) => AsyncIterable<T>
  readonly changed: () => void
}

const EMPTY_NOTE = new Uint8Array([0, 0])

export const groupViewOf = (world: World, chat: FakeChat): GroupView | undefined => {
  const { group } = chat
  if (group === undefined) return undefined
  const role = chat.standing === 'left' ? undefined : group.members.find(({ did }) => did === OWN_DID)?.role
  const isAdmin = role === 'admin'
  const may = (who: 'everyone' | 'admins'): boolean => role !== undefined && (isAdmin || who === 'everyone')
  const admins = group.members.filter((one) => one.role === 'admin').length
  const contacts = new Map(
    world.chats.flatMap(({ contact }) => (contact === undefined ? [] : [[contact.did, contact]]))
  )
  return {
    chat: chat.id,
    name: group.name,
    avatar: { hue: group.hue, ...(group.photo === undefined ? {} : { photo: group.photo }) },
    ...(group.description === undefined ? {} : { description: group.description }),
    members: group.members.map(({ did, role: theirs, state }) => ({
      ...somebody(did),
      avatar: { hue: personOf(did).hue },
      role: theirs,
      verified: contacts.get(did)?.verified ?? false,
      isContact: contacts.has(did),
      state
    })),
    ...(role === undefined ? {} : { role }),
    may: {
      write: may(group.policies.write) && chat.standing === 'open',
      add: may(group.policies.add),
      rename: may(group.policies.rename),
      pin: may(group.policies.pin),
      manage: isAdmin,
      leave: role !== undefined && !(isAdmin && admins === 1 && group.members.length > 1)
    },
    policies: group.policies,
    links: group.links,
    asking: isAdmin
      ? group.asking.map(({ did, at }) => ({ ...somebody(did), avatar: { hue: personOf(did).hue }, askedAt: at }))
      : []
  }
}

export const createFakeGroups = ({ world, feed, changed }: Deps): GroupApi => {
  const find = (chat: ChatId): FakeChat | undefined => world.chats.find(({ id }) => id === chat)
  const me = somebody(OWN_DID)
  const change = (chat: ChatId, act: (group: FakeGroup, found: FakeChat) => SystemLine | undefined): void => {
    const found = find(chat)
    if (found?.group === undefined) throw new AppError('not-found', 'no such group')
    const line = act(found.group, found)
    if (line !== undefined) found.messages = [...found.messages, makeSystem(line, Date.now())]
    changed()
  }
  const right = (chat: ChatId, may: keyof GroupView['may']): void => {
    const found = find(chat)
    const view = found === undefined ? undefined : groupViewOf(world, found)
    if (view === undefined || !view.may[may]) throw new AppError('untrusted', 'no right to that')
  }
  const tell = (chat: ChatId, line: SystemLine): void => {
    const found = find(chat)
    if (found !== undefined) found.messages = [...found.messages, makeSystem(line, Date.now())]
    changed()
  }

  return {
    watchGroup: (chat) =>
      feed(() => {
        const found = find(chat)
        return found === undefined ? undefined : groupViewOf(world, found)
      }),
    createGroup: async ({ name, members, suite, photo }) => {
      const id = chatOf(`group ${name} ${world.chats.length}`)
      const at = Date.now()
      world.chats = [
        {
          id,
          kind: 'group',
          standing: 'open',
          pinned: false,
          archived: false,
          markedUnread: false,
          draft: '',
          unread: 0,
          suite: suiteOf(suite ?? 'mls-xwing', members.length + 1),
          messages: [
            makeSystem({ kind: 'founded', by: me, name }, at),
            ...(members.length === 0 ? [] : [makeSystem({ kind: 'added', by: me, who: members.map(somebody) }, at)])
          ],
          group: {
            name,
            hue: 140,
            ...(photo === undefined ? {} : { photo }),
            members: [
              { did: OWN_DID, role: 'admin', state: 'in' },
              ...members.map((did) => ({ did, role: 'member' as const, state: 'joining' as const }))
            ],
            policies: POLICIES,
            links: [],
            asking: []
          }
        },
        ...world.chats
      ]
      changed()
      return id
    },
    addMembers: async (chat, who) => {
      right(chat, 'add')
      change(chat, (group) => {
        group.members = [
          ...group.members,
          ...who.map((did) => ({ did, role: 'member' as const, state: 'joining' as const }))
        ]
        return { kind: 'added', by: me, who: who.map(somebody) }
      })
    },
    removeMember: async (chat, who) => {
      right(chat, 'manage')
      change(chat, (group) => {
        group.members = group.members.filter(({ did }) => did !== who)
        return { kind: 'removed', by: me, who: [somebody(who)] }
      })
    },
    leaveGroup: async (chat) => {
      right(chat, 'leave')
      change(chat, (group, found) => {
        group.members = group.members.filter(({ did }) => did !== OWN_DID)
        found.standing = 'left'
        return { kind: 'left', by: me }
      })
    },
    setRole: async (chat, who, role) => {
      right(chat, 'manage')
      change(chat, (group) => {
        group.members = group.members.map((one) => (one.did === who ? { ...one, role } : one))
        return { kind: 'role', by: me, who: somebody(who), role }
      })
    },
    setPolicies: async (chat, next) => {
      right(chat, 'manage')
      change(chat, (group) => {
        group.policies = { ...group.policies, ...next }
        return { kind: 'policies', by: me }
      })
    },
    setTopic: async (chat, { name, description, photo }) => {
      right(chat, 'rename')
      change(chat, (group) => {
        if (name !== undefined) group.name = name
        if (description !== undefined) group.description = description
        if (photo === null) delete group.photo
        else if (photo !== undefined) group.photo = photo
        if (name !== undefined) return { kind: 'renamed', by: me, name }
        return { kind: description === undefined ? 'photo' : 'described', by: me }
      })
    },
    setTimer: async (chat, seconds) => {
      const found = find(chat)
      if (found === undefined) throw new AppError('not-found', 'no such chat')
      if (seconds === 0) delete found.timerSeconds
      else found.timerSeconds = seconds
      tell(chat, { kind: 'timer', by: me, seconds })
    },
    pinMessage: async (chat, message, isPinned) => {
      const found = find(chat)
      if (found === undefined) throw new AppError('not-found', 'no such chat')
      const others = (found.pins ?? []).filter((id) => id !== message)
      found.pins = isPinned ? [...others, message] : others
      found.messages = found.messages.map((one) => (one.id === message ? { ...one, pinned: isPinned } : one))
      tell(chat, { kind: isPinned ? 'pinned' : 'unpinned', by: me, message })
    },
    createGroupLink: async (chat, { maxUses = 100, endsAt = Date.now() + 604_800_000 } = {}) => {
      right(chat, 'manage')
      const id = `pass${Date.now()}`
      const link = { id, link: `https://chat.example.org/#g/${pseudo(id, 260)}`, endsAt, maxUses, uses: 0 }
      change(chat, (group) => {
        group.links = [link, ...group.links]
        return undefined
      })
      return link
    },
    revokeGroupLink: async (chat, id) =>
      change(chat, (group) => {
        group.links = group.links.filter((link) => link.id !== id)
        return undefined
      }),
    answerJoin: async (chat, who, isWelcome) => {
      right(chat, 'manage')
      change(chat, (group) => {
        group.asking = group.asking.filter(({ did }) => did !== who)
        if (!isWelcome) return undefined
        group.members = [...group.members, { did: who, role: 'member', state: 'joining' }]
        return { kind: 'added', by: me, who: [somebody(who)] }
      })
    },
    watchNote: (chat) =>
      feed(() => {
        const found = find(chat)
        const authors: readonly Did[] = found?.noteAuthors ?? []
        return { update: found?.note ?? EMPTY_NOTE, authors: authors.map(somebody) }
      }),
    changeNote: async (chat, update) => {
      const found = find(chat)
      if (found === undefined) throw new AppError('not-found', 'no such chat')
      found.note = mergeUpdates([found.note ?? EMPTY_NOTE, update])
      found.noteAuthors = [...new Set([...(found.noteAuthors ?? []), OWN_DID])]
      changed()
    }
  }
}
