import { beforeAll, describe, expect, test } from 'vitest'
import { openCard, sealCard } from '../../../src/crypto/card.ts'
import { cardWriter, inviteKeys, makeInviteLink, MAX_LINK_CHARS, readInviteLink } from '../../../src/crypto/invite.ts'
import { MAX_NAME_CHARS, MAX_PHOTO_BYTES } from '../../../src/wire/profile.ts'
import { DAY, flip, type Known, meet, NOW, random } from './people.ts'

let alice: Known
let bob: Known
beforeAll(async () => {
  alice = await meet()
  bob = await meet()
})

const PEER = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const secret = new Uint8Array(16).fill(3)
const homeAt = (name: string): string => `/dns4/${name}/tcp/443/tls/ws/p2p/${PEER}`
const linkOf = (base: string, homes: readonly string[]): string =>
  makeInviteLink({ base, did: alice.account.did, roots: alice.account.roots, secret, homes })

describe('IN1 links', () => {
  test('carry did, roots, secret and homes, all in the fragment', () => {
    const homes = [homeAt('relay.example.org'), '/ip6/2001:db8::1/tcp/8443/ws/p2p/' + PEER]
    const link = linkOf('https://chat.example.org/', homes)
    expect(link.length).toBeLessThanOrEqual(MAX_LINK_CHARS)
    expect(link).toMatch(/^https:\/\/chat\.example\.org\/#i\/[\w-]+$/)
    expect(readInviteLink(link)).toEqual({
      did: alice.account.did,
      didKey: alice.account.didKey,
      roots: alice.account.roots,
      secret,
      homes
    })
  })

  test.each(['https://a.example/', 'https://a.example', 'http://127.0.0.1:8080/app/', 'https://a.example/#/settings'])(
    'are made for the page %s',
    (base) => expect(readInviteLink(linkOf(base, [])).did).toBe(alice.account.did)
  )

  test('name fewer homes rather than grow beyond 400 characters', () => {
    const long = homeAt(`${'x'.repeat(60)}.${'y'.repeat(60)}.example.org`)
    const short = homeAt('b.example.org')
    const link = linkOf('https://chat.example.org/', [long, short])
    expect(link.length).toBeLessThanOrEqual(MAX_LINK_CHARS)
    expect(readInviteLink(link).homes).toHaveLength(1)
    const none = linkOf(`https://${'z'.repeat(170)}.example/`, [long, short])
    expect(none.length).toBeLessThanOrEqual(MAX_LINK_CHARS)
    expect(() => linkOf(`https://example.org/${'z'.repeat(300)}/`, [])).toThrow(
      expect.objectContaining({ code: 'too-large' })
    )
  })

  test('are found in whatever was pasted', () => {
    const link = linkOf('https://elsewhere.example/', [])
    for (const pasted of [
      `  ${link}\n`,
      `Join me: ${link}.`,
      `<${link}>`,
      `"${link}"`,
      link.replace('https://elsewhere.example', '')
    ]) {
      expect(readInviteLink(pasted).did).toBe(alice.account.did)
    }
  })

  test('that are cut, changed or something else are malformed', () => {
    const link = linkOf('https://a.example/', [])
    const bad = [
      '',
      'hello',
      'https://a.example/',
      link.slice(0, -3),
      `${link}AAAA`,
      link.replace('#i/', '#x/'),
      'x'.repeat(10_000)
    ]
    for (const pasted of bad) {
      expect(() => readInviteLink(pasted)).toThrow(expect.objectContaining({ code: 'malformed' }))
    }
  })
})

test('IN1 token, card id and card key follow from the secret and tell nothing of each other', () => {
  const keys = inviteKeys(secret)
  expect(inviteKeys(new Uint8Array(16).fill(3))).toEqual(keys)
  const all = [keys.token, keys.cardId, keys.cardKey].map((key) => String(key.subarray(0, 16)))
  expect(new Set(all).size).toBe(3)
  expect(inviteKeys(new Uint8Array(16)).token).not.toEqual(keys.token)
})

test('who has the link cannot write the card', () => {
  const { cardId } = inviteKeys(secret)
  const writer = cardWriter(alice.account.headSeed, cardId)
  expect(cardWriter(alice.account.headSeed, cardId)).toEqual(writer)
  expect(cardWriter(bob.account.headSeed, cardId).publicKey).not.toEqual(writer.publicKey)
  expect(cardWriter(alice.account.headSeed, random.bytes(32)).publicKey).not.toEqual(writer.publicKey)
})

const owner = () => ({ didKey: alice.account.didKey, headKey: alice.document.headKey })

describe('IN1 cards', () => {
  const keys = inviteKeys(secret)
  const seal = (headSeed = alice.account.headSeed, didKey = alice.account.didKey): Uint8Array =>
    sealCard({
      body: {
        didKey,
        profile: { version: 1, name: 'A'.repeat(MAX_NAME_CHARS), photo: random.bytes(MAX_PHOTO_BYTES), issued: NOW },
        bindings: [alice.account.device.binding],
        issued: NOW,
        endsAt: NOW + 7 * DAY
      },
      keys,
      headSeed,
      random
    })

  test('are read by who has the link', () => {
    const body = openCard(seal(), keys, owner())
    expect(body.profile.name).toBe('A'.repeat(MAX_NAME_CHARS))
    expect(body.bindings).toEqual([alice.account.device.binding])
  })

  test('are shut to everybody else, and any changed bit is noticed', () => {
    const sealed = seal()
    expect(() => openCard(sealed, inviteKeys(new Uint8Array(16)), owner())).toThrow(
      expect.objectContaining({ code: 'undecryptable' })
    )
    for (let at = 0; at < sealed.length; at += 997) {
      expect(() => openCard(flip(sealed, at), keys, owner())).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(undecryptable|malformed|needs-newer)$/) })
      )
    }
  })

  test('forged by another guest of the same link are refused', () => {
    expect(() => openCard(seal(bob.account.headSeed), keys, owner())).toThrow(
      expect.objectContaining({ code: 'untrusted' })
    )
    expect(() => openCard(seal(alice.account.headSeed, bob.account.didKey), keys, owner())).toThrow(
      expect.objectContaining({ code: 'untrusted' })
    )
  })
})
