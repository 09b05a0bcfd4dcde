/** What people are called here: our alias for them, else the name they gave, else the end of their did. */
import { hueOf } from '../model/avatar.ts'
import type { ChatId, Did } from '../model/ids.ts'
import { tidyName } from '../model/text.ts'
import type { Avatar } from '../model/avatar.ts'
import { knownAccount } from '../store/account.ts'
import { knownContacts } from '../store/contacts.ts'
import type { ContactRow } from '../store/rows.ts'
import type { Context } from './context.ts'

export const nameOf = ({ alias, name, did }: Pick<ContactRow, 'alias' | 'name' | 'did'>): string =>
  alias ?? (name === undefined ? undefined : tidyName(name)) ?? `…${did.slice(-6)}`

export const avatarOf = (did: Did, photo: Uint8Array | undefined): Avatar => ({
  hue: hueOf(did),
  ...(photo && { photo })
})

export interface Names {
  of(did: Did): string
  /** By which it was founded; empty while we do not know. */
  ofGroup(chat: ChatId): string
}

/** For `dids`, or for everybody. */
export const createNames = ({ db, rosters }: Context, dids?: readonly Did[]): Names => {
  const account = knownAccount(db)
  const contacts = dids === undefined ? db.memory.contacts.values() : knownContacts(db, dids)
  const nameByDid = new Map<Did, string>()
  for (const contact of contacts) nameByDid.set(contact.did, nameOf(contact))
  if (account !== undefined) nameByDid.set(account.did, account.name ?? '')
  return {
    of: (did) => nameByDid.get(did) ?? nameOf({ did, name: undefined, alias: undefined }),
    ofGroup: (chat) => tidyName(rosters.get(chat)?.name ?? '') ?? ''
  }
}
