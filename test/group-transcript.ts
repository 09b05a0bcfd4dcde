/** What a person sees of a group, in words, and other things that stories look at. */
import type { SystemLine } from '../src/model/group-views.ts'
import type { ChatId } from '../src/model/ids.ts'
import type { Person } from './cast.ts'

/** What a person sees of a group, line by line. */
export const groupTranscript = async (person: Person, chat: ChatId): Promise<string> => {
  const lines = (await person.messagesIn(chat)).map((message) => {
    if (message.system !== undefined) return `* ${describeSystem(message.system)}`
    const marks = [
      message.edits.length > 0 && `edited ${message.edits.length}×`,
      ...message.reactions.map(({ emoji, names }) => `${emoji} ${names.join('+')}`),
      message.pinned === true && 'pinned',
      message.delivery
    ].filter((mark) => typeof mark === 'string')
    return `${message.authorName}: ${message.removed ? '(removed)' : message.text}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}`
  })
  return `\n${lines.join('\n')}\n`
}

const describeSystem = (line: SystemLine): string => {
  const { kind } = line
  if (kind === 'keys') return `keys of ${line.who.name}: ${line.is}`
  const by = line.by.name
  switch (line.kind) {
    case 'founded':
    case 'renamed':
      return `${by} ${kind} "${line.name}"`
    case 'added':
    case 'removed':
      return `${by} ${kind} ${line.who.map(({ name }) => name).join(', ')}`
    case 'role':
      return `${by} made ${line.who.name} ${line.role}`
    case 'timer':
      return `${by} set the timer to ${line.seconds}`
    default:
      return `${by} ${kind}`
  }
}

/** The sealed bytes of a request that waits. */
export const requestOf = (person: Person, chat: ChatId): Uint8Array | undefined =>
  [...person.db.memory.mail.values()].find((row) => row.chat === chat && row.kind === 'request')?.sealed
