import { expect, test } from 'vitest'
import type { Somebody, SystemLine } from '../../../src/model/group-views.ts'
import type { Did, MessageId } from '../../../src/model/ids.ts'
import { systemText } from '../../../src/ui/chats/system-text.ts'

const who = (name: string, mine = false): Somebody => ({ did: `did:key:${name}` as Did, name, mine })
const ANN = who('Ann')
const ME = who('Mia', true)
const message = 'm' as MessageId

const LINES: readonly (readonly [SystemLine, string])[] = [
  [{ kind: 'founded', by: ANN, name: 'Boats' }, 'Ann created the group “Boats”'],
  [{ kind: 'founded', by: ME, name: 'Boats' }, 'You created the group “Boats”'],
  [{ kind: 'added', by: ANN, who: [who('Ben'), ME] }, 'Ann added Ben and you'],
  [{ kind: 'added', by: ANN, who: [ME] }, 'Ann added you'],
  [{ kind: 'added', by: ME, who: [who('Ben')] }, 'You added Ben'],
  [{ kind: 'added', by: ANN, who: [ANN] }, 'Ann joined with the group’s link'],
  [{ kind: 'removed', by: ANN, who: [ME] }, 'Ann removed you'],
  [{ kind: 'left', by: ME }, 'You left the group'],
  [{ kind: 'role', by: ANN, who: ME, role: 'admin' }, 'Ann made you an admin'],
  [{ kind: 'role', by: ME, who: ANN, role: 'member' }, 'You took the admin rights from Ann'],
  [{ kind: 'policies', by: ANN }, 'Ann changed the group’s rules'],
  [{ kind: 'renamed', by: ANN, name: 'Canoes' }, 'Ann renamed the group to “Canoes”'],
  [{ kind: 'described', by: ME }, 'You changed the description'],
  [{ kind: 'photo', by: ANN }, 'Ann changed the group’s photo'],
  [{ kind: 'timer', by: ANN, seconds: 604_800 }, 'Ann let new messages disappear after 1 week'],
  [{ kind: 'timer', by: ANN, seconds: 90 }, 'Ann let new messages disappear after 90 seconds'],
  [{ kind: 'timer', by: ME, seconds: 0 }, 'You turned disappearing messages off'],
  [{ kind: 'pinned', by: ANN, message }, 'Ann pinned a message'],
  [{ kind: 'unpinned', by: ME, message }, 'You unpinned a message'],
  [{ kind: 'keys', who: ANN, is: 'rotated' }, 'Ann has new keys'],
  [{ kind: 'keys', who: ANN, is: 'break' }, 'Somebody shows keys for Ann that Ann never announced'],
  [{ kind: 'keys', who: ANN, is: 'new-device' }, 'Ann now uses another device'],
  [{ kind: 'note', by: ME }, 'You changed the shared note']
]

test.each(LINES)('%j is a sentence', (line, text) => {
  expect(systemText(line)).toBe(text)
})
