/** Whom an `@` in the box could mean. The box keeps the focus and drives it with the arrow keys. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import type { Person } from './people.ts'

interface MentionListProps {
  readonly id: string
  readonly found: readonly Person[]
  readonly at: number
  readonly onPick: (person: Person) => void
  readonly onPoint: (at: number) => void
}

export const MentionList = ({ id, found, at, onPick, onPoint }: MentionListProps): VNode => (
  <div class="mention-list" data-id="mention-list">
    <div id={id} role="listbox" aria-label={t('chat.mention')}>
      {found.map((person, index) => (
        // the keyboard drives it through the box (aria-activedescendant)
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={person.did}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          class="mention-option"
          data-id="mention-option"
          data-name={person.name}
          // the box must not lose the focus, nor a phone its keyboard
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => onPoint(index)}
          onClick={() => onPick(person)}
        >
          <Avatar name={person.name} avatar={person.avatar} size={28} />
          <bdi class="clip">{person.name}</bdi>
          {person.given !== person.name && <small class="clip">{person.given}</small>}
        </div>
      ))}
    </div>
    <span class="sr-only" role="status">
      {t('chat.mentionCount', { count: found.length })}
    </span>
  </div>
)
