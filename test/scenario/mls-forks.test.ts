/**
 * ML3 as a story that a seed tells: people of one group commit at the same time, write on branches that others do not follow,
 * hear of things late, in any order and twice, restart, and one of them is removed. Whoever has heard everything is in the
 * same epoch as everybody else, without a server and without a word about it. `LONG=1` tells more of them.
 */
import { expect, test } from 'vitest'
import { bytesToHex, utf8, utf8ToText } from '../../src/base/bytes.ts'
import { AppError } from '../../src/base/errors.ts'
import { type Random, seededRandom } from '../../src/base/random.ts'
import { chooseBranch, type Sighting } from '../../src/model/fork-choice.ts'
import { anything, found, type Name, type Player, seal, setStage, type Stage } from '../unit/crypto/mls/cast.ts'

const STORIES = process.env['LONG'] === '1' ? 60 : 12
const ROUNDS = 8
const CAST: readonly Name[] = ['alice', 'bob', 'carol', 'dave', 'erin']

interface Mail {
  readonly kind: 'commit' | 'message'
  readonly data: Uint8Array
  readonly from: string
}

interface Actor {
  player: Player
  readonly inbox: Mail[]
  readonly heard: Sighting[]
  readonly texts: Set<string>
  readonly seen: Set<string>
}

interface Story {
  readonly stage: Stage
  readonly random: Random
  readonly actors: Actor[]
  readonly dropped: Set<string>
}

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)]!
const shuffle = <T>(random: Random, list: readonly T[]): T[] =>
  list
    .map((item) => ({ item, at: random.fraction() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)

/** What the messenger will do on every new sighting. */
const decide = ({ player, heard }: Actor, dropped: ReadonlySet<string>): void => {
  const { epochs } = player
  const known = epochs.known(player.state)
  const commits = known.flatMap(({ id, parent, committer, removed }) =>
    parent === undefined || committer === undefined
      ? []
      : [
          {
            id,
            parent,
            device: committer.device,
            account: committer.did,
            removed: removed.map(({ device }) => device),
            rank: rankOf(committer.did)
          }
        ]
  )
  const { id } = epochs.current(player.state)
  const tip = chooseBranch(id, { commits, messages: heard, dropped })
  if (tip !== id) player.state = epochs.follow(player.state, tip as typeof id)
}
const ranks = new Map<string, number>()
const rankOf = (did: string): number => ranks.get(did) ?? 99

/** Tries everything that waits until nothing more can be opened. */
const read = async (actor: Actor, { random, dropped }: Story): Promise<void> => {
  let moved = true
  while (moved) {
    moved = false
    for (const mail of shuffle(random, actor.inbox.splice(0))) {
      const done = await readOne(actor, mail, dropped)
      if (done) moved = true
      else actor.inbox.push(mail)
    }
  }
}

const readOne = async (actor: Actor, { kind, data }: Mail, dropped: ReadonlySet<string>): Promise<boolean> => {
  const { player, heard, texts, seen } = actor
  if (seen.has(bytesToHex(data))) return true
  try {
    if (kind === 'commit') player.state = (await player.epochs.receive(player.state, data, anything)).state
    else {
      const { state, sender, plaintext, epoch } = await player.suite.open(player.state, data)
      player.state = state
      texts.add(utf8ToText(plaintext))
      if (epoch !== undefined) heard.push({ epoch, device: sender.device, account: sender.did })
    }
    seen.add(bytesToHex(data))
    decide(actor, dropped)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-ready') return false
    throw error
  }
}

const post = (actors: readonly Actor[], mail: Mail): void => {
  for (const { inbox, player } of actors) if (player.name !== mail.from) inbox.push(mail, mail)
}

const write = async (story: Story, actor: Actor, text: string): Promise<void> => {
  const data = await seal(actor.player, utf8(text))
  const { id } = actor.player.epochs.current(actor.player.state)
  const { name, document, binding } = actor.player
  actor.texts.add(text)
  actor.heard.push({ epoch: id, device: binding.device, account: document.did })
  post(story.actors, { kind: 'message', data, from: name })
}

const commit = async (story: Story, actor: Actor, leaver?: Actor): Promise<void> => {
  const { player } = actor
  const remove = leaver === undefined ? [] : [leaver.player.binding.device]
  const made = await player.epochs.commit(player.state, { remove })
  player.state = made.state
  post(story.actors, { kind: 'commit', data: made.commit, from: player.name })
  decide(actor, story.dropped)
}

const tell = async (seed: number): Promise<Story> => {
  const random = seededRandom(seed)
  const stage = await setStage('mls-x25519', seed)
  const players = await Promise.all(CAST.map((name) => stage.player(name)))
  for (const [rank, { document }] of players.entries()) ranks.set(document.did, rank)
  await found(players[0]!, ...players.slice(1))
  const actors = players.map((player): Actor => ({ player, inbox: [], heard: [], texts: new Set(), seen: new Set() }))
  const story: Story = { stage, random, actors, dropped: new Set() }
  const leaving = Math.floor(random.fraction() * ROUNDS)
  for (let round = 0; round < ROUNDS; round++) {
    if (round === leaving) {
      const leaver = actors.at(-1)!
      story.dropped.add(leaver.player.binding.device)
      actors.splice(-1)
      for (const carrier of shuffle(random, actors).slice(0, 2)) await commit(story, carrier, leaver)
    } else {
      for (const one of shuffle(random, actors).slice(0, 1 + Math.floor(random.fraction() * 3)))
        await commit(story, one)
    }
    for (const one of actors) if (random.fraction() < 0.6) await write(story, one, `${one.player.name} ${round}`)
    // some hear of it now, all of them every second round: five epochs is what can be gone back
    const listening = round % 2 === 1 ? actors : actors.filter(() => random.fraction() < 0.5)
    for (const one of listening) await read(one, story)
    const restarting = pick(random, actors)
    restarting.player = stage.restart(restarting.player)
  }
  for (const one of actors) await read(one, story)
  return story
}

test.each(Array.from({ length: STORIES }, (_, index) => index + 1))('seed %i', async (seed) => {
  const story = await tell(seed)
  const { actors } = story
  for (const { inbox, player } of actors) expect(inbox, `${player.name} has read everything`).toEqual([])
  const authenticators = actors.map(({ player }) => bytesToHex(player.epochs.authenticator(player.state)))
  expect(new Set(authenticators).size, 'all are in the same epoch').toBe(1)
  expect(actors[0]!.player.suite.members(actors[0]!.player.state)).toHaveLength(actors.length)
  const texts = actors.map((actor) => [...actor.texts].toSorted().join('\n'))
  expect(new Set(texts).size, 'all have read the same').toBe(1)
  for (const one of actors) await write(story, one, `${one.player.name} at last`)
  for (const one of actors) {
    await read(one, story)
    expect(one.texts).toContain('alice at last')
  }
})
