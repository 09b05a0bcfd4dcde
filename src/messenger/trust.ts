/**
 * ID4, ID5: what we believe about other accounts. The highest document seen is pinned; what is older is refused, what cannot
 * follow is kept beside it and shown, and only what both list is trusted until a higher generation ends it.
 */
import { bytesToBase64url, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { verifyBinding } from '../crypto/binding.ts'
import type { VerifiedBinding } from '../crypto/binding.ts'
import { comparePlaces, headFits, judgeDocument, verifyDocument } from '../crypto/document.ts'
import type { Judgement, VerifiedDocument } from '../crypto/document.ts'
import { compareHeads, verifyHead } from '../crypto/head.ts'
import type { VerifiedHead } from '../crypto/head.ts'
import type { Did } from '../model/ids.ts'
import { getContact, getDocument, getPlace, putContact, putDocument, putPlace } from '../store/contacts.ts'
import type { ContactDevice, ContactRow } from '../store/rows.ts'
import type { Change } from '../store/watch.ts'
import type { Context } from './context.ts'

const MAX_CACHED = 64

/** @throws AppError as `verifyDocument`. */
export const checkDocument = async (ctx: Context, bytes: Uint8Array): Promise<VerifiedDocument> => {
  const document = await verifyDocument(bytes)
  ctx.documents.set(bytesToBase64url(document.hash), document)
  for (const oldest of ctx.documents.keys()) {
    if (ctx.documents.size <= MAX_CACHED) break
    ctx.documents.delete(oldest)
  }
  return document
}

/** A stored document, verified again after a restart: the store is not a signature. */
export const loadDocument = async (ctx: Context, hash: Uint8Array): Promise<VerifiedDocument | undefined> => {
  const cached = ctx.documents.get(bytesToBase64url(hash))
  if (cached !== undefined) return cached
  const row = await getDocument(ctx.db, hash)
  return row && (await checkDocument(ctx, row.bytes))
}

export interface Found {
  readonly head: VerifiedHead
  readonly document: VerifiedDocument
}

/** Heads that verify, the best first. Homes are not believed: what does not verify was never said. */
const readHeads = (did: Did, candidates: readonly Uint8Array[]): readonly VerifiedHead[] =>
  candidates
    .flatMap((bytes) => {
      try {
        const head = verifyHead(bytes)
        return head.did === did ? [head] : []
      } catch (error) {
        if (error instanceof AppError) return []
        throw error
      }
    })
    .toSorted((a, b) => compareHeads(b, a))

/** The newest head that homes know, with its document; undefined when none could be had. */
export const lookUp = async (ctx: Context, did: Did, homes: readonly string[]): Promise<Found | undefined> => {
  for (const head of await askHeads(ctx, did, homes)) {
    const document = await fetchDocument(ctx, head, homes)
    if (document !== undefined) return { head, document }
  }
  return undefined
}

export const askHeads = async (ctx: Context, did: Did, homes: readonly string[]): Promise<readonly VerifiedHead[]> =>
  readHeads(did, await ctx.work.outside(ctx.net.directory.heads(did, homes)))

export const fetchDocument = async (
  ctx: Context,
  head: VerifiedHead,
  homes: readonly string[]
): Promise<VerifiedDocument | undefined> => {
  const known = await loadDocument(ctx, head.documentHash)
  // a head may name a document that is not its account's: it says nothing then
  if (known !== undefined) return headFits(head, known) ? known : undefined
  const bytes = await ctx.work.outside(ctx.net.directory.document(head.documentHash, [...head.homes, ...homes]))
  if (bytes === undefined) return undefined
  try {
    const document = await checkDocument(ctx, bytes)
    return headFits(head, document) ? document : undefined
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Bindings that hold against a document; the rest are not its devices. */
export const checkBindings = async (
  ctx: Context,
  document: VerifiedDocument,
  all: readonly Uint8Array[]
): Promise<readonly VerifiedBinding[]> => {
  const checked = await Promise.all(
    all.map((bytes) =>
      verifyBinding(bytes, document, ctx.clock.now()).catch((error: unknown) => {
        if (error instanceof AppError) return undefined
        throw error
      })
    )
  )
  return checked.filter((binding) => binding !== undefined)
}

export const toContactDevice = ({ device, bytes, expires }: VerifiedBinding): ContactDevice => ({
  device,
  binding: bytes,
  endsAt: expires
})

/** What a verified head and document say of a contact. */
export const facts = ({
  head,
  document
}: Found): Pick<ContactRow, 'fingerprint' | 'homes' | 'documentHash' | 'roots' | 'freshUntil'> => ({
  fingerprint: document.fingerprint,
  homes: head.homes,
  documentHash: document.hash,
  roots: document.roots,
  freshUntil: head.freshUntil
})

/** Inside a write over contacts, places and documents: pins what was found. */
export const pin = async (ctx: Context, { head, document }: Found): Promise<void> => {
  const place = await getPlace(ctx.db, document.did)
  const hash = bytesToBase64url(document.hash)
  const isSamePlace = place !== undefined && comparePlaces(place, document.place) === 0
  await putDocument(ctx.db, document.did, document.hash, document.bytes)
  await putPlace(ctx.db, {
    did: document.did,
    ...document.place,
    hashes: isSamePlace ? [...new Set([...place.hashes, hash])] : [hash],
    head: head.bytes
  })
}

/**
 * A head (and document) of a contact, wherever it came from: pins what is newer, keeps and marks what cannot follow.
 * `older` and `broken` change nothing but the mark.
 */
export const learn = async (ctx: Context, found: Found): Promise<Judgement> => {
  const contact = await getContact(ctx.db, found.document.did)
  const pinned = contact && (await loadDocument(ctx, contact.documentHash))
  if (contact === undefined || pinned === undefined) return 'older'
  const judgement = judgeDocument(pinned, found.document)
  const devices =
    judgement === 'newer' || judgement === 'duplicity'
      ? await checkBindings(
          ctx,
          found.document,
          contact.devices.map(({ binding }) => binding)
        )
      : []

  await ctx.db.write(['contacts', 'places', 'documents'], async (change) => {
    const now = await getContact(ctx.db, contact.did)
    if (now === undefined) return
    await writeJudgement(ctx, change, { contact: now, found, judgement, devices: devices.map(toContactDevice) })
  })
  if (judgement === 'duplicity' || judgement === 'broken') ctx.log.warn('trust.split', { judgement })
  return judgement
}

const writeJudgement = async (
  ctx: Context,
  change: Change,
  {
    contact,
    found,
    judgement,
    devices
  }: {
    readonly contact: ContactRow
    readonly found: Found
    readonly judgement: Judgement
    readonly devices: readonly ContactDevice[]
  }
): Promise<void> => {
  const place = await getPlace(ctx.db, contact.did)
  const before = place?.head === undefined ? undefined : verifyHead(place.head)
  const isNewerHead = before === undefined || compareHeads(found.head, before) > 0
  switch (judgement) {
    case 'same':
      if (!isNewerHead) return
      await pin(ctx, found)
      await putContact(ctx.db, change, { ...contact, ...facts(found) })
      return
    case 'newer': {
      await pin(ctx, found)
      // ID5: a higher generation ends duplicity
      const isNewGeneration = before !== undefined && found.head.place.generation > before.place.generation
      const duplicity = contact.duplicity && !isNewGeneration
      // ID7: what was compared were the roots, and these are others
      const verified = contact.verified && sameBytes(contact.roots, found.document.roots)
      const next = { ...contact, ...facts(found), devices, verified, duplicity, newerPlace: false }
      await putContact(ctx.db, change, next)
      return
    }
    case 'duplicity':
      await putDocument(ctx.db, contact.did, found.document.hash, found.document.bytes)
      if (place !== undefined) {
        const hashes = [...new Set([...place.hashes, bytesToBase64url(found.document.hash)])]
        await putPlace(ctx.db, { ...place, hashes })
      }
      // of that contact only what both list is trusted
      await putContact(ctx.db, change, { ...contact, devices, duplicity: true })
      return
    case 'broken':
      await putContact(ctx.db, change, { ...contact, duplicity: true })
      return
    case 'older':
      return
  }
}
