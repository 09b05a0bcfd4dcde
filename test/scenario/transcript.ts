/**
 * A story as people would tell it: who did what, and what everybody saw then. It is compared with the text kept in
 * test/golden/transcripts; `UPDATE_TRANSCRIPTS=1` writes it anew, for whoever has read the difference and wants it so.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { NodeApi } from '../../src/bridge/api.ts'
import type { GroupView, Somebody, SystemLine } from '../../src/model/group-views.ts'
import type { ChatId } from '../../src/model/ids.ts'
import type { MessageView } from '../../src/model/views.ts'
import { first, type Person, type World } from '../cast.ts'

const FOLDER = path.join(import.meta.dirname, '..', 'golden', 'transcripts')

export interface Tale {
  /** Something happened. */
  tell(line: string): void
  /** What each of them sees of this chat now; whoever sees the same stands together. */
  show(chat: ChatId, ...people: readonly Person[]): Promise<void>
  text(): string
}

export const startTale = (title: string): Tale => {
  const lines = [title, '='.repeat(title.length), '']
  return {
    tell: (line) => void lines.push(line),
    show: async (chat, ...people) => {
      const seen = new Map<string, string[]>()
      for (const person of people) {
        const what = await seenBy(person, chat)
        seen.set(what, [...(seen.get(what) ?? []), nameOf(person)])
      }
      for (const [what, who] of seen) lines.push('', `${listOf(who)} see${who.length === 1 ? 's' : ''}`, what)
      lines.push('')
    },
    text: () =>
      `${lines
        .join('\n')
        .replaceAll(/\n{3,}/g, '\n\n')
        .trim()}\n`
  }
}

/** What is kept of this story; what was told now when nothing is kept or it is to be kept. */
export const keptTale = (name: string, tale: Tale): string => {
  const file = path.join(FOLDER, `${name}.txt`)
  if (process.env['UPDATE_TRANSCRIPTS'] === '1') {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(file, tale.text())
  }
  if (!existsSync(file)) throw new Error(`nobody has kept ${name}.txt yet: UPDATE_TRANSCRIPTS=1`)
  return readFileSync(file, 'utf8')
}

export const nodeOf = (person: Person): NodeApi => person.messenger as unknown as NodeApi

export const groupOf = (person: Person, chat: ChatId): Promise<GroupView | undefined> =>
  first(nodeOf(person).watchGroup(chat))

const nameOf = ({ name }: Person): string => name[0]!.toUpperCase() + name.slice(1)
const listOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

const seenBy = async (person: Person, chat: ChatId): Promise<string> => {
  const group = await groupOf(person, chat).catch(() => undefined)
  const { messages } = await person.timeline(chat)
  return [...(group === undefined ? [] : [headOf(group)]), ...messages.map((one) => `  ${lineOf(one, person)}`)].join(
    '\n'
  )
}

const headOf = ({ name, members, role }: GroupView): string => {
  const all = members.map(
    (one) => `${plainName(one)}${one.role === 'admin' ? '*' : ''}${one.state === 'in' || role === undefined ? '' : '?'}`
  )
  return `  "${name}"${role === undefined ? ', which they are no longer in' : ''}: ${all.toSorted().join(', ')}`
}

/** Nobody is "you": two who see the same must read the same. */
const plainName = ({ name }: Pick<Somebody, 'name'>): string => (name.startsWith('did:') ? 'somebody' : name)

const lineOf = (message: MessageView, person: Person): string => {
  if (message.system !== undefined) return `· ${systemLine(message.system)}`
  const text = message.removed ? '(removed)' : message.needsNewer ? '(needs a newer version)' : message.text
  const marks = [
    message.quote && `re "${message.quote.text ?? '(gone)'}"`,
    message.edits.length > 0 && `edited ${message.edits.length}×`,
    message.pinned === true && 'pinned',
    ...message.reactions.map(({ emoji, count }) => `${emoji} ${count}`),
    message.mine &&
      message.delivery !== undefined &&
      !['delivered', 'read'].includes(message.delivery) &&
      message.delivery
  ].filter((mark) => typeof mark === 'string')
  const author = message.mine ? nameOf(person) : message.authorName
  return `${plainName({ name: author })}: ${text}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}`
}

const namesOf = (who: readonly Somebody[]): string => listOf(who.map(plainName).toSorted())

const systemLine = (line: SystemLine): string => {
  switch (line.kind) {
    case 'founded':
      return `${plainName(line.by)} founded "${line.name}"`
    case 'added':
    case 'removed':
      return `${plainName(line.by)} ${line.kind} ${namesOf(line.who)}`
    case 'left':
      return `${plainName(line.by)} left`
    case 'role':
      return `${plainName(line.by)} made ${plainName(line.who)} ${line.role}`
    case 'renamed':
      return `${plainName(line.by)} called it "${line.name}"`
    case 'timer':
      return `${plainName(line.by)} set messages to disappear after ${line.seconds} s`
    case 'keys':
      return `${plainName(line.who)} has other keys: ${line.is}`
    case 'policies':
    case 'described':
    case 'photo':
    case 'pinned':
    case 'unpinned':
    case 'note':
      return `${plainName(line.by)}: ${line.kind}`
  }
}

/** Everybody there knows everybody before them by an invite of the first. */
export const introduce = async (world: World, host: Person, ...guests: readonly Person[]): Promise<void> => {
  for (const guest of guests) await world.pair(host, guest)
}

/** Lets time go by in steps of hours: what was due meanwhile happens once, as for devices that sleep. */
export const skip = async (world: World, ms: number, stepMs = 6 * 3600_000): Promise<void> => {
  const end = world.clock.now() + ms
  while (world.clock.now() < end) {
    world.clock.advance(Math.min(stepMs, end - world.clock.now()))
    await world.settle()
  }
}

/** Many people and days; real crypto on a busy machine. */
export const LONG_STORY_MS = 180_000

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
