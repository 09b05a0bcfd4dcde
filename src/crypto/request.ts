/**
 * IN3: sealing and opening contact requests. One OpenPGP message, signed by the requester's device and sealed to the
 * recipient's devices; it carries the document and bindings by which it is checked. What is opened is verified to the last
 * signature except its events; whether the token is good and the request is new is the messenger's to know.
 */
import { concat, sameBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { contactRequest, type ContactRequest, MAX_REQUEST_AGE_MS } from '../wire/request.ts'
import type { AccountSecrets } from './account.ts'
import { type VerifiedBinding, verifyBinding } from './binding.ts'
import { directConversation } from './conversation.ts'
import { headFits, type VerifiedDocument, verifyDocument } from './document.ts'
import { DOMAINS } from './domains.ts'
import { inDomain, sha256 } from './hash.ts'
import { type VerifiedHead, verifyHead } from './head.ts'
import { readSecret } from './pgp-keys.ts'
import { openMessage, type Opened, type Recipient, sealMessage } from './pgp-message.ts'

export interface OpenedRequest {
  readonly request: ContactRequest
  /** IN3: (did, hash) names it: a second one is refused. */
  readonly hash: Uint8Array
  readonly document: VerifiedDocument
  readonly head: VerifiedHead
  readonly bindings: readonly VerifiedBinding[]
  /** The device that signed. */
  readonly from: VerifiedBinding
}

/** Clocks of strangers may be off; beyond a day the 30 days would mean nothing. */
const MAX_AHEAD_MS = 24 * 3600 * 1000

/**
 * IN3 says every device; the subkeys of one device are alternatives. Without bindings nobody can tell which belong
 * together, so: all post-quantum ones, or all others when there is none.
 */
const recipientsOf = ({ certificate }: VerifiedDocument): readonly Recipient[] => {
  const of = (use: string): readonly Recipient[] =>
    certificate.subkeys
      .filter((one) => one.use === use)
      .map(({ fingerprint }) => ({ certificate, subkey: fingerprint }))
  const pqc = of('pqc')
  const all = pqc.length > 0 ? pqc : of('x25519')
  if (all.length === 0) throw new AppError('untrusted', 'the certificate has no encryption subkey')
  return all
}

export const sealRequest = async (options: {
  readonly account: AccountSecrets
  readonly recipient: VerifiedDocument
  /** The rest of the request: head, session, token, profile, events. */
  readonly parts: Pick<ContactRequest, 'head' | 'session' | 'events'> &
    Partial<Pick<ContactRequest, 'token' | 'profile' | 'keyPackages' | 'join'>>
  readonly now: number
}): Promise<{ readonly sealed: Uint8Array; readonly hash: Uint8Array }> => {
  const { account, recipient, parts, now } = options
  const plaintext = contactRequest.encode({
    ...parts,
    version: 1,
    recipient: recipient.didKey,
    recipientPlace: recipient.place,
    sender: account.didKey,
    document: account.document,
    bindings: [account.device.binding],
    conversation: directConversation(account.did, recipient.did),
    issued: now
  })
  const sealed = await sealMessage({
    plaintext: concat(inDomain(DOMAINS.request), plaintext),
    signer: await readSecret(account.secretKey),
    signingSubkey: account.device.signing,
    recipients: recipientsOf(recipient),
    now
  })
  return { sealed, hash: sha256(plaintext) }
}

const decodePlaintext = ({ plaintext }: Opened): { readonly request: ContactRequest; readonly hash: Uint8Array } => {
  const prefix = inDomain(DOMAINS.request)
  if (!sameBytes(plaintext.subarray(0, prefix.length), prefix)) throw new AppError('untrusted', 'not a contact request')
  const rest = plaintext.subarray(prefix.length)
  return { request: contactRequest.decode(rest), hash: sha256(rest) }
}

/** What can be refused before any signature is looked at. */
const checkAddress = (
  request: ContactRequest,
  did: { readonly didKey: Uint8Array; readonly did: string },
  now: number
): void => {
  if (!sameBytes(request.recipient, did.didKey)) throw new AppError('untrusted', 'for somebody else')
  if (sameBytes(request.sender, did.didKey)) throw new AppError('untrusted', 'from ourselves')
  if (request.issued < now - MAX_REQUEST_AGE_MS) throw new AppError('untrusted', 'older than 30 days')
  if (request.issued > now + MAX_AHEAD_MS) throw new AppError('untrusted', 'from the future')
}

const checkSender = (request: ContactRequest, document: VerifiedDocument, head: VerifiedHead): void => {
  if (!sameBytes(document.didKey, request.sender)) throw new AppError('untrusted', 'document of somebody else')
  if (!headFits(head, document)) throw new AppError('untrusted', 'head and document differ')
}

/** @throws AppError `malformed`, `too-large`, `needs-newer`, `undecryptable` or `untrusted`. `now` is the corrected clock. */
export const openRequest = async (
  sealed: Uint8Array,
  account: Pick<AccountSecrets, 'did' | 'didKey' | 'secretKey'>,
  now: number
): Promise<OpenedRequest> => {
  const opened = await openMessage(sealed, await readSecret(account.secretKey))
  const { request, hash } = decodePlaintext(opened)
  checkAddress(request, account, now)

  const document = await verifyDocument(request.document)
  const head = verifyHead(request.head)
  checkSender(request, document, head)
  if (!sameBytes(request.conversation, directConversation(account.did, document.did))) {
    throw new AppError('untrusted', 'another conversation')
  }
  const bindings = await Promise.all(request.bindings.map((bytes) => verifyBinding(bytes, document, now)))
  const { certificate } = document
  const signer = await opened.whoSigned(bindings.map((from) => ({ certificate, subkey: from.signing, from })))
  if (signer === undefined) throw new AppError('untrusted', 'not signed by a device of the requester')
  return { request, hash, document, head, bindings, from: signer.from }
}
