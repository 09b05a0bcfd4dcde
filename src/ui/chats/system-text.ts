/** What happened in a chat, as one sentence: for the timeline, the list's preview, and whoever listens. */
import type { Somebody, SystemLine } from '../../model/group-views.ts'
import { formatDuration, formatList, isolate } from '../i18n/format.ts'
import { t } from '../i18n/i18n.ts'

const nameOf = ({ name, mine }: Somebody): string => (mine ? t('system.you') : name)
/** Only ourselves: a sentence of its own, because languages bend the word. */
const isMe = (who: readonly Somebody[]): boolean => who.length === 1 && who[0]?.mine === true
const namesOf = (who: readonly Somebody[]): string => formatList(who.map(nameOf))

const safe = (one: Somebody): Somebody => ({ ...one, name: isolate(one.name) })

/** Names of others as they go into a sentence. */
const isolated = (line: SystemLine): SystemLine => {
  return {
    ...line,
    ...('by' in line ? { by: safe(line.by) } : {}),
    ...('who' in line ? { who: Array.isArray(line.who) ? line.who.map(safe) : safe(line.who as Somebody) } : {}),
    ...('name' in line ? { name: isolate(line.name) } : {})
  } as SystemLine
}

export const systemText = (given: SystemLine): string => {
  const line = isolated(given)
  switch (line.kind) {
    case 'founded': {
      const { name, by } = line
      return by.mine ? t('system.founded.you', { name }) : t('system.founded', { by: by.name, name })
    }
    case 'added': {
      const { by } = line
      const joined = line.who.length === 1 && line.who[0]?.did === by.did
      if (joined) return by.mine ? t('system.joined.you') : t('system.joined', { by: by.name })
      if (isMe(line.who)) return t('system.addedYou', { by: by.name })
      const who = namesOf(line.who)
      return by.mine ? t('system.added.you', { who }) : t('system.added', { by: by.name, who })
    }
    case 'removed': {
      if (isMe(line.who)) return t('system.removedYou', { by: line.by.name })
      const who = namesOf(line.who)
      return line.by.mine ? t('system.removed.you', { who }) : t('system.removed', { by: line.by.name, who })
    }
    case 'role': {
      const who = line.who.name
      const { mine, name: by } = line.by
      if (line.who.mine && !mine)
        return line.role === 'admin' ? t('system.adminYou', { by }) : t('system.memberYou', { by })
      if (line.role === 'admin') return mine ? t('system.admin.you', { who }) : t('system.admin', { by, who })
      return mine ? t('system.member.you', { who }) : t('system.member', { by, who })
    }
    case 'renamed': {
      const { name, by } = line
      return by.mine ? t('system.renamed.you', { name }) : t('system.renamed', { by: by.name, name })
    }
    case 'timer': {
      const { mine, name: by } = line.by
      if (line.seconds === 0) return mine ? t('system.timerOff.you') : t('system.timerOff', { by })
      const time = formatDuration(line.seconds)
      return mine ? t('system.timer.you', { time }) : t('system.timer', { by, time })
    }
    case 'keys':
      return keysText(line)
    default:
      return line.by.mine ? t(`system.${line.kind}.you`) : t(`system.${line.kind}`, { by: line.by.name })
  }
}

const keysText = ({ who, is }: Extract<SystemLine, { readonly kind: 'keys' }>): string => {
  if (is === 'break') return t('system.keysBreak', { who: who.name })
  if (is === 'rotated') return who.mine ? t('system.keysRotated.you') : t('system.keysRotated', { who: who.name })
  return who.mine ? t('system.newDevice.you') : t('system.newDevice', { who: who.name })
}
