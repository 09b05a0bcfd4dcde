/** Who is in the conversation: faces and names for its messages, and the names that a text can mention. */
import { useMemo, useRef } from 'preact/hooks'
import { sameBytes } from '../../base/bytes.ts'
import { isSame } from '../../base/same.ts'
import { hueOf } from '../../model/avatar.ts'
import type { GroupView } from '../../model/group-views.ts'
import type { Did } from '../../model/ids.ts'
import type { Avatar } from '../../model/avatar.ts'
import type { ChatView, ContactView } from '../../model/views.ts'
import { useContacts, useGroup } from '../state/node.tsx'

export interface Person {
  readonly did: Did
  readonly name: string
  /** What they call themselves: an alias is ours alone and never goes into a text. */
  readonly given: string
  readonly avatar: Avatar
  readonly mine: boolean
  /** They have a page of their own here. */
  readonly isContact: boolean
}
export type People = ReadonlyMap<Did, Person>

/** What the roster lets us do in this chat, and with whom. */
export interface Room {
  /** Of a group only. */
  readonly group: GroupView | undefined
  readonly people: People | undefined
  readonly mayPin: boolean
  /** Messages of others, for everybody. */
  readonly mayRemove: boolean
}

export const peopleOf = (group: GroupView, contacts: readonly ContactView[]): People => {
  const givenByDid = new Map(contacts.map(({ did, name }) => [did, name]))
  return new Map(
    group.members.map(({ did, name, avatar, mine, isContact }) => [
      did,
      { did, name, avatar, mine, isContact, given: givenByDid.get(did) ?? name }
    ])
  )
}

/** Somebody who has left is known by what the message says. */
export const faceOf = (people: People, did: Did, name: string): Pick<Person, 'name' | 'avatar' | 'isContact'> =>
  people.get(did) ?? { name, avatar: { hue: hueOf(did) }, isContact: false }

/** Photos come as new bytes with every snapshot. */
const isSamePerson = (a: Person, b: Person): boolean => {
  const { photo: before = NO_PHOTO, ...face } = a.avatar
  const { photo: after = NO_PHOTO, ...newFace } = b.avatar
  return isSame({ ...a, avatar: face }, { ...b, avatar: newFace }) && sameBytes(before, after)
}
const NO_PHOTO = new Uint8Array()

const areSame = (a: People, b: People): boolean =>
  a.size === b.size &&
  [...a].every(([did, person]) => {
    const other = b.get(did)
    return other !== undefined && isSamePerson(person, other)
  })

export const useRoom = ({ row, mayWrite }: ChatView): Room => {
  const group = useGroup(row.kind === 'group' ? row.chat : undefined) ?? undefined
  const contacts = useContacts()
  const before = useRef<People>(undefined)
  const people = useMemo(() => {
    if (group === undefined) return undefined
    const made = peopleOf(group, contacts ?? [])
    // a snapshot that says the same must not draw every message again
    if (before.current === undefined || !areSame(before.current, made)) before.current = made
    return before.current
  }, [group, contacts])
  const isGroup = row.kind === 'group'
  return {
    group,
    people: isGroup ? (people ?? NOBODY) : undefined,
    mayPin: isGroup ? (group?.may.pin ?? false) : mayWrite,
    mayRemove: group?.may.manage ?? false
  }
}

const NOBODY: People = new Map()
