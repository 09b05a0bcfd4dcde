/** Which events are lines of a timeline, and what a line says that nobody wrote. */
import type { GroupLaw } from '../model/group-law.ts'
import type { Content } from '../model/fold.ts'
import type { Did } from '../model/ids.ts'
import type { ChatRecord, EventRow, SystemFact } from './rows.ts'

export interface LineContext {
  readonly chat: ChatRecord
  readonly own: Did
  readonly law: GroupLaw | undefined
}

/** Undefined: it is not shown as a line of its own. */
export const lineOf = (row: EventRow, context: LineContext): 'message' | SystemFact | undefined => {
  if (row.void !== undefined || isUntold(row, context.chat)) return undefined
  const { kind, content } = row
  if (kind === 'message' || content?.kind === 'unknown') return 'message'
  return content === undefined ? undefined : factOf(row, content, context)
}

/** LG7: newcomers may hold the place alone of what was before their joining; nobody took anything away from them. */
export const isUntold = ({ kind, content }: EventRow, { floors }: ChatRecord): boolean =>
  kind === 'message' && content === undefined && floors !== undefined

const factOf = (row: EventRow, content: Content, { chat, own, law }: LineContext): SystemFact | undefined => {
  switch (content.kind) {
    case 'pin':
      return { kind: content.isPinned ? 'pinned' : 'unpinned', message: content.message }
    case 'timer':
      return { kind: 'timer', seconds: content.seconds }
    case 'topic':
      if (content.name !== undefined) return { kind: 'renamed', name: content.name }
      return { kind: content.photo === undefined ? 'described' : 'photo' }
    case 'member': {
      // RO1: a void one has no effect; what was before our joining is not ours to see (LG7)
      if (law?.verdictOn(row.id)?.reason !== undefined || law === undefined) return undefined
      const { change } = content
      const isOurs =
        (change.kind === 'add' || change.kind === 'found') && change.seats.some(({ account }) => account === own)
      const joined = law.roster.members.get(own)?.joined
      const isBelow = row.counter <= (chat.floors?.[row.device] ?? 0)
      const isBefore = isBelow && (joined === undefined || law.follows(joined, row.id))
      return isBefore && !isOurs ? undefined : memberFact(row, change)
    }
    default:
      return undefined
  }
}

const memberFact = (
  { author }: EventRow,
  change: Extract<Content, { kind: 'member' }>['change']
): SystemFact | undefined => {
  switch (change.kind) {
    case 'found':
      return { kind: 'founded', name: change.name }
    case 'add':
      return {
        kind: 'added',
        who: change.seats.map(({ account }) => account),
        // with a link's pass they came by themselves, whoever let them in
        ...(change.pass !== undefined && { isByLink: true })
      }
    case 'remove': {
      // of a single device nobody needs to hear
      if (change.accounts.length === 0) return undefined
      if (change.accounts.every((one) => one === author)) return { kind: 'left' }
      return { kind: 'removed', who: change.accounts }
    }
    case 'role':
      return { kind: 'role', who: change.account, role: change.role }
    case 'policies':
      return { kind: 'policies' }
    default:
      return undefined
  }
}
