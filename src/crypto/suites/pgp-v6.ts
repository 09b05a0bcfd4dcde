/**
 * SU2: OpenPGP v6 as a conversation suite: signed by the sender's signing subkey, then sealed to one encryption subkey of
 * every device. No ratchet: the state names the members and never changes by sealing or opening. What is signed begins
 * with the session's secret group id, so a member cannot pass it on into another session.
 * Of a device's subkeys only the preferred one is used: sealing to X25519 as well would undo the post-quantum one.
 */
import { bytesToHex, concat, sameBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { bytes, field, fixed, flag, listOf, message, type Of, uint, version } from '../../wire/schema.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../device-id.ts'
import { didFromKey, keyFromDid } from '../did.ts'
import { DOMAINS } from '../domains.ts'
import { inDomain } from '../hash.ts'
import { readCertificate, readSecret, type SecretCertificate } from '../pgp-keys.ts'
import { openMessage, sealMessage } from '../pgp-message.ts'
import type { Member, SessionState, Suite } from '../suite.ts'

const LARGEST_GROUP = 50

const member = message(
  'pgp-member',
  { max: 512 },
  {
    didKey: field(1, fixed(32)),
    device: field(2, fixed(32)),
    /** Which of `certificates`. */
    certificate: field(3, uint({ max: LARGEST_GROUP })),
    signing: field(4, fixed(32)),
    encryption: field(5, listOf(fixed(32), { min: 1, max: 4 })),
    /** The one of `encryption` that messages go to, and whether it is a post-quantum one. */
    chosen: field(6, fixed(32)),
    isPostQuantum: field(7, flag)
  }
)

/** Not a wire shape: it never leaves the device. */
const pgpState = message(
  'pgp-state',
  { max: 1024 * 1024 },
  {
    version: field(0, version(1)),
    group: field(1, fixed(32)),
    generation: field(2, uint({ max: 0xffff })),
    certificates: field(3, listOf(bytes({ min: 1, max: 16 * 1024 }), { max: LARGEST_GROUP })),
    members: field(4, listOf(member, { max: LARGEST_GROUP }))
  }
)
type State = Of<typeof pgpState>

/** ID1: the post-quantum subkey when the device has one, else its best other. */
const choose = async (one: Member): Promise<{ readonly chosen: Uint8Array; readonly isPostQuantum: boolean }> => {
  const { subkeys } = await readCertificate(one.certificate)
  const pqc = one.encryption.find((wanted) =>
    subkeys.some(({ use, fingerprint }) => use === 'pqc' && sameBytes(fingerprint, wanted))
  )
  const chosen = pqc ?? one.encryption[0]
  if (chosen === undefined) throw new AppError('untrusted', 'a device without encryption subkey')
  return { chosen, isPostQuantum: pqc !== undefined }
}

const encode = async (
  session: Pick<State, 'group' | 'generation'>,
  members: readonly Member[]
): Promise<SessionState> => {
  if (members.length > LARGEST_GROUP) throw new AppError('quota', `more than ${LARGEST_GROUP} devices`)
  const { group, generation } = session
  const certificates: Uint8Array[] = []
  const indexOf = (certificate: Uint8Array): number => {
    const known = certificates.findIndex((one) => sameBytes(one, certificate))
    return known === -1 ? certificates.push(certificate) - 1 : known
  }
  const rows = await Promise.all(
    members.map(async (one) => ({
      didKey: keyFromDid(one.did),
      device: keyFromDeviceId(one.device),
      certificate: indexOf(one.certificate),
      signing: one.signing,
      encryption: one.encryption,
      ...(await choose(one))
    }))
  )
  return pgpState.encode({ version: 1, group, generation, certificates, members: rows })
}

const membersOf = (state: State): readonly Member[] =>
  state.members.map((row) => ({
    did: didFromKey(row.didKey),
    device: deviceIdFromKey(row.device),
    certificate: state.certificates[row.certificate] ?? new Uint8Array(),
    signing: row.signing,
    encryption: row.encryption
  }))

const prefixOf = ({ group }: State): Uint8Array => inDomain(DOMAINS.payload, group)

/** `own`: this device's half of the account: its OpenPGP secret key and which subkey it signs with. */
export const createPgpV6 = (own: {
  readonly secretKey: Uint8Array
  readonly signing: Uint8Array
  readonly device: string
}): Suite => {
  const ownKey = keyFromDeviceId(own.device)
  let secret: Promise<SecretCertificate> | undefined
  const unlock = async (): Promise<SecretCertificate> => await (secret ??= readSecret(own.secretKey))

  // decoded states by object: an outbox seals many messages under one state
  const decoded = new WeakMap<SessionState, State>()
  const decode = (state: SessionState): State => {
    if (!(state instanceof Uint8Array)) throw new AppError('internal', 'a state of another suite')
    const known = decoded.get(state) ?? pgpState.decode(state)
    decoded.set(state, known)
    return known
  }

  const properties = { forwardSecrecy: false, postCompromise: false, postQuantum: true, largestGroup: LARGEST_GROUP }
  return {
    id: 'pgp-v6',
    properties,
    // a message is as strong as the weakest key it goes to
    propertiesOf: (state) => ({
      ...properties,
      postQuantum: decode(state).members.every(({ isPostQuantum }) => isPostQuantum)
    }),
    create: async ({ group, generation, members }) => ({ state: await encode({ group, generation }, members) }),
    add: async (state, members) => {
      const known = decode(state)
      const fresh = new Set(members.map(({ device }) => device))
      const others = membersOf(known).filter(({ device }) => !fresh.has(device))
      return { state: await encode(known, [...others, ...members]) }
    },
    remove: async (state, devices) => {
      const known = decode(state)
      const left = membersOf(known).filter(({ device }) => !devices.includes(device))
      return { state: await encode(known, left) }
    },
    members: (state) => membersOf(decode(state)),
    seal: async (state, plaintext, now) => {
      const known = decode(state)
      const others = known.members.filter(({ device }) => !sameBytes(device, ownKey))
      if (others.length === 0) throw new AppError('internal', 'nobody to seal to')
      const recipients = await Promise.all(
        others.map(async ({ certificate, chosen }) => ({
          certificate: await readCertificate(known.certificates[certificate] ?? new Uint8Array()),
          subkey: chosen
        }))
      )
      const signer = await unlock()
      const whole = concat(prefixOf(known), plaintext)
      const sealed = await sealMessage({ plaintext: whole, signer, signingSubkey: own.signing, recipients, now })
      return { state, sealed }
    },
    open: async (state, sealed) => {
      const known = decode(state)
      const opened = await openMessage(sealed, await unlock())
      const prefix = prefixOf(known)
      if (!sameBytes(opened.plaintext.subarray(0, prefix.length), prefix)) {
        throw new AppError('untrusted', 'sealed for another session or purpose')
      }
      const others = membersOf(known).filter(({ device }) => device !== own.device)
      const candidates = await Promise.all(
        others.map(async ({ did, device, certificate, signing }) => ({
          certificate: await readCertificate(certificate),
          subkey: signing,
          sender: { did, device }
        }))
      )
      const signer = await opened.whoSigned(candidates)
      if (signer === undefined) {
        throw new AppError('untrusted', `not signed by a member of ${bytesToHex(known.group).slice(0, 8)}`)
      }
      return { state, sender: signer.sender, plaintext: opened.plaintext.slice(prefix.length) }
    }
  }
}
