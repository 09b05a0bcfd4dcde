/**
 * ID8: texts by hand, to and from people who have only an OpenPGP program. A contact is written to in the form that GnuPG reads
 * where a certificate of that kind is known: theirs from the profile, which counts only when their root has certified it, or
 * one that the person pasted and gave to the contact. Else in version 6, to every device of theirs.
 */
import { bytesToHex } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { guardSecret } from '../base/secret.ts'
import { bindingParts } from '../crypto/binding.ts'
import { exportGnupg, gnupgCertificate } from '../crypto/export.ts'
import { isCertifiedByRoot, sealText, sealTextToDevices } from '../crypto/pgp-armour.ts'
import { type Certificate, hasKeyId, readCertificate, readSecret } from '../crypto/pgp-keys.ts'
import type { SecretCertificate } from '../crypto/pgp-keys.ts'
import { findBlock, openBlock, readPastedCertificate } from '../crypto/pgp-text.ts'
import type { ChatId, Did } from '../model/ids.ts'
import type { OpenedText } from '../model/security-views.ts'
import { knownChat } from '../store/chats.ts'
import { getContact, listContacts, updateContact } from '../store/contacts.ts'
import type { ContactRow } from '../store/rows.ts'
import { MAX_TEXT_CHARS } from '../wire/event.ts'
import type { Context, Own } from './context.ts'
import { needOwn } from './context.ts'
import { nameOf } from './names.ts'
import { tellContacts } from './profile.ts'
import { loadDocument } from './trust.ts'

/** Our own version 4 key, made when it is first needed; from then on contacts learn its certificate with the profile. */
export const ensureGnupg = async (
  ctx: Context
): Promise<Own & { readonly secrets: { readonly gnupg: Uint8Array } }> => {
  const own = needOwn(ctx)
  const { gnupg } = own.secrets
  if (gnupg !== undefined) return { ...own, secrets: { ...own.secrets, gnupg } }
  const made = await exportGnupg(own.secrets, ctx.clock.now())
  const keys = { ...own.secrets, gnupg: made.gnupg }
  const certificate = await gnupgCertificate(keys)
  await tellContacts(ctx, () => ({ keys, ...(certificate && { gnupgCertificate: certificate }) }))
  ctx.own = { ...needOwn(ctx), secrets: guardSecret(keys) }
  return { ...needOwn(ctx), secrets: keys }
}

/** @throws AppError `conflict` where there is no one person to write to. */
export const copyAsOpenPgp = async (ctx: Context, chatId: ChatId, text: string): Promise<string> => {
  const own = needOwn(ctx)
  if (text.length > MAX_TEXT_CHARS) throw new AppError('too-large', `at most ${MAX_TEXT_CHARS} characters`)
  const chat = knownChat(ctx.db, chatId)
  const contact = chat.kind === 'direct' ? await getContact(ctx.db, chat.did) : undefined
  if (contact === undefined) throw new AppError('conflict', 'not a chat with one person')
  const now = ctx.clock.now()
  const by = await certificateOf(ctx, contact)
  if (by === undefined) {
    const document = await loadDocument(ctx, contact.documentHash)
    if (document === undefined) throw new AppError('internal', 'a contact without its document')
    const signer = await readSecret(own.secrets.secretKey)
    return await sealTextToDevices({ text, to: document.certificate, signer, now })
  }
  const secret = by.version === 6 ? own.secrets.secretKey : (await ensureGnupg(ctx)).secrets.gnupg
  return await sealText({ text, to: by, signer: await readSecret(secret), now })
}

/** What to write to by hand, where it is not the certificate of the account itself. */
const certificateOf = async (ctx: Context, { gnupg, documentHash }: ContactRow): Promise<Certificate | undefined> => {
  if (gnupg === undefined) return undefined
  try {
    const certificate = await readCertificate(gnupg.certificate)
    if (gnupg.by === 'person') return certificate
    const root = (await loadDocument(ctx, documentHash))?.certificate.ed25519
    return root !== undefined && isCertifiedByRoot(root, certificate) ? certificate : undefined
  } catch (error) {
    // a profile may hold anything: what cannot be read is not theirs
    if (error instanceof AppError) return undefined
    throw error
  }
}

/**
 * `keepFor`: a certificate that was pasted is the one of the person in this chat.
 * @throws AppError `malformed`, `too-large`, `undecryptable`, or `untrusted` for a certificate to which nothing can be sealed.
 */
export const openOpenPgpText = async (ctx: Context, pasted: string, keepFor?: ChatId): Promise<OpenedText> => {
  const own = needOwn(ctx)
  const found = findBlock(pasted)
  const { kind, block } = found
  if (kind === 'certificate') return await openCertificate(ctx, block, keepFor)
  const opened = await openBlock({ kind, block }, await secretsOf(own))
  const { text, signers, claimed } = opened
  const [signer] = signers
  if (signer === undefined) return { text, signature: 'none' }
  const known = await findByKeyId(ctx, own, signer)
  if (known === undefined) return { text, signature: 'unknown', ...(claimed && { signer: claimed }) }
  const isGood = await opened.isSignedBy(known.certificate)
  const fingerprint = bytesToHex(known.certificate.fingerprint)
  return isGood
    ? { text, signature: 'good', signer: fingerprint, ...known.who }
    : { text, signature: 'bad', signer: fingerprint }
}

const secretsOf = async ({ secrets }: Own): Promise<readonly SecretCertificate[]> =>
  await Promise.all([secrets.secretKey, ...(secrets.gnupg ? [secrets.gnupg] : [])].map(readSecret))

interface KnownKey {
  readonly certificate: Certificate
  readonly who: Pick<OpenedText, 'did' | 'name' | 'chat'>
}

/** A key id has 64 bits and can be made to fit: the signature itself decides. The first that fits is asked. */
const findByKeyId = async (ctx: Context, own: Own, id: string): Promise<KnownKey | undefined> => {
  for (const secret of await secretsOf(own)) {
    if (hasKeyId(secret.certificate, id)) {
      return {
        certificate: secret.certificate,
        who: { did: own.did, name: ctx.db.memory.account.get('own')?.name ?? '' }
      }
    }
  }
  for (const contact of await listContacts(ctx.db)) {
    if (contact.standing === 'declined') continue
    const { did, chat } = contact
    const certificate = await theirKeyWith(ctx, contact, id)
    if (certificate !== undefined) return { certificate, who: { did, name: nameOf(contact), chat } }
  }
  return undefined
}

const theirKeyWith = async (ctx: Context, contact: ContactRow, id: string): Promise<Certificate | undefined> => {
  const byHand = await certificateOf(ctx, contact)
  if (byHand !== undefined && hasKeyId(byHand, id)) return byHand
  // a document is checked at some cost, so first what its bindings name
  const isTheirs =
    contact.fingerprint.startsWith(id) ||
    contact.devices.some(({ binding }) => bytesToHex(bindingParts(binding).signing).startsWith(id))
  return isTheirs ? (await loadDocument(ctx, contact.documentHash))?.certificate : undefined
}

/** A certificate that a contact's root has certified is theirs; any other is whose the person says. */
const openCertificate = async (ctx: Context, block: string, keepFor: ChatId | undefined): Promise<OpenedText> => {
  const { certificate, userIds } = await readPastedCertificate(block)
  const fingerprint = bytesToHex(certificate.fingerprint)
  const answer = (contact: ContactRow | undefined, isKept: boolean): OpenedText => ({
    text: '',
    signature: 'none',
    certificate: { fingerprint, userIds, isKept },
    ...(contact && { did: contact.did, name: nameOf(contact), chat: contact.chat })
  })
  const owner = await ownerOf(ctx, certificate)
  if (owner !== undefined && certificate.version === 4) {
    await keep(ctx, owner.did, { certificate: certificate.bytes, by: 'profile' })
    return answer(owner, true)
  }
  if (keepFor === undefined) return answer(owner, false)
  const { kind, did } = knownChat(ctx.db, keepFor)
  if (kind !== 'direct') throw new AppError('conflict', 'not a chat with one person')
  const contact = await keep(ctx, did, { certificate: certificate.bytes, by: 'person' })
  return answer(contact, true)
}

const keep = async (
  ctx: Context,
  did: Did,
  gnupg: NonNullable<ContactRow['gnupg']>
): Promise<ContactRow | undefined> => {
  const contact = await updateContact(ctx.db, did, () => ({ gnupg }))
  if (contact === undefined) throw new AppError('not-found', 'no such contact')
  return contact
}

/** Whose account it is, by the root itself or by the root's word for it. */
const ownerOf = async (ctx: Context, certificate: Certificate): Promise<ContactRow | undefined> => {
  const fingerprint = bytesToHex(certificate.fingerprint)
  for (const contact of await listContacts(ctx.db)) {
    if (contact.standing === 'declined') continue
    if (contact.fingerprint === fingerprint) return contact
    if (certificate.version !== 4) continue
    const root = (await loadDocument(ctx, contact.documentHash))?.certificate.ed25519
    if (root !== undefined && isCertifiedByRoot(root, certificate)) return contact
  }
  return undefined
}
