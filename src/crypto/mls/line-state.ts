/** A session's epochs as named parts and back. Whole epochs are unpacked when they are first needed. */
import { base64urlToBytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../device-id.ts'
import { didFromKey, keyFromDid } from '../did.ts'
import type { EpochId, SessionMember, SessionState } from '../suite.ts'
import { idOf, type Kept, type Line, type Past } from './line.ts'
import type { EpochParts, Mls, Own } from './mls.ts'
import { lineShape } from './shapes.ts'

const HEAD = 'line'
const PARTS = ['core', 'tree', 'secrets'] as const

const toPerson = ({ did, device }: SessionMember) => ({ didKey: keyFromDid(did), device: keyFromDeviceId(device) })
const fromPerson = (
  person: ReturnType<typeof toPerson> | { didKey: Uint8Array; device: Uint8Array }
): SessionMember => ({
  did: didFromKey(person.didKey),
  device: deviceIdFromKey(person.device)
})

const encodeHead = ({ group, generation, current, epochs, pasts }: Line): Uint8Array =>
  lineShape.encode({
    version: 1,
    group,
    generation,
    current: base64urlToBytes(current),
    epochs: epochs.map(({ info, endedAt }) => ({
      id: base64urlToBytes(info.id),
      parent: info.parent && base64urlToBytes(info.parent),
      number: info.number,
      committer: info.committer && toPerson(info.committer),
      added: info.added.map(toPerson),
      removed: info.removed.map(toPerson),
      issued: info.issued,
      isMember: info.isMember,
      endedAt
    })),
    pasts: pasts.map(({ id, number, endedAt }) => ({ id: base64urlToBytes(id), number, endedAt }))
  })

/** Lines by the state they came from or went into: the hot session is never unpacked twice. */
const lines = new WeakMap<object, Line>()

export const saveLine = (line: Line): SessionState => {
  const head = line.head ?? encodeHead(line)
  const state = new Map<string, Uint8Array>([[HEAD, head]])
  for (const { info, parts } of line.epochs) {
    if (parts === undefined) continue
    for (const name of PARTS) state.set(`${info.id}/${name}`, parts[name])
  }
  for (const { id, data } of line.pasts) state.set(`${id}/past`, data)
  lines.set(state, { ...line, head })
  return state
}

export const loadLine = (mls: Mls, state: SessionState, own: Own): Line => {
  const known = lines.get(state)
  if (known !== undefined) return known
  if (state instanceof Uint8Array) throw new AppError('internal', 'a state of another suite')
  const line = readLine(mls, state, own)
  lines.set(state, line)
  return line
}

const readLine = (mls: Mls, state: ReadonlyMap<string, Uint8Array>, own: Own): Line => {
  const part = (name: string): Uint8Array => {
    const found = state.get(name)
    if (found === undefined) throw new AppError('internal', `a session without its part ${name}`)
    return found
  }
  const partsOf = (id: EpochId): EpochParts => ({
    core: part(`${id}/core`),
    tree: part(`${id}/tree`),
    secrets: part(`${id}/secrets`)
  })
  const head = part(HEAD)
  const { group, generation, current, epochs, pasts } = lineShape.decode(head)
  return {
    group,
    generation,
    current: idOf(current),
    head,
    epochs: epochs.map(({ id: hash, parent, committer, added, removed, endedAt, ...rest }): Kept => {
      const id = idOf(hash)
      const parts = rest.isMember ? partsOf(id) : undefined
      return {
        info: {
          id,
          number: rest.number,
          issued: rest.issued,
          isMember: rest.isMember,
          ...(parent && { parent: idOf(parent) }),
          ...(committer && { committer: fromPerson(committer) }),
          added: added.map(fromPerson),
          removed: removed.map(fromPerson)
        },
        ...(endedAt !== undefined && { endedAt }),
        parts,
        epoch: once(() => {
          if (parts === undefined) throw new AppError('not-ready', 'no longer a member')
          return mls.load(parts, own)
        })
      }
    }),
    pasts: pasts.map(({ id: hash, number, endedAt }): Past => {
      const id = idOf(hash)
      const data = part(`${id}/past`)
      return { id, number, endedAt, data, past: once(() => mls.loadPast(data)) }
    })
  }
}

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
