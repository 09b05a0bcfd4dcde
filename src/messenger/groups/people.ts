/**
 * Members of our groups whom we do not know from elsewhere: their documents, devices and names, so that what they write can be
 * checked and what we write be sealed to them. They are no contacts. Whoever speaks of them is believed in nothing.
 */
import { sameBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { verifyFormerBinding } from '../../crypto/binding.ts'
import { didFromKey, keyFromDid } from '../../crypto/did.ts'
import type { VerifiedDocument } from '../../crypto/document.ts'
import { headFits } from '../../crypto/document.ts'
import { verifyHead } from '../../crypto/head.ts'
import type { ChatId, DeviceId, Did } from '../../model/ids.ts'
import { tidyName } from '../../model/text.ts'
import { knownAccount } from '../../store/account.ts'
import { putContact, updateContact } from '../../store/contacts.ts'
import type { ContactDevice, ContactRow } from '../../store/rows.ts'
import { homeToText, textToHome } from '../../wire/home.ts'
import type { Person } from '../../wire/opening.ts'
import { ask } from '../ask/ask.ts'
import type { Asked } from '../ask/ask.ts'
import { inBackground, needOwn } from '../context.ts'
import type { Context } from '../context.ts'
import { newContact } from '../new-contact.ts'
import { ownerOf, peersOf, rosterOf } from '../peers.ts'
import { checkBindings, checkDocument, loadDocument, lookUp, pin, toContactDevice } from '../trust.ts'
import type { Found } from '../trust.ts'

const MAX_BINDINGS = 16

export const toPerson = ({ did, documentHash, homes, name, devices, former = [] }: ContactRow): Person => ({
  didKey: keyFromDid(did),
  documentHash,
  homes: homes.slice(0, 5).map(textToHome),
  ...(name !== undefined && { name }),
  bindings: [...devices, ...former].slice(0, MAX_BINDINGS).map(({ binding }) => binding)
})

/** Ourselves, as we tell others. */
export const ownPerson = (ctx: Context): Person => {
  const { secrets } = needOwn(ctx)
  const account = knownAccount(ctx.db)
  return {
    didKey: secrets.didKey,
    documentHash: secrets.documentHash,
    homes: ctx.net.reachability().homes.slice(0, 5).map(textToHome),
    ...(account?.name !== undefined && { name: account.name }),
    bindings: [secrets.device.binding]
  }
}

/** Whoever is in the roster and not known well enough to be written to. */
export const strangersIn = (ctx: Context, chat: ChatId): readonly Did[] =>
  [...(rosterOf(ctx, chat)?.members.keys() ?? [])].filter((did) => did !== ctx.own?.did && !isKnown(ctx, did))

const isKnown = (ctx: Context, did: Did): boolean => {
  const contact = ctx.db.memory.contacts.get(did)
  return contact !== undefined && contact.devices.length > 0
}

/** Of these people everything that can be had now; answers whose document could not. Writes what it learns. */
export const meetPeople = async (ctx: Context, people: readonly Person[], via?: Asked): Promise<readonly Did[]> => {
  const missing: Did[] = []
  for (const one of people) {
    const did = didFromKey(one.didKey) as Did
    if (did === ctx.own?.did) continue
    if (isKnown(ctx, did)) {
      await learnName(ctx, did, one)
      continue
    }
    const met = await findPerson(ctx, did, one, via)
    if (met === undefined) missing.push(did)
    else await writePerson(ctx, did, one, met)
  }
  return missing
}

/** Until they say it themselves. */
const learnName = async (ctx: Context, did: Did, { name }: Person): Promise<void> => {
  const tidy = name === undefined ? undefined : tidyName(name)
  if (tidy === undefined || ctx.db.memory.contacts.get(did)?.name !== undefined) return
  await updateContact(ctx.db, did, (row) => (row.name === undefined ? { name: tidy } : undefined))
}

interface Met {
  readonly found: Found
  readonly bindings: readonly Uint8Array[]
}

const findPerson = async (
  ctx: Context,
  did: Did,
  { documentHash, homes }: Person,
  via: Asked | undefined
): Promise<Met | undefined> => {
  const found = await lookUp(ctx, did, homes.map(homeToText))
  if (found !== undefined) {
    await checkDocument(ctx, found.document.bytes)
    return { found, bindings: [] }
  }
  if (via === undefined) return undefined
  const asked = await ask(ctx, via, 'documents', { hashes: [documentHash] })
  if (asked.outcome !== 'answered') return undefined
  for (const { document: bytes, head: headBytes, bindings = [] } of asked.reply.documents) {
    if (headBytes === undefined) continue
    try {
      const document = await checkDocument(ctx, bytes)
      const head = verifyHead(headBytes)
      if (document.did === did && headFits(head, document)) return { found: { head, document }, bindings }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }
  return undefined
}

const formerOf = async (
  document: VerifiedDocument,
  all: readonly Uint8Array[],
  now: ReadonlySet<DeviceId>
): Promise<readonly ContactDevice[]> => {
  const checked = await Promise.all(
    all.map((bytes) =>
      verifyFormerBinding(bytes, document).catch((error: unknown) => {
        if (error instanceof AppError) return undefined
        throw error
      })
    )
  )
  return checked
    .filter((one) => one !== undefined)
    .filter(({ device }) => !now.has(device))
    .map(({ device, bytes, expires }) => ({ device, binding: bytes, endsAt: expires }))
}

const writePerson = async (ctx: Context, did: Did, person: Person, { found, bindings }: Met): Promise<void> => {
  const all = [...(person.bindings ?? []), ...bindings]
  const devices = (await checkBindings(ctx, found.document, all)).map(toContactDevice)
  const distinct = [...new Map(devices.map((one) => [one.device, one])).values()]
  const former = await formerOf(found.document, all, new Set(distinct.map(({ device }) => device)))
  await ctx.db.write(['contacts', 'places', 'documents'], async (change) => {
    const before = ctx.db.memory.contacts.get(did)
    const name = person.name === undefined ? undefined : tidyName(person.name)
    if (before === undefined) await pin(ctx, found)
    const fresh = newContact(ctx, found, { standing: 'member', name })
    const row = before ?? fresh
    await putContact(ctx.db, change, {
      ...row,
      devices: row.devices.length > 0 ? row.devices : distinct,
      ...(row.former === undefined && former.length > 0 && { former })
    })
  })
}

/** Whom the roster names and nobody has introduced: looked up, asked for among the members, again when somebody appears. */
export const meetStrangers = (ctx: Context, chat: ChatId): void => {
  const strangers = strangersIn(ctx, chat)
  if (strangers.length === 0) return
  inBackground(ctx, 'groups.meet-failed', async () => {
    let met = 0
    for (const did of strangers) if (await meetOne(ctx, chat, did)) met++
    if (met === 0) return
    ctx.moved(chat)
    ctx.noticeGap(chat)
  })
}

const meetOne = async (ctx: Context, chat: ChatId, did: Did): Promise<boolean> => {
  const known = ctx.db.memory.contacts.get(did)
  const document = known && (await loadDocument(ctx, known.documentHash))
  const found = document === undefined ? await lookUp(ctx, did, known?.homes ?? []) : undefined
  const hash = found?.document.hash ?? document?.hash
  if (hash === undefined) return false
  if (found !== undefined) await checkDocument(ctx, found.document.bytes)
  const record = ctx.db.memory.chats.get(chat)
  const open = ctx.net.reachability().devices
  const peers = record === undefined ? [] : peersOf(ctx, record).filter(({ device }) => open.has(device))
  for (const { device } of peers.slice(0, 4)) {
    const asked = await ask(ctx, { device, homes: ownerOf(ctx, device)?.homes ?? [] }, 'documents', { hashes: [hash] })
    if (asked.outcome !== 'answered') continue
    const given = asked.reply.documents.find((one) => one.bindings !== undefined && one.bindings.length > 0)
    const head = given?.head === undefined ? undefined : verifyHead(given.head)
    const checked = given && (await checkDocument(ctx, given.document))
    if (checked === undefined || checked.did !== did) continue
    const both = found ?? (head !== undefined && headFits(head, checked) ? { head, document: checked } : undefined)
    if (both === undefined || !sameBytes(both.document.hash, checked.hash)) continue
    const name = given?.name
    const person: Person = {
      didKey: checked.didKey,
      documentHash: hash,
      homes: [],
      ...(name !== undefined && { name })
    }
    await writePerson(ctx, did, person, { found: both, bindings: given?.bindings ?? [] })
    return isKnown(ctx, did)
  }
  return false
}
