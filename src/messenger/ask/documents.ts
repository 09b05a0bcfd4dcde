/**
 * Documents by hash, with head and bindings, for those who have to check somebody's devices: our own, and those of people
 * whom the asker meets in a group that both of us are in. Which others we know is nobody's business.
 */
import { bytesToBase64url, sameBytes } from '../../base/bytes.ts'
import type { Did } from '../../model/ids.ts'
import { knownAccount } from '../../store/account.ts'
import { getDocument, getPlace } from '../../store/contacts.ts'
import { ASK_REPLY_ROOM } from '../../wire/ask.ts'
import type { AskedDocument } from '../../wire/ask.ts'
import type { Context } from '../context.ts'
import { needOwn } from '../context.ts'
import type { Answerer } from './answerers.ts'

export const answerDocuments =
  (ctx: Context, meets: (asker: Did, other: Did) => boolean): Answerer<'documents'> =>
  async (asker, { hashes }) => {
    const documents: AskedDocument[] = []
    let size = 0
    for (const hash of hashes) {
      const found = await findDocument(ctx, hash, (did) => meets(asker.did, did))
      if (found === undefined) continue
      size += found.document.length + (found.head?.length ?? 0)
      for (const binding of found.bindings ?? []) size += binding.length + 4
      if (size > ASK_REPLY_ROOM) break
      documents.push(found)
    }
    return documents.length === 0 ? undefined : { documents }
  }

const findDocument = async (
  ctx: Context,
  hash: Uint8Array,
  isAllowed: (did: Did) => boolean
): Promise<AskedDocument | undefined> => {
  const { secrets } = needOwn(ctx)
  if (sameBytes(hash, secrets.documentHash)) {
    const { head, name } = knownAccount(ctx.db) ?? {}
    return {
      document: secrets.document,
      ...(head && { head }),
      bindings: [secrets.device.binding],
      ...(name !== undefined && { name })
    }
  }
  const row = await getDocument(ctx.db, hash)
  if (row === undefined || !isAllowed(row.did)) return undefined
  const contact = ctx.db.memory.contacts.get(row.did)
  const place = await getPlace(ctx.db, row.did)
  const isInForce = place?.hashes.includes(bytesToBase64url(hash)) === true
  return {
    document: row.bytes,
    ...(isInForce && place.head && { head: place.head }),
    bindings: (contact?.devices ?? []).slice(0, 16).map(({ binding }) => binding),
    ...(contact?.name !== undefined && { name: contact.name })
  }
}
