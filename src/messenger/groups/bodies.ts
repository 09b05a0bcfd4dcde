/** What `member` events say: between the wire's keys and the model's ids (RO1). */
import { base64urlToBytes, bytesToBase64url } from '../../base/bytes.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../../crypto/device-id.ts'
import { didFromKey, keyFromDid } from '../../crypto/did.ts'
import type { MemberChange, Pass, Seat } from '../../model/roster.ts'
import type { MemberBody } from '../../wire/group.ts'
import { homeToText, textToHome } from '../../wire/home.ts'

type WireSeat = NonNullable<MemberBody['role']>
type WirePass = NonNullable<MemberBody['passes']>[number]

const toSeat = ({ account, role }: WireSeat): Seat => ({ account: didFromKey(account), role })
const fromSeat = ({ account, role }: Seat): WireSeat => ({ account: keyFromDid(account), role })
const toPass = ({ id, ...rest }: WirePass): Pass => ({ id: bytesToBase64url(id), ...rest })
const fromPass = ({ id, ...rest }: Pass): WirePass => ({ id: base64urlToBytes(id), ...rest })

/** The body says exactly one thing (checked by `readMemberBody`). */
export const toMemberChange = (body: Omit<MemberBody, 'version' | 'after'>): MemberChange => {
  const { found, add, remove, role, policies, homes, passes } = body
  if (found !== undefined) {
    const { nonce: _, ...said } = found
    return {
      kind: 'found',
      ...said,
      seats: found.seats.map(toSeat),
      homes: found.homes.map(homeToText),
      passes: found.passes.map(toPass)
    }
  }
  if (add !== undefined) {
    return { kind: 'add', seats: add.seats.map(toSeat), ...(add.pass && { pass: bytesToBase64url(add.pass) }) }
  }
  if (remove !== undefined) {
    return {
      kind: 'remove',
      accounts: remove.accounts.map(didFromKey),
      cuts: remove.cuts.map(({ account, device, counter }) => ({
        account: didFromKey(account),
        device: deviceIdFromKey(device),
        counter
      }))
    }
  }
  if (role !== undefined) return { kind: 'role', ...toSeat(role) }
  if (policies !== undefined) return { kind: 'policies', policies }
  if (homes !== undefined) return { kind: 'homes', homes: homes.map(homeToText) }
  return { kind: 'passes', passes: (passes ?? []).map(toPass) }
}

/** Not for the founding one, whose nonce is its writer's. */
export const fromMemberChange = (
  change: Exclude<MemberChange, { kind: 'found' }>
): Omit<MemberBody, 'version' | 'after'> => {
  switch (change.kind) {
    case 'add':
      return {
        add: { seats: change.seats.map(fromSeat), ...(change.pass && { pass: base64urlToBytes(change.pass) }) }
      }
    case 'remove':
      return {
        remove: {
          accounts: change.accounts.map(keyFromDid),
          cuts: change.cuts.map(({ account, device, counter }) => ({
            account: keyFromDid(account),
            device: keyFromDeviceId(device),
            counter
          }))
        }
      }
    case 'role':
      return { role: fromSeat(change) }
    case 'policies':
      return { policies: change.policies }
    case 'homes':
      return { homes: change.homes.map(textToHome) }
    case 'passes':
      return { passes: change.passes.map(fromPass) }
  }
}

export const toFounding = (
  change: Extract<MemberChange, { kind: 'found' }>,
  nonce: Uint8Array
): Omit<MemberBody, 'version' | 'after'> => ({
  found: {
    nonce,
    name: change.name,
    suite: change.suite,
    seats: change.seats.map(fromSeat),
    homes: change.homes.map(textToHome),
    passes: change.passes.map(fromPass),
    policies: change.policies
  }
})
