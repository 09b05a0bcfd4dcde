/** A line that nobody wrote, with names as they are now. */
import type { Somebody, SystemLine } from '../../model/group-views.ts'
import type { Did } from '../../model/ids.ts'
import { tidyName } from '../../model/text.ts'
import type { SystemFact } from '../../store/rows.ts'
import type { Names } from '../names.ts'

export const toSystemLine = (fact: SystemFact, author: Did, own: Did | undefined, names: Names): SystemLine => {
  const toSomebody = (did: Did): Somebody => ({ did, name: names.of(did), mine: did === own })
  const by = toSomebody(author)
  switch (fact.kind) {
    case 'founded':
    case 'renamed':
      return { kind: fact.kind, by, name: tidyName(fact.name) ?? '' }
    case 'added':
    case 'removed':
      return {
        kind: fact.kind,
        by: fact.isByLink === true && fact.who[0] !== undefined ? toSomebody(fact.who[0]) : by,
        who: fact.who.map(toSomebody)
      }
    case 'left':
    case 'policies':
    case 'described':
    case 'photo':
    case 'note':
      return { kind: fact.kind, by }
    case 'role':
      return { kind: 'role', by, who: toSomebody(fact.who), role: fact.role }
    case 'timer':
      return { kind: 'timer', by, seconds: fact.seconds }
    case 'pinned':
    case 'unpinned':
      return { kind: fact.kind, by, message: fact.message }
    case 'keys':
      return { kind: 'keys', who: by, is: fact.is }
  }
}
