/**
 * LG0: sessions carry a conversation. Whoever asks founds one (`pgp-v6`, generation 0) and both sides hold the same group; MLS
 * sessions begin with their founder alone, and everybody else is added by a commit.
 */
import { base64urlToBytes, bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import type { VerifiedBinding } from '../../crypto/binding.ts'
import type { VerifiedDocument } from '../../crypto/document.ts'
import { routeFor } from '../../crypto/suite.ts'
import type { Member, SessionState, Suite } from '../../crypto/suite.ts'
import type { ChatId, DeviceId } from '../../model/ids.ts'
import type { MlsNotes, SessionRow } from '../../store/rows.ts'
import type { Session } from '../../wire/session.ts'
import type { Context, Own } from '../context.ts'
import type { SessionChange } from './state.ts'

const FIRST_CONTACT = 'pgp-v6'

export const sessionToWire = ({ suite, group, generation }: SessionRow): Session => ({
  version: 1,
  suite,
  group: base64urlToBytes(group),
  generation
})

const ownMember = ({ did, secrets }: Own): Member => ({
  did,
  device: secrets.device.id,
  certificate: secrets.certificate,
  signing: secrets.device.signing,
  encryption: secrets.device.encryption
})

export const sessionRow = (
  ctx: Context,
  { chat, suite, group, generation }: Pick<SessionRow, 'chat' | 'suite' | 'group' | 'generation'>
): SessionRow => ({
  group,
  chat,
  suite,
  generation,
  tag: bytesToBase64url(routeFor(base64urlToBytes(group), ctx.device.id)),
  openedAt: ctx.clock.now(),
  state: undefined
})

interface With {
  readonly chat: ChatId
  readonly document: VerifiedDocument
  readonly bindings: readonly VerifiedBinding[]
}

const newGroup = (ctx: Context): string => bytesToBase64url(ctx.random.bytes(32))

/** The session of a first contact. */
export const foundSession = (ctx: Context, _own: Own, { chat }: With): Promise<SessionRow> =>
  Promise.resolve(sessionRow(ctx, { chat, suite: FIRST_CONTACT, group: newGroup(ctx), generation: 0 }))

/** The session that somebody's request named. @throws AppError `needs-newer`: others begin with an opening (ML). */
export const openSession = async (
  ctx: Context,
  _own: Own,
  { chat, suite, group, generation }: With & Pick<SessionRow, 'suite' | 'group' | 'generation'>
): Promise<SessionRow> => {
  if (suite !== FIRST_CONTACT) throw new AppError('needs-newer', `a request in ${suite}`)
  return sessionRow(ctx, { chat, suite, group, generation })
}

/** Of a suite without epochs. */
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

/** ML6: within a day of joining, spread so that not everybody commits at once. */
const FIRST_RENEWAL_MS = 24 * 3600 * 1000

export const firstNotes = (ctx: Context): MlsNotes => ({
  heard: [],
  commits: [],
  welcomes: [],
  renewAt: ctx.clock.now() + Math.round(ctx.random.fraction() * FIRST_RENEWAL_MS),
  sent: 0,
  movedAt: ctx.clock.now()
})

/**
 * A session with nobody in it but us, to be written with the chat it is for; who else belongs there is added by
 * `ctx.reconcile`. @throws AppError `needs-newer`.
 */
export const foundAlone = async (
  ctx: Context,
  own: Own,
  { chat, suite: id, generation = 0 }: { readonly chat: ChatId; readonly suite: string; readonly generation?: number }
): Promise<SessionChange> => {
  const suite = own.suites.get(id)
  if (suite === undefined) throw new AppError('needs-newer', `suite ${id}`)
  const row = sessionRow(ctx, { chat, suite: id, group: newGroup(ctx), generation })
  if (suite.epochs === undefined) return { before: undefined, row, from: undefined, state: undefined }
  const state = await createAlone(suite, row)
  return { before: undefined, row: { ...row, mls: firstNotes(ctx) }, from: undefined, state }
}

const createAlone = async (
  suite: Suite,
  { group, generation }: SessionRow
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const { state } = await suite.create({ group: base64urlToBytes(group), generation, members: [] })
  if (state instanceof Uint8Array) throw new AppError('internal', 'a state in one piece')
  return state
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
