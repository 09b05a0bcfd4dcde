/** Groups of the harness: who is in them, and conversations that use everything a group can show. */
import type { Somebody, SuiteView, SystemLine } from '../../src/model/group-views.ts'
import type { Did } from '../../src/model/ids.ts'
import type { Policies, Role } from '../../src/model/roster.ts'
import type { MessageView } from '../../src/model/views.ts'
import { PEOPLE } from './people.ts'
import { OWN_DID, chatOf, didOf, makeMessage, pseudo } from './made.ts'
import type { FakeChat, FakeGroup } from './made.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const POLICIES: Policies = {
  write: 'everyone',
  add: 'admins',
  rename: 'everyone',
  pin: 'everyone',
  approval: false,
  history: 'from-joining'
}

/** Somebody who is in groups only, so no contact. */
const STRANGER = 'Ines Okafor'
const names = new Map<Did, { readonly name: string; readonly hue: number; readonly verified: boolean }>([
  [OWN_DID, { name: 'Mia Lindqvist', hue: 225, verified: false }],
  [didOf(STRANGER), { name: STRANGER, hue: 75, verified: false }],
  [didOf('Kofi Mensah'), { name: 'Kofi Mensah', hue: 140, verified: false }],
  ...PEOPLE.map(({ name, hue, verified = false }) => [didOf(name), { name, hue, verified }] as const)
])

export const personOf = (did: Did): { readonly name: string; readonly hue: number; readonly verified: boolean } =>
  names.get(did) ?? { name: did.slice(8, 16), hue: 10, verified: false }

export const somebody = (did: Did): Somebody => ({ did, name: personOf(did).name, mine: did === OWN_DID })

export const makeSystem = (system: SystemLine, at: number): MessageView => ({
  ...makeMessage({ text: '', mine: false, at }),
  author: '' as Did,
  authorName: '',
  system
})

export const suiteOf = (suite: SuiteView['suite'], devices: number): SuiteView => ({
  suite,
  forwardSecrecy: suite !== 'pgp-v6',
  postCompromise: suite !== 'pgp-v6',
  postQuantum: suite !== 'mls-x25519',
  largestGroup: suite === 'mls-xwing' ? 256 : suite === 'mls-x25519' ? 1000 : 50,
  devices
})

const plain = (name: string, change: Partial<FakeChat> & { readonly group: FakeGroup }): FakeChat => ({
  id: chatOf(name),
  kind: 'group',
  standing: 'open',
  pinned: false,
  archived: false,
  markedUnread: false,
  draft: '',
  unread: 0,
  messages: [],
  suite: suiteOf('mls-xwing', change.group.members.length + 2),
  ...change
})

const member = (name: string, role: Role = 'member', state: 'in' | 'joining' = 'in'): FakeGroup['members'][number] => ({
  did: name === 'me' ? OWN_DID : didOf(name),
  role,
  state
})

const paddlers = (now: number): FakeChat => {
  const say = (name: string, text: string, ago: number, more: Partial<MessageView> = {}): MessageView =>
    makeMessage({ text, mine: false, at: now - ago, author: didOf(name), authorName: name, ...more })
  const own = (text: string, ago: number, more: Partial<MessageView> = {}): MessageView =>
    makeMessage({ text, mine: true, at: now - ago, delivery: 'read', ...more })
  const lena = didOf('Lena Marković')
  const by = somebody(lena)
  const start = 3 * DAY
  const boat = say('Tomás Ferreira', 'I can bring the *second* boat', 95 * MINUTE)
  const pinned = say('Lena Marković', 'Meeting point: **old mill**, Saturday 9:30. Bring dry clothes!', 2 * DAY, {
    pinned: true
  })
  const messages = [
    makeSystem({ kind: 'founded', by, name: 'Paddling' }, now - start),
    makeSystem({ kind: 'added', by, who: [somebody(OWN_DID), somebody(didOf('Tomás Ferreira'))] }, now - start + 1),
    makeSystem({ kind: 'renamed', by, name: 'Sunday paddlers' }, now - start + MINUTE),
    pinned,
    makeSystem({ kind: 'pinned', by, message: pinned.id }, now - 2 * DAY + MINUTE),
    own('👍', 2 * DAY - 5 * MINUTE),
    say('Lena Marković', 'Did the boat survive the weir?', 98 * MINUTE),
    say('Lena Marković', 'And who has the pump?', 97 * MINUTE),
    boat,
    say('Aya Bensaïd', 'The river is at 1.40 m, perfect', 94 * MINUTE),
    say('Aya Bensaïd', 'I come by train, can somebody pick me up at 9?', 93 * MINUTE),
    own('I can, @Aya Bensaïd. Platform 4?', 91 * MINUTE, { mentions: [somebody(didOf('Aya Bensaïd'))] }),
    makeSystem({ kind: 'added', by: somebody(didOf(STRANGER)), who: [somebody(didOf(STRANGER))] }, now - 60 * MINUTE),
    makeSystem({ kind: 'role', by, who: somebody(OWN_DID), role: 'admin' }, now - 59 * MINUTE),
    makeSystem({ kind: 'timer', by, seconds: 604_800 }, now - 58 * MINUTE),
    makeSystem({ kind: 'keys', who: somebody(didOf('Tomás Ferreira')), is: 'rotated' }, now - 57 * MINUTE),
    say('Tomás Ferreira', 'New laptop, that was me', 56 * MINUTE, { endsAt: now + 6 * DAY }),
    say(STRANGER, 'Hi all! @Mia Lindqvist told me about this. Is there room for one more?', 12 * MINUTE, {
      mentions: [somebody(OWN_DID)],
      endsAt: now + 7 * DAY
    }),
    own('Of course, welcome!', 11 * MINUTE, {
      delivery: 'delivered',
      endsAt: now + 7 * DAY,
      quote: { message: boat.id, author: 'Tomás Ferreira', mine: false, text: boat.text }
    }),
    say('Lena Marković', 'Great 😄 then we are *six*', 10 * MINUTE, { endsAt: now + 7 * DAY })
  ]
  return plain('Sunday paddlers', {
    messages,
    unread: 2,
    mentions: 1,
    timerSeconds: 604_800,
    pins: [messages[6]?.id ?? pinned.id, pinned.id],
    group: {
      name: 'Sunday paddlers',
      description: 'Boats, weirs and cake afterwards. Every other Sunday from the old mill.',
      hue: 190,
      members: [
        member('me', 'admin'),
        member('Lena Marković', 'admin'),
        member('Aya Bensaïd'),
        member(STRANGER),
        member('Jun Satō', 'member', 'joining'),
        member('Tomás Ferreira')
      ],
      policies: { ...POLICIES, approval: true },
      links: [
        {
          id: 'pass1',
          link: `https://chat.example.org/#g/${pseudo('group link', 260)}`,
          endsAt: now + 5 * DAY,
          maxUses: 100,
          uses: 1
        }
      ],
      asking: [{ did: didOf('Kofi Mensah'), at: now - 20 * MINUTE }]
    }
  })
}

const family = (now: number): FakeChat =>
  plain('Familie', {
    suite: suiteOf('pgp-v6', 9),
    messages: [
      makeSystem({ kind: 'founded', by: somebody(didOf('Opa 💛')), name: 'Familie ❤️' }, now - 30 * DAY),
      makeMessage({
        text: 'Wann kommt ihr?',
        mine: false,
        at: now - 26 * HOUR,
        author: didOf('Opa 💛'),
        authorName: 'Opa 💛'
      }),
      makeSystem({ kind: 'photo', by: somebody(didOf('Hannah Weiß')) }, now - 25 * HOUR)
    ],
    group: {
      name: 'Familie ❤️',
      hue: 15,
      members: [member('Opa 💛', 'admin'), member('Hannah Weiß'), member('me')],
      policies: { ...POLICIES, write: 'admins', rename: 'admins', pin: 'admins' },
      links: [],
      asking: []
    }
  })

const book = (now: number): FakeChat =>
  plain('Book club', {
    standing: 'left',
    messages: [
      makeMessage({
        text: 'Next time at my place',
        mine: false,
        at: now - 9 * DAY,
        author: didOf('Hannah Weiß'),
        authorName: 'Hannah Weiß'
      }),
      makeSystem({ kind: 'removed', by: somebody(didOf('Hannah Weiß')), who: [somebody(OWN_DID)] }, now - 8 * DAY)
    ],
    group: {
      name: 'Book club',
      hue: 300,
      members: [member('Hannah Weiß', 'admin'), member('Зоя Петрова')],
      policies: POLICIES,
      links: [],
      asking: []
    }
  })

const street = (now: number): FakeChat =>
  plain('Street', {
    standing: 'joining',
    messages: [
      makeSystem({ kind: 'founded', by: somebody(didOf('Зоя Петрова')), name: 'Our street' }, now - 50 * MINUTE)
    ],
    group: {
      name: 'Our street',
      hue: 100,
      members: [member('Зоя Петрова', 'admin'), member('me', 'member', 'joining')],
      policies: POLICIES,
      links: [],
      asking: []
    }
  })

/** As many people as the strongest suite holds, with names of every length. */
const town = (now: number): FakeChat => {
  const inhabitants = Array.from({ length: 255 }, (_, index) => {
    const name = `${PEOPLE[index % PEOPLE.length]?.name ?? '?'} ${index}`
    names.set(didOf(name), { name, hue: (index * 37) % 360, verified: index % 9 === 0 })
    return member(name, index % 40 === 0 ? 'admin' : 'member')
  })
  const [first] = inhabitants
  const long = 'Neighbourhood assembly of the upper and the lower town, with all allotment gardens'
  return plain('Town', {
    messages: inhabitants.slice(0, 60).map(({ did }, index) =>
      makeMessage({
        text: index % 7 === 0 ? 'I agree. '.repeat(60) : 'I agree',
        mine: false,
        at: now - (90 - index) * MINUTE,
        author: did,
        authorName: personOf(did).name
      })
    ),
    pins: [],
    group: {
      name: long,
      description: `${long}. `.repeat(5).trim(),
      hue: 260,
      members: [...(first === undefined ? [] : [first]), member('me', 'admin'), ...inhabitants.slice(1)],
      policies: POLICIES,
      links: [],
      asking: inhabitants.slice(0, 3).map(({ did }) => ({ did, at: now - HOUR }))
    }
  })
}

export const makeGroups = (now: number, state: string): FakeChat[] => [
  paddlers(now),
  family(now),
  book(now),
  street(now),
  ...(state === 'overfull' ? [town(now)] : [])
]
