/** Chance comes in by name, so that every test can print its seed. Lint bans Math.random elsewhere. */
export interface Random {
  /** `size` fresh random bytes. */
  bytes(size: number): Uint8Array
  /** A float in [0, 1), for jitter and choices that need no secrecy. */
  fraction(): number
}

declare const crypto: { getRandomValues<T extends ArrayBufferView>(array: T): T }

export const systemRandom: Random = {
  bytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  fraction: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}

/** mulberry32: small, fast, good enough for tests and simulations; never for keys in production. */
export const seededRandom = (seed: number): Random => {
  let state = seed | 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return { fraction, bytes: (size) => Uint8Array.from({ length: size }, () => Math.floor(fraction() * 256)) }
}
