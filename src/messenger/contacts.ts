/** What the person decides about people: a name for them, blocking (IN5), and that they were verified (ID7). */
import { AppError } from '../base/errors.ts'
import { keyFromDid } from '../crypto/did.ts'
import { checkSafetyCode as check, safetyCode, safetyNumber } from '../crypto/safety-number.ts'
import type { RootsOf } from '../crypto/safety-number.ts'
import type { DeviceId, Did } from '../model/ids.ts'
import type { ContactView } from '../model/views.ts'
import { getContact, knownContacts, listContacts, updateContact } from '../store/contacts.ts'
import type { ContactRow } from '../store/rows.ts'
import { watch } from '../store/watch.ts'
import type { Context } from './context.ts'
import { needOwn } from './context.ts'
import { avatarOf, nameOf } from './names.ts'
import { endDuplicity } from './trust.ts'
import { onReachability, pathTo } from './views/faces.ts'

export interface ContactChange {
  readonly alias?: string | null
  readonly verified?: boolean
  readonly blocked?: boolean
}

const MAX_ALIAS_CHARS = 80

export const setContact = async (
  ctx: Context,
  did: Did,
  { alias, verified, blocked }: ContactChange
): Promise<void> => {
  if (alias && (alias.length > MAX_ALIAS_CHARS || !alias.isWellFormed())) throw new AppError('too-large', 'alias')
  // ID4, ID5: what the person compared is what counts, and the alarm has been seen
  if (verified === true) await endDuplicity(ctx, did)
  const contact = await updateContact(ctx.db, did, () => ({
    ...(alias !== undefined && { alias: alias?.trim() === '' ? undefined : (alias?.trim() ?? undefined) }),
    ...(verified !== undefined && { verified }),
    ...(verified === true && { duplicity: false, broken: false, keysChangedAt: undefined }),
    ...(blocked !== undefined && { blocked })
  }))
  if (contact === undefined) throw new AppError('not-found', 'no such contact')
  if (blocked === undefined) return
  await denyBlocked(ctx)
  if (!blocked) ctx.wake(contact.chat)
}

/** IN5: blocked devices get no connection at all. */
export const denyBlocked = async (ctx: Context): Promise<void> => {
  const blocked = (await listContacts(ctx.db)).filter((contact) => contact.blocked)
  ctx.net.deny(blocked.flatMap(({ devices }): DeviceId[] => devices.map(({ device }) => device)))
}

const rootsOf = ({ did, roots }: ContactRow): RootsOf => ({ didKey: keyFromDid(did), roots })

const ownRoots = (ctx: Context): RootsOf => {
  const { secrets } = needOwn(ctx)
  return { didKey: secrets.didKey, roots: secrets.roots }
}

export const checkSafetyCode = async (
  ctx: Context,
  did: Did,
  code: string
): Promise<'match' | 'mismatch' | 'malformed'> => {
  const contact = await getContact(ctx.db, did)
  if (contact === undefined) throw new AppError('not-found', 'no such contact')
  const outcome = check(code, ownRoots(ctx), rootsOf(contact))
  if (outcome === 'match') await setContact(ctx, did, { verified: true })
  return outcome
}

/** Five thousand hashes: computed once for each pair of roots. */
const numbers = new Map<string, { readonly safetyNumber: string; readonly safetyCode: string }>()

const safetyOf = (
  ctx: Context,
  contact: ContactRow
): { readonly safetyNumber: string; readonly safetyCode: string } | object => {
  if (ctx.own === undefined) return {}
  const key = `${ctx.own.did} ${contact.did} ${contact.roots.join()}`
  const mine = ownRoots(ctx)
  const known = numbers.get(key) ?? {
    safetyNumber: safetyNumber(mine, rootsOf(contact)),
    safetyCode: safetyCode(mine, rootsOf(contact))
  }
  numbers.set(key, known)
  return known
}

const toContactView = (ctx: Context, contact: ContactRow): ContactView => {
  const { did, chat, alias, photo, fingerprint, verified, blocked, duplicity, devices, lastHeardAt, freshUntil } =
    contact
  return {
    did,
    chat,
    name: nameOf({ ...contact, alias: undefined }),
    ...(alias !== undefined && { alias }),
    avatar: avatarOf(did, photo),
    fingerprint,
    verified,
    blocked,
    path: pathTo(ctx, contact),
    ...(lastHeardAt !== undefined && { lastHeardAt }),
    stale: freshUntil < ctx.clock.now(),
    duplicity,
    ...(contact.keysChangedAt !== undefined && { keysChangedAt: contact.keysChangedAt }),
    ...(contact.broken === true && { broken: true }),
    devices: devices.map(({ device }) => device)
  }
}

export const watchContact = (ctx: Context, did: Did): AsyncIterable<ContactView | undefined> =>
  watch<ContactView | undefined>(ctx.db.changes, {
    concerns: ({ contacts }) => contacts.has(did),
    also: [onReachability(ctx)],
    read: async () => {
      const contact = await getContact(ctx.db, did)
      return contact && { ...toContactView(ctx, contact), ...safetyOf(ctx, contact) }
    }
  })

/** Everybody we wrote with or asked; strangers' requests and what was declined are not contacts. Without safety numbers. */
export const watchContacts = (ctx: Context): AsyncIterable<readonly ContactView[]> => {
  const byDid = new Map<Did, ContactRow>()
  return watch(ctx.db.changes, {
    concerns: ({ contacts }) => contacts.size > 0,
    also: [onReachability(ctx)],
    read: async (since) => {
      const changed = since === undefined ? undefined : new Set(since.flatMap(({ contacts }) => [...contacts]))
      const rows = changed === undefined ? await listContacts(ctx.db) : knownContacts(ctx.db, [...changed])
      for (const row of rows) byDid.set(row.did, row)
      return [...byDid.values()]
        .filter(({ standing }) => standing === 'open' || standing === 'asked')
        .map((contact) => toContactView(ctx, contact))
        .toSorted((a, b) => (a.alias ?? a.name).localeCompare(b.alias ?? b.name))
    }
  })
}
