/** The people who can be put into a group: contacts that are not blocked, by name. */
import { useMemo } from 'preact/hooks'
import type { ContactView } from '../../model/views.ts'
import { useChats, useContacts } from '../state/node.tsx'
import { nameOf } from './PeoplePicker.tsx'

export const useReachable = (): readonly ContactView[] | undefined => {
  const contacts = useContacts()
  const requests = useChats()?.requests
  return useMemo(() => {
    // a stranger who wrote to us is no contact before we say so
    const strangers = new Set(requests?.map(({ did }) => did))
    return contacts
      ?.filter(({ did, blocked }) => !blocked && !strangers.has(did))
      .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)))
  }, [contacts, requests])
}
