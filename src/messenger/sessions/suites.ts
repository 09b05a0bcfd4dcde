/** SU1, SU2: the suites that this build speaks, for one account on one device. */
import { base64urlToBytes, bytesToBase64url } from '../../base/bytes.ts'
import type { AccountSecrets } from '../../crypto/account.ts'
import { createAuthentication } from '../../crypto/mls/authentication.ts'
import type { DocumentsOf } from '../../crypto/mls/authentication.ts'
import { createTsMls } from '../../crypto/mls/ts-mls.ts'
import type { VerifiedDocument } from '../../crypto/document.ts'
import type { Suite } from '../../crypto/suite.ts'
import { createMlsSuite } from '../../crypto/suites/mls.ts'
import { createPgpV6 } from '../../crypto/suites/pgp-v6.ts'
import type { Did } from '../../model/ids.ts'
import type { Context } from '../context.ts'
import { checkDocument, loadDocument } from '../trust.ts'

const ownDocument = async (ctx: Context, secrets: AccountSecrets): Promise<VerifiedDocument> => {
  const { document, documentHash } = ctx.own?.secrets ?? secrets
  return ctx.documents.get(bytesToBase64url(documentHash)) ?? (await checkDocument(ctx, document))
}

/** ML1: any known document of the account, the newest first; a commit that comes late was made under an older one. */
const documentsOf =
  (ctx: Context, secrets: AccountSecrets): DocumentsOf =>
  async (did) => {
    const newest = ctx.db.memory.contacts.get(did as Did)?.documentHash
    const first = newest === undefined ? [] : [bytesToBase64url(newest)]
    const others = [...ctx.db.memory.documents.values()].filter((row) => row.did === did).map(({ hash }) => hash)
    const found = await Promise.all(
      [...new Set([...first, ...others])].map((hash) => loadDocument(ctx, base64urlToBytes(hash)))
    )
    const ours = did === secrets.did ? await ownDocument(ctx, secrets) : undefined
    return [ours, ...found].filter((document) => document !== undefined)
  }

export const createSuites = (ctx: Context, secrets: AccountSecrets): ReadonlyMap<string, Suite> => {
  const authentication = createAuthentication(documentsOf(ctx, secrets))
  const { clock, random } = ctx
  /** As it is now: bindings are renewed. */
  const own = () => {
    const { binding, key, seed } = (ctx.own?.secrets ?? secrets).device
    return { credential: binding, signatureKey: key, signatureSeed: seed }
  }
  const { device, secretKey } = secrets
  const suites = [
    createMlsSuite({ mls: createTsMls('mls-xwing', random), own, authentication, clock }),
    createMlsSuite({ mls: createTsMls('mls-x25519', random), own, authentication, clock }),
    createPgpV6({ secretKey, signing: device.signing, device: device.id })
  ]
  return new Map(suites.map((suite) => [suite.id, suite]))
}
