/**
 * What the store needs of the cryptography, handed in by whoever opens it: this room knows no keys. Everything here but
 * `openLater` is synchronous, because a transaction of IndexedDB is over as soon as one waits for anything else.
 */

/** The two places on disk: what is read at the start, and what is read when it is wanted. */
export type Shelf = 'rows' | 'pages'

export interface Vault {
  /** One letter. Every id begins with it: a store that is being sealed again knows what is done. */
  readonly generation: string
  /** Where a row of that name lies: the same for the same row, and meaningless without the key. */
  idOf(table: string, key: string): string
  /** Where something lies that is found by memory alone. */
  newId(): string
  seal(shelf: Shelf, id: string, plain: Uint8Array): Uint8Array<ArrayBuffer>
  /** @throws AppError `untrusted` for what was sealed for another place or with another key, or was changed. */
  open(shelf: Shelf, id: string, sealed: Uint8Array): Uint8Array
  /** The same, faster for many, outside of transactions. */
  openLater(shelf: Shelf, id: string, sealed: Uint8Array): Promise<Uint8Array>
  /** The keys are gone; everything above throws from here on. */
  wipe(): void
}
