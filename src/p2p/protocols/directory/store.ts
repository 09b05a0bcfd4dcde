/**
 * What a directory needs of its storage, and the rule of ID5 about which heads it keeps, so that every store decides the
 * same. All answers are durable when their promise resolves.
 */
import { compareBytes, sameBytes } from '../../../base/bytes.ts'
import { MAX_HEADS_PER_DID } from '../../../wire/directory.ts'

/** A head whose signatures have been checked. */
export interface StoredHead {
  readonly didKey: Uint8Array
  readonly generation: number
  readonly seq: number
  readonly documentHash: Uint8Array
  readonly issued: number
  readonly freshUntil: number
  /** SHA-256 of `bytes`. */
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

export interface StoredDocument {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  /** Of the account's first root key; present while that is the one in force. */
  readonly fingerprint: Uint8Array | undefined
}

/** A card put whose signature has been checked. */
export interface StoredCard {
  readonly id: Uint8Array
  readonly writer: Uint8Array
  readonly issued: number
  readonly endsAt: number
  /** Undefined: taken back. */
  readonly sealed: Uint8Array | undefined
}

export interface DirectoryStore {
  /** `needed`: its document is neither given nor here. */
  keepHead(head: StoredHead, document: StoredDocument | undefined): Promise<'ok' | 'known' | 'old' | 'needed' | 'full'>
  /** DH2: remembers the place of a head that lies elsewhere (in the DHT). `old`: a higher one was seen before. */
  pinHead(head: StoredHead): Promise<'ok' | 'old' | 'full'>
  heads(didKey: Uint8Array): Promise<readonly Uint8Array[]>
  document(hash: Uint8Array): Promise<Uint8Array | undefined>
  didKeys(fingerprint: Uint8Array): Promise<readonly Uint8Array[]>
  /** `refused`: another writer's. */
  keepCard(card: StoredCard): Promise<'ok' | 'known' | 'old' | 'refused' | 'full'>
  card(id: Uint8Array): Promise<Uint8Array | undefined>
  usage(): Promise<{ readonly blobs: number; readonly bytes: number }>
  /** Forgets what is over. Called now and then. */
  sweep(): Promise<void>
  close(): Promise<void>
}

type Placed = Pick<StoredHead, 'generation' | 'seq' | 'issued' | 'hash'>

/** ID5: place first; two heads at one place never conflict, the later (minute, hash) wins. */
export const compareStored = (a: Placed, b: Placed): number =>
  a.generation - b.generation || a.seq - b.seq || a.issued - b.issued || compareBytes(a.hash, b.hash)

const isSamePlace = (a: Placed, b: Placed): boolean => a.generation === b.generation && a.seq === b.seq

/** Which heads of one account stay when another comes. `known` are those kept so far. */
export const placeHead = (
  known: readonly StoredHead[],
  fresh: StoredHead
): { readonly outcome: 'ok' | 'known' | 'old' | 'full'; readonly keep: readonly StoredHead[] } => {
  if (known.some(({ hash }) => sameBytes(hash, fresh.hash))) return { outcome: 'known', keep: known }
  const top = known.toSorted(compareStored).at(-1)
  if (top === undefined || fresh.generation > top.generation) return { outcome: 'ok', keep: [fresh] }
  if (fresh.generation < top.generation || fresh.seq < top.seq) return { outcome: 'old', keep: known }

  if (isSamePlace(fresh, top)) {
    const same = known.find((one) => isSamePlace(one, fresh) && sameBytes(one.documentHash, fresh.documentHash))
    // another document at one place is duplicity: both stay, as proof
    if (same === undefined && known.length >= MAX_HEADS_PER_DID) return { outcome: 'full', keep: known }
    if (same === undefined) return { outcome: 'ok', keep: [...known, fresh] }
    if (compareStored(fresh, same) < 0) return { outcome: 'old', keep: known }
    return { outcome: 'ok', keep: [...known.filter((one) => one !== same), fresh] }
  }
  return { outcome: 'ok', keep: [...firstDuplicity(known), fresh] }
}

/** The lowest place with two documents: the proof that readers need until a higher generation ends it. */
const firstDuplicity = (known: readonly StoredHead[]): readonly StoredHead[] => {
  const sorted = known.toSorted(compareStored)
  for (const one of sorted) {
    const twins = sorted.filter((other) => isSamePlace(one, other))
    if (twins.length > 1) return twins.slice(0, 2)
  }
  return []
}
