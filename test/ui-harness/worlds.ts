/** The states of the world a screen must look right in. Deterministic: the same query gives the same picture. */
import type { DeviceId, InviteId } from '../../src/model/ids.ts'
import type { AccountView, ContactView, MessageView, NetworkView, Settings } from '../../src/model/views.ts'
import { PEOPLE } from './people.ts'
import type { Figure } from './people.ts'
import { makeGroups, suiteOf } from './groups.ts'
import { OWN_DEVICE, OWN_DID, chatOf, didOf, makeMessage, pseudo } from './made.ts'
import type { FakeChat, World } from './made.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

const digits = (seed: string): string =>
  Array.from({ length: 12 }, (_, index) => pseudo(`${seed}${index}`, 5, '0123456789')).join(' ')

const makeContact = ({ name, hue, verified = false }: Figure, path: ContactView['path'], now: number): ContactView => ({
  did: didOf(name),
  chat: chatOf(name),
  name,
  avatar: { hue },
  fingerprint: pseudo(`fingerprint ${name}`, 64, '0123456789ABCDEF'),
  verified,
  blocked: false,
  safetyNumber: digits(name),
  safetyCode: `cryptochat:safety:${pseudo(name, 60)}`,
  path,
  lastHeardAt: now - 3 * MINUTE,
  stale: false,
  duplicity: false,
  devices: [`12D3KooW${pseudo(`device ${name}`, 44)}` as DeviceId]
})

/** A conversation that uses everything a bubble can show. */
const talk = (figure: Figure, now: number, count: number): MessageView[] => {
  const them = { author: didOf(figure.name), authorName: figure.name }
  const list: MessageView[] = []
  for (let index = 0; index < count; index++) {
    const ago = (count - index - 1) * 7 * MINUTE + (index < count - 4 ? DAY : 0) + (index < count - 9 ? 3 * DAY : 0)
    const mine = index % 5 === 1 || index % 5 === 2
    const text = figure.lines[index % figure.lines.length] ?? '…'
    list.push(makeMessage({ text, mine, at: now - ago, ...(mine ? {} : them) }))
  }
  const third = list.at(-3)
  const last = list.at(-1)
  if (count > 6 && third !== undefined && last !== undefined) {
    const names = [figure.name, 'Mia Lindqvist']
    list.splice(-3, 1, {
      ...third,
      reactions: [
        { emoji: '😂', count: 2, mine: true, names },
        { emoji: '🍝', count: 1, mine: false, names: [figure.name] }
      ],
      edits: [{ text: 'before', at: third.at - MINUTE }]
    })
    list.splice(-1, 1, {
      ...last,
      quote: { message: third.id, author: third.authorName, mine: third.mine, text: third.text }
    })
    const at = now - 2 * MINUTE
    list.push(
      makeMessage({ text: '', mine: false, at, removed: true, ...them }),
      makeMessage({
        text: 'On their way, straight from my laptop. Saturday works!',
        mine: true,
        at,
        delivery: 'delivered'
      }),
      makeMessage({ text: 'Second try', mine: true, at: at + 1000, delivery: 'failed' }),
      makeMessage({ text: 'And this one waits', mine: true, at: at + 2000, delivery: 'queued' })
    )
  }
  return list
}

const makeChat = (figure: Figure, index: number, now: number, count: number): FakeChat => ({
  id: chatOf(figure.name),
  kind: 'direct',
  contact: makeContact(figure, index === 0 ? 'direct' : index % 3 === 0 ? 'none' : 'relayed', now),
  standing: 'open',
  pinned: false,
  archived: false,
  markedUnread: false,
  draft: '',
  unread: 0,
  suite: suiteOf(index % 4 === 3 ? 'pgp-v6' : 'mls-xwing', 2),
  messages: talk(figure, now - index * index * 95 * MINUTE, count)
})

export const SETTINGS: Settings = {
  theme: 'system',
  locale: 'system',
  enterSends: true,
  readReceipts: true,
  relayOnly: false
}

const NETWORK: NetworkView = {
  state: 'direct',
  online: true,
  canBeDirect: true,
  waiting: 0,
  relays: [
    {
      peer: `12D3KooW${pseudo('relay 1', 44)}`,
      addresses: ['/dns4/chat.example.org/tcp/443/wss'],
      state: 'connected',
      reserved: true,
      source: 'origin',
      roundTripMs: 14
    },
    {
      peer: `12D3KooW${pseudo('relay 2', 44)}`,
      addresses: ['/ip4/192.0.2.7/tcp/8080/ws'],
      state: 'connecting',
      reserved: false,
      source: 'learned'
    },
    {
      peer: `12D3KooW${pseudo('relay 3', 44)}`,
      addresses: ['/dns4/relay.example.net/tcp/443/wss'],
      state: 'unreachable',
      reserved: false,
      source: 'manual',
      lastError: 'connection refused'
    }
  ],
  peers: [
    {
      device: `12D3KooW${pseudo('device Lena Marković', 44)}` as DeviceId,
      did: didOf('Lena Marković'),
      name: 'Lena Marković',
      path: 'direct',
      roundTripMs: 3
    },
    {
      device: `12D3KooW${pseudo('device Tomás Ferreira', 44)}` as DeviceId,
      did: didOf('Tomás Ferreira'),
      name: 'Tomás Ferreira',
      path: 'relayed',
      roundTripMs: 41
    }
  ]
}

const noteToSelf = (now: number): FakeChat => ({
  id: chatOf('self'),
  kind: 'self',
  standing: 'open',
  pinned: false,
  archived: false,
  markedUnread: false,
  draft: '',
  unread: 0,
  messages: [makeMessage({ text: 'Train 07:52 platform 4, seat 61', mine: true, at: now - 2 * DAY })]
})

const READY: AccountView = {
  state: 'ready',
  did: OWN_DID,
  name: 'Mia Lindqvist',
  avatar: { hue: 225 },
  fingerprint: pseudo('own fingerprint', 64, '0123456789ABCDEF'),
  device: OWN_DEVICE
}

const people = (count: number): Figure[] =>
  Array.from({ length: count }, (_, index) => {
    const figure = PEOPLE[index % PEOPLE.length] ?? { name: '?', hue: 0, lines: [] }
    return index < PEOPLE.length ? figure : { ...figure, name: `${figure.name} ${index}`, hue: (index * 37) % 360 }
  })

const settle = (chats: FakeChat[], now: number): void => {
  const [lena, tomas, aya, hannah, opa, jun, nour, max, li, michal] = chats
  if (lena !== undefined) Object.assign(lena, { pinned: true })
  if (tomas !== undefined) Object.assign(tomas, { unread: 12 })
  if (aya !== undefined)
    aya.messages.push(makeMessage({ text: 'Voice message tomorrow?', mine: true, at: now - 40 * MINUTE }))
  if (hannah !== undefined) Object.assign(hannah, { draft: 'could you send me the keys to the cellar' })
  if (opa !== undefined) Object.assign(opa, { unread: 3, mutedUntil: 'always' })
  if (jun !== undefined)
    jun.messages.push(
      makeMessage({ text: 'See you in the new year then!', mine: true, at: now - 26 * 60 * MINUTE, delivery: 'held' })
    )
  if (nour !== undefined) Object.assign(nour, { unread: 1 })
  if (max !== undefined) Object.assign(max, { unread: 140, pinned: true })
  if (li !== undefined) Object.assign(li, { archived: true })
  const [first] = lena?.messages ?? []
  if (lena !== undefined && first !== undefined) {
    Object.assign(lena, { pins: [first.id], timerSeconds: 604_800 })
    lena.messages[0] = { ...first, pinned: true }
  }
  // one who moved to new keys, one whose identity somebody copied
  if (hannah?.contact !== undefined) hannah.contact = { ...hannah.contact, keysChangedAt: now - 3 * DAY }
  if (jun?.contact !== undefined) jun.contact = { ...jun.contact, broken: true, verified: false }
  if (michal !== undefined) Object.assign(michal, { standing: 'request', unread: 2 })
}

/** The time stands still for screenshots: a Thursday afternoon. */
const NOW = new Date(2026, 10, 19, 14, 32).getTime()

export const makeWorld = (state: string, query: URLSearchParams): World => {
  const now = query.has('frozen') ? NOW : Date.now()
  const count = state === 'overfull' ? 400 : PEOPLE.length
  const long = Number(query.get('messages') ?? (state === 'overfull' ? 10_000 : 14))
  const chats =
    state === 'empty' || state === 'first-run'
      ? []
      : [...people(count).map((figure, index) => makeChat(figure, index, now, index === 0 ? long : 8)), noteToSelf(now)]
  settle(chats, now)
  if (chats.length > 0) chats.push(...makeGroups(now, state))
  const asked = chats.find((chat) => chat.contact?.name === 'k')
  if (asked !== undefined) Object.assign(asked, { standing: 'asked' })
  const locale = query.get('locale')
  const theme = query.get('theme')
  return {
    now,
    account: state === 'first-run' ? { state: 'none' } : READY,
    chats,
    invites:
      state === 'empty' || state === 'first-run'
        ? []
        : [
            {
              id: 'one' as InviteId,
              link: `https://chat.example.org/#i/${pseudo('invite 1', 200)}`,
              createdAt: now - DAY,
              endsAt: now + 6 * DAY,
              maxUses: 16,
              uses: 3,
              revoked: false
            },
            {
              id: 'two' as InviteId,
              link: `https://chat.example.org/#i/${pseudo('invite 2', 200)}`,
              createdAt: now - 9 * DAY,
              endsAt: now - 2 * DAY,
              maxUses: 1,
              uses: 1,
              revoked: false
            }
          ],
    settings: {
      ...SETTINGS,
      ...(locale === null ? {} : { locale: locale as Settings['locale'] }),
      ...(theme === null ? {} : { theme: theme as Settings['theme'] })
    },
    network:
      state === 'offline'
        ? {
            ...NETWORK,
            state: 'offline',
            online: false,
            peers: [],
            waiting: 3,
            relays: NETWORK.relays.map((relay) => ({ ...relay, state: 'unreachable' as const, reserved: false }))
          }
        : state === 'first-run' || state === 'empty'
          ? { ...NETWORK, state: 'relayed', peers: [] }
          : NETWORK
  }
}
