/** A directory store without a disk, for tests: the same rules in plain maps. */
import { bytesToHex, sameBytes } from '../../src/base/bytes.ts'
import type { Clock } from '../../src/base/clock.ts'
import { compareStored, placeHead } from '../../src/p2p/protocols/directory/store.ts'
import type { DirectoryStore, StoredCard, StoredHead } from '../../src/p2p/protocols/directory/store.ts'

const DAY_MS = 24 * 3600 * 1000

export const createMemoryDirectoryStore = ({ clock, maxBytes }: { clock: Clock; maxBytes: number }): DirectoryStore => {
  const heads = new Map<string, readonly StoredHead[]>()
  const pins = new Map<string, StoredHead>()
  const documents = new Map<string, { readonly bytes: Uint8Array; seen: number }>()
  const didKeys = new Map<string, Map<string, Uint8Array>>()
  const cards = new Map<string, StoredCard & { readonly keepUntil: number }>()

  const blobs = (): Uint8Array[] => [
    ...[...heads.values()].flat().map(({ bytes }) => bytes),
    ...[...documents.values()].map(({ bytes }) => bytes),
    ...[...cards.values()].flatMap(({ sealed }) => (sealed === undefined ? [] : [sealed]))
  ]
  const used = (): number => blobs().reduce((sum, { length }) => sum + length, 0)

  const pin = (head: StoredHead): 'ok' | 'old' => {
    const key = bytesToHex(head.didKey)
    const before = pins.get(key)
    const isLower =
      before !== undefined &&
      (before.generation > head.generation || (before.generation === head.generation && before.seq > head.seq))
    if (isLower) return 'old'
    if (before === undefined || compareStored(before, head) < 0) pins.set(key, head)
    return 'ok'
  }

  return {
    keepHead: async (head, document) => {
      const key = bytesToHex(head.didKey)
      const known = heads.get(key) ?? []
      const { outcome, keep } = placeHead(known, head)
      if (outcome !== 'ok') return outcome
      const name = bytesToHex(head.documentHash)
      if (document === undefined && !documents.has(name)) return 'needed'
      if (used() + head.bytes.length + (document?.bytes.length ?? 0) > maxBytes) return 'full'
      if (pin(head) === 'old') return 'old'
      for (const gone of known.filter((one) => !keep.includes(one))) {
        const left = documents.get(bytesToHex(gone.documentHash))
        if (left !== undefined) left.seen = clock.now()
      }
      const freshUntil = Math.min(head.freshUntil, clock.now() + 30 * DAY_MS)
      heads.set(
        key,
        keep.map((one) => (one === head ? { ...head, freshUntil } : one))
      )
      if (document === undefined) return 'ok'
      if (!documents.has(name)) documents.set(name, { bytes: document.bytes, seen: clock.now() })
      if (document.fingerprint !== undefined) {
        const fingerprint = bytesToHex(document.fingerprint)
        didKeys.set(fingerprint, (didKeys.get(fingerprint) ?? new Map<string, Uint8Array>()).set(key, head.didKey))
      }
      return 'ok'
    },
    pinHead: async (head) => pin(head),
    heads: async (didKey) => (heads.get(bytesToHex(didKey)) ?? []).toSorted(compareStored).map(({ bytes }) => bytes),
    document: async (hash) => documents.get(bytesToHex(hash))?.bytes,
    didKeys: async (fingerprint) => [...(didKeys.get(bytesToHex(fingerprint))?.values() ?? [])],
    keepCard: async (card) => {
      const key = bytesToHex(card.id)
      const before = cards.get(key)
      if (before !== undefined) {
        if (!sameBytes(before.writer, card.writer)) return 'refused'
        if (before.issued === card.issued) return 'known'
        if (before.issued > card.issued) return 'old'
      }
      if (used() + (card.sealed?.length ?? 0) - (before?.sealed?.length ?? 0) > maxBytes) return 'full'
      const longest = clock.now() + 30 * DAY_MS
      cards.set(key, { ...card, keepUntil: card.sealed === undefined ? longest : Math.min(card.endsAt, longest) })
      return 'ok'
    },
    card: async (id) => {
      const found = cards.get(bytesToHex(id))
      return found === undefined || found.keepUntil <= clock.now() ? undefined : found.sealed
    },
    usage: async () => ({ blobs: blobs().length, bytes: used() }),
    sweep: async () => {
      const now = clock.now()
      for (const [key, kept] of heads) {
        const alive = kept.filter(({ freshUntil }) => freshUntil >= now - 60 * DAY_MS)
        for (const gone of kept.filter((one) => !alive.includes(one))) {
          const left = documents.get(bytesToHex(gone.documentHash))
          if (left !== undefined) left.seen = now
        }
        if (alive.length === 0) heads.delete(key)
        else heads.set(key, alive)
      }
      const named = new Set([...heads.values()].flat().map(({ documentHash }) => bytesToHex(documentHash)))
      for (const [key, { seen }] of documents) if (!named.has(key) && seen < now - 60 * DAY_MS) documents.delete(key)
      for (const [key, { keepUntil }] of cards) if (keepUntil <= now) cards.delete(key)
    },
    close: async () => {}
  }
}
