/** A key in memory: prints as dots, refuses to be serialised, and is wiped when its owner stops. */
export class Secret {
  #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The raw bytes, for the crypto room only. They are zero after `wipe`. */
  reveal(): Uint8Array {
    return this.#bytes
  }

  wipe(): void {
    this.#bytes.fill(0)
    this.#bytes = new Uint8Array(0)
  }

  toString(): string {
    return '•••'
  }

  toJSON(): never {
    throw new TypeError('a secret is never serialised')
  }
}
