/** LG0: sessions carry a conversation. Whoever asks founds one; both sides hold the same group and know each other's devices. */
import { base64urlToBytes, bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { VerifiedBinding } from '../../crypto/binding.ts'
import type { VerifiedDocument } from '../../crypto/document.ts'
import { memberOf, routeFor } from '../../crypto/suite.ts'
import type { Member, SessionState } from '../../crypto/suite.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import type { SessionRow } from '../../store/rows.ts'
import type { Session } from '../../wire/session.ts'
import type { Context, Own } from '../context.ts'

const SUITE = 'pgp-v6'

export const sessionToWire = ({ suite, group, generation }: SessionRow): Session => ({
  version: 1,
  suite,
  group: base64urlToBytes(group),
  generation
})

export const ownMember = ({ did, secrets }: Own): Member => ({
  did,
  device: secrets.device.id,
  certificate: secrets.certificate,
  signing: secrets.device.signing,
  encryption: secrets.device.encryption
})

interface With {
  readonly chat: ChatId
  readonly document: VerifiedDocument
  readonly bindings: readonly VerifiedBinding[]
}

/** A new session; its state waits until a device of theirs is known. */
export const foundSession = (ctx: Context, own: Own, others: With): Promise<SessionRow> =>
  openSession(ctx, own, { ...others, suite: SUITE, group: bytesToBase64url(ctx.random.bytes(32)), generation: 0 })

/** @throws AppError `needs-newer` for a suite that we do not have. */
export const openSession = async (
  ctx: Context,
  own: Own,
  { chat, document, bindings, suite, group, generation }: With & Pick<SessionRow, 'suite' | 'group' | 'generation'>
): Promise<SessionRow> => {
  const groupBytes = base64urlToBytes(group)
  const members = bindings.map((binding) => memberOf(document, binding))
  return {
    group,
    chat,
    suite,
    generation,
    tag: bytesToBase64url(routeFor(groupBytes, ctx.device.id)),
    openedAt: ctx.clock.now(),
    state: members.length === 0 ? undefined : await makeState(own, { suite, group, generation }, members)
  }
}

export const makeState = async (
  own: Own,
  { suite: id, group, generation }: Pick<SessionRow, 'suite' | 'group' | 'generation'>,
  others: readonly Member[]
): Promise<SessionState> => {
  const suite = own.suites.get(id)
  if (suite === undefined) throw new AppError('needs-newer', `suite ${id}`)
  const members = [ownMember(own), ...others]
  return (await suite.create({ group: base64urlToBytes(group), generation, members })).state
}

/**
 * Before their bindings are known we know their certificate, and the device from the connection: enough to open the first
 * payload, which brings the binding that proves it (or is thrown away).
 */
export const guessMembers = (document: VerifiedDocument, device: DeviceId): readonly Member[] =>
  document.certificate.subkeys
    .filter(({ use }) => use === 'ed25519')
    .map(({ fingerprint }) => ({
      did: document.did,
      device,
      certificate: document.certificate.bytes,
      signing: fingerprint,
      encryption: document.certificate.subkeys.filter(({ use }) => use !== 'ed25519').map((one) => one.fingerprint)
    }))
