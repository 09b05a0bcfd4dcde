/**
 * ID4, ID5: what we believe about other accounts. The highest document seen is pinned; what is older is refused, what cannot
 * follow is kept beside it and shown, and only what both list is trusted until a higher generation ends it.
 */
import { base64urlToBytes, bytesToBase64url, compareBytes, sameBytes } from '../base/bytes.ts'
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
import { chatsWith, NOTICING, noticeKeys } from './notices.ts'

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

/** ID6: a device that is no longer listed is refused from now on; what it wrote before stays theirs. */
const MAX_FORMER = 16

export const replaceDevices = (
  { devices: before, former = [] }: Pick<ContactRow, 'devices' | 'former'>,
  devices: readonly ContactDevice[]
): Pick<ContactRow, 'devices' | 'former'> => {
  const listed = new Set(devices.map(({ device }) => device))
  const gone = [...before, ...former].filter(({ device }) => !listed.has(device))
  const each = new Map(gone.toReversed().map((one) => [one.device, one]))
  return { devices, former: [...each.values()].toReversed().slice(0, MAX_FORMER) }
}

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
 * Bindings of a contact's devices, as far as they are trusted: while views differ (ID5), only what every one of the documents
 * lists.
 */
export const trustedBindings = async (
  ctx: Context,
  contact: Pick<ContactRow, 'rivals'>,
  document: VerifiedDocument,
  all: readonly Uint8Array[]
): Promise<readonly VerifiedBinding[]> => {
  let left = await checkBindings(ctx, document, all)
  for (const hash of contact.rivals ?? []) {
    const rival = await loadDocument(ctx, base64urlToBytes(hash))
    if (rival === undefined) continue
    const bytes = left.map((binding) => binding.bytes)
    const listed = new Set((await checkBindings(ctx, rival, bytes)).map(({ device }) => device))
    left = left.filter(({ device }) => listed.has(device))
  }
  return left
}

const MAX_RIVALS = 8

/**
 * A head (and document) of a contact, wherever it came from: pins what is newer, keeps and marks what cannot follow. Nothing
 * of this is silent: new roots, a broken chain and differing views each leave a line in the chats with them.
 */
export const learn = async (ctx: Context, found: Found): Promise<Judgement> => {
  const { did } = found.document
  const contact = await getContact(ctx.db, did)
  const pinned = contact && (await loadDocument(ctx, contact.documentHash))
  if (contact === undefined || pinned === undefined) return 'older'
  const judgement = judgeDocument(pinned, found.document)
  const known = [...contact.devices, ...(contact.former ?? [])].map(({ binding }) => binding)
  const listed =
    judgement === 'newer' || judgement === 'duplicity' ? await checkBindings(ctx, found.document, known) : []

  const isTold = await ctx.db.write([...NOTICING, 'places', 'documents'], async (change) => {
    const now = await getContact(ctx.db, did)
    // judged against what is no longer pinned: whoever brought it does so again
    if (now === undefined || !sameBytes(now.documentHash, pinned.hash)) return false
    return await writeJudgement(ctx, change, { contact: now, pinned, found, judgement, listed })
  })
  if (judgement === 'duplicity' || judgement === 'broken') ctx.log.warn('trust.split', { judgement })
  if (isTold) reconcileAll(ctx, did)
  return judgement
}

/** Their devices may be others now: every session with them has to follow. */
export const reconcileAll = (ctx: Context, did: Did): void => {
  for (const chat of chatsWith(ctx, did)) ctx.reconcile(chat)
}

interface Judged {
  readonly contact: ContactRow
  readonly pinned: VerifiedDocument
  readonly found: Found
  readonly judgement: Judgement
  /** Of the devices that we know, those that the found document lists. */
  readonly listed: readonly VerifiedBinding[]
}

/** Answers whether their devices or keys may be others now. */
const writeJudgement = async (ctx: Context, change: Change, judged: Judged): Promise<boolean> => {
  const { contact, pinned, found, judgement, listed } = judged
  const place = await getPlace(ctx.db, contact.did)
  const before = place?.head === undefined ? undefined : verifyHead(place.head)
  const hash = bytesToBase64url(found.document.hash)
  switch (judgement) {
    case 'same':
      if (before !== undefined && compareHeads(found.head, before) <= 0) return false
      await pin(ctx, found)
      await putContact(ctx.db, change, { ...contact, ...facts(found) })
      return false
    case 'newer': {
      await pin(ctx, found)
      const isRotated = found.document.place.generation > pinned.place.generation
      // ID5: a higher generation ends duplicity; in the same one they go on beside each other
      const { rivals, ...rest } = contact
      const goesOn = contact.duplicity && !isRotated
      const current = new Set(contact.devices.map(({ device }) => device))
      const devices = listed.filter(({ device }) => current.has(device)).map(toContactDevice)
      await putContact(ctx.db, change, {
        ...rest,
        ...facts(found),
        ...replaceDevices(contact, devices),
        // ID7: what was compared were the roots, and these are others
        verified: contact.verified && sameBytes(contact.roots, found.document.roots),
        duplicity: goesOn,
        ...(goesOn && rivals && { rivals }),
        newerPlace: false,
        ...(isRotated && { keysChangedAt: ctx.clock.now() })
      })
      if (isRotated) await noticeKeys(ctx, change, contact.did, 'rotated')
      return true
    }
    case 'duplicity': {
      if (contact.rivals?.includes(hash) === true || contact.refused?.includes(hash) === true) return false
      await putDocument(ctx.db, contact.did, found.document.hash, found.document.bytes)
      const both = new Set(listed.map(({ device }) => device))
      const devices = contact.devices.filter(({ device }) => both.has(device))
      const rivals = [...(contact.rivals ?? []), hash].slice(-MAX_RIVALS)
      await putContact(ctx.db, change, { ...contact, ...replaceDevices(contact, devices), rivals, duplicity: true })
      return true
    }
    case 'broken': {
      if (contact.refused?.includes(hash)) return false
      const refused = [...(contact.refused ?? []), hash].slice(-MAX_RIVALS)
      await putContact(ctx.db, change, { ...contact, refused, broken: true })
      await noticeKeys(ctx, change, contact.did, 'break')
      return false
    }
    case 'older':
      return false
  }
}

/** ID5: of two documents of one account the later, and of two at one place the lower hash: its devices decide alike (DV5). */
export const goesBefore = (
  one: Pick<VerifiedDocument, 'place' | 'hash'>,
  other: Pick<VerifiedDocument, 'place' | 'hash'>
): boolean => (comparePlaces(one.place, other.place) || compareBytes(other.hash, one.hash)) > 0

/**
 * ID5: the person has compared safety numbers, so the roots are theirs; one of the documents that these signed goes on, and
 * those that contradict it are no second alarm.
 */
export const endDuplicity = async (ctx: Context, did: Did): Promise<void> => {
  const contact = await getContact(ctx.db, did)
  const pinned = contact && (await loadDocument(ctx, contact.documentHash))
  if (contact === undefined || pinned === undefined || !contact.duplicity) return
  let best = pinned
  for (const hash of contact.rivals ?? []) {
    const rival = await loadDocument(ctx, base64urlToBytes(hash))
    if (rival !== undefined && goesBefore(rival, best)) best = rival
  }
  const chosen = bytesToBase64url(best.hash)
  const settled = [...(contact.rivals ?? []), bytesToBase64url(pinned.hash)].filter((hash) => hash !== chosen)
  const known = [...contact.devices, ...(contact.former ?? [])].map(({ binding }) => binding)
  const listed = (await checkBindings(ctx, best, known)).map(toContactDevice)
  await ctx.db.write(['contacts', 'places'], async (change) => {
    const now = await getContact(ctx.db, did)
    const place = await getPlace(ctx.db, did)
    if (now === undefined || !sameBytes(now.documentHash, pinned.hash)) return
    const { rivals: _, ...rest } = now
    const { hash: documentHash, roots, fingerprint } = best
    await putContact(ctx.db, change, {
      ...rest,
      ...replaceDevices(now, listed),
      documentHash,
      roots,
      fingerprint,
      refused: [...(now.refused ?? []), ...settled].slice(-MAX_RIVALS),
      duplicity: false
    })
    if (best !== pinned) {
      await putPlace(ctx.db, { did, ...best.place, hashes: [chosen], head: place?.head })
    }
  })
  reconcileAll(ctx, did)
  ctx.refresh(did)
}
