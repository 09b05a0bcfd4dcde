/** MLS suites of people with real accounts, on one clock. */
import { AppError } from '../../../../src/base/errors.ts'
import { seededRandom } from '../../../../src/base/random.ts'
import type { AccountSecrets } from '../../../../src/crypto/account.ts'
import { type VerifiedBinding, verifyBinding } from '../../../../src/crypto/binding.ts'
import type { Did } from '../../../../src/crypto/did.ts'
import { type VerifiedDocument, verifyDocument } from '../../../../src/crypto/document.ts'
import { createAuthentication, type DocumentsOf } from '../../../../src/crypto/mls/authentication.ts'
import type { MlsSuiteName } from '../../../../src/crypto/mls/mls.ts'
import { createTsMls } from '../../../../src/crypto/mls/ts-mls.ts'
import {
  type CommitRequest,
  type Epochs,
  type KeyPackagePair,
  type Member,
  memberOf,
  type SessionState,
  type Suite
} from '../../../../src/crypto/suite.ts'
import { createMlsSuite } from '../../../../src/crypto/suites/mls.ts'
import { loadCast, NAMES } from '../../../cast.ts'

export type Name = (typeof NAMES)[number]
export const START = Date.UTC(2026, 10, 20, 12)
export const MINUTE = 60_000
export const DAY = 86_400_000
const LIFETIME_MS = 30 * DAY

export interface Player {
  readonly name: string
  readonly account: AccountSecrets
  readonly document: VerifiedDocument
  readonly binding: VerifiedBinding
  readonly suite: Suite
  readonly epochs: Epochs
  keys: KeyPackagePair
  member: Member
  state: SessionState
}

export interface Stage {
  readonly clock: { now(): number; set(ms: number): void }
  /** What everybody knows of everybody; a test may take somebody's documents away or forge them. */
  readonly documents: Map<Did, readonly VerifiedDocument[]>
  player(name: Name): Promise<Player>
  /** Another suite object over the same account, as after a restart. */
  restart(player: Player): Player
}

export const setStage = async (suiteName: MlsSuiteName, seed = 1): Promise<Stage> => {
  let now = START
  const clock = { now: () => now, set: (ms: number): void => void (now = ms) }
  const documents = new Map<Did, readonly VerifiedDocument[]>()
  const documentsOf: DocumentsOf = async (did) => documents.get(did) ?? []
  const random = seededRandom(seed)
  const suiteOf = (account: AccountSecrets): Suite =>
    createMlsSuite({
      mls: createTsMls(suiteName, random),
      own: () => ({
        credential: account.device.binding,
        signatureKey: account.device.key,
        signatureSeed: account.device.seed
      }),
      authentication: createAuthentication(documentsOf),
      clock
    })
  const cast = await loadCast()
  return {
    clock,
    documents,
    player: async (name) => {
      const account = cast.get(name)
      if (account === undefined) throw new Error(name)
      const document = await verifyDocument(account.document)
      documents.set(document.did, [document])
      const binding = await verifyBinding(account.device.binding, document, now)
      const suite = suiteOf(account)
      const epochs = epochsOf(suite)
      const keys = await epochs.makeKeyPackage({ notBefore: now - 60 * MINUTE, notAfter: now + LIFETIME_MS })
      const member = { ...memberOf(document, binding), keyPackage: keys.keyPackage }
      return { name, account, document, binding, suite, epochs, keys, member, state: new Map() }
    },
    restart: (player) => {
      const suite = suiteOf(player.account)
      const { state } = player
      if (state instanceof Uint8Array) throw new Error('not an MLS state')
      const copy = new Map([...state].map(([name, part]) => [name, new Uint8Array(part)]))
      return { ...player, suite, epochs: epochsOf(suite), state: copy }
    }
  }
}

const epochsOf = ({ epochs }: Suite): Epochs => {
  if (epochs === undefined) throw new Error('not an MLS suite')
  return epochs
}

export const group = new Uint8Array(32).fill(4)
export const anything = (): boolean => true

/** The first founds, all others join. */
export const found = async (founder: Player, ...others: readonly Player[]): Promise<void> => {
  const members = [founder, ...others].map(({ member }) => member)
  const { state, toNewcomers, tree } = await founder.suite.create({ group, generation: 0, members })
  founder.state = state
  for (const player of others) await admit(player, toNewcomers, tree)
}

export const admit = async (
  player: Player,
  welcome: Uint8Array | undefined,
  tree: Uint8Array | undefined
): Promise<void> => {
  if (welcome === undefined || tree === undefined) throw new Error('no Welcome')
  player.state = (await player.epochs.join({ welcome, tree, keys: player.keys })).state
}

/** Takes a commit and follows it. */
export const take = async (
  player: Player,
  commit: Uint8Array,
  isAllowed: (request: CommitRequest) => boolean = anything
): Promise<void> => {
  const { state, epoch } = await player.epochs.receive(player.state, commit, isAllowed)
  player.state = player.epochs.follow(state, epoch.id)
}

export const seal = async (player: Player, plaintext: Uint8Array): Promise<Uint8Array> => {
  const { state, sealed } = await player.suite.seal(player.state, plaintext, 0)
  player.state = state
  return sealed
}

export const open = async (player: Player, sealed: Uint8Array) => {
  const opened = await player.suite.open(player.state, sealed)
  player.state = opened.state
  return opened
}

export const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : String(error))
