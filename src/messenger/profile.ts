/** The own name and photo, and telling contacts when they change: a debt to each, paid with whatever goes next. */
import { guardSecret } from '../base/secret.ts'
import type { AccountRow, ContactRow, Profile as OwnProfile } from '../store/rows.ts'
import { getAccount, putAccount } from '../store/account.ts'
import { listChats, putChat } from '../store/chats.ts'
import { listContacts } from '../store/contacts.ts'
import { MAX_GNUPG_BYTES, type Profile } from '../wire/profile.ts'
import { AppError } from '../base/errors.ts'
import { announceSuites, renewBinding } from '../crypto/account.ts'
import { checkProfile } from './account.ts'
import type { Context, Own } from './context.ts'

export const ownProfile = ({ name, photo, profileAt, gnupgCertificate: gnupg }: OwnProfile): Profile => ({
  version: 1,
  name: name ?? '',
  ...(photo && { photo }),
  issued: profileAt,
  ...(gnupg && gnupg.length <= MAX_GNUPG_BYTES && { gnupg })
})

/** What a profile of theirs says, when it is later than the one we have. What the person gave them stays. */
export const profileFacts = (
  { profileAt, gnupg: before }: Pick<ContactRow, 'profileAt' | 'gnupg'>,
  said: Profile | undefined
): Partial<ContactRow> => {
  if (said === undefined || said.issued <= profileAt) return {}
  const { name, photo, issued, gnupg } = said
  const isTaken = gnupg !== undefined && before?.by !== 'person'
  return { name, photo, profileAt: issued, ...(isTaken && { gnupg: { certificate: gnupg, by: 'profile' } }) }
}

export const setProfile = async (
  ctx: Context,
  change: { readonly name?: string; readonly photo?: Uint8Array | null }
): Promise<void> => {
  checkProfile(change)
  await tellContacts(ctx, () => ({
    ...(change.name !== undefined && { name: change.name.trim() }),
    ...(change.photo !== undefined && { photo: change.photo ?? undefined })
  }))
}

/** Changes the account; profile and device binding travel together, so either is told to every contact as both. */
export const tellContacts = async (ctx: Context, edit: () => Partial<AccountRow>): Promise<void> => {
  const owing = await ctx.db.write(['account', 'chats', 'contacts'], async (told) => {
    const account = await getAccount(ctx.db)
    if (account?.name === undefined) throw new AppError('not-ready', 'there is no account yet')
    const profileAt = Math.max(ctx.clock.now(), account.profileAt + 1)
    await putAccount(ctx.db, told, { ...account, ...edit(), profileAt })
    const known = new Set(
      (await listContacts(ctx.db)).filter(({ standing }) => standing === 'open').map(({ did }) => did)
    )
    const chats = (await listChats(ctx.db)).filter(({ did }) => known.has(did))
    for (const chat of chats) {
      const debts = { ...chat.debts, profile: (chat.debts.profile ?? 0) + 1 }
      await putChat(ctx.db, told, { ...chat, debts })
    }
    return chats
  })
  for (const { id } of owing) ctx.wake(id)
}

/** ID6: a binding ends after a year. In its last month a new one is made, and contacts are told. */
export const renewOwnBinding = async (ctx: Context, own: Own): Promise<Own> => {
  const now = ctx.clock.now()
  const bound = await renewBinding(own.secrets, now)
  const keys = own.standing === 'active' ? await announceSuites(bound, ctx.random, now) : bound
  if (keys === own.secrets) return own
  // another document needs another head
  const head = keys.document === own.secrets.document ? {} : { head: undefined, headHomes: [], headIssuedAt: 0 }
  await tellContacts(ctx, () => ({ keys, ...head }))
  ctx.log.info('account.binding-renewed')
  return { ...own, secrets: guardSecret(keys) }
}
