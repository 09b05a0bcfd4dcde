/** Pieces from a page, one at a time, for a reader that asks for them: a piece is answered when the reader wants the next. */
export interface Inlet {
  readonly pieces: AsyncIterable<Uint8Array>
  /** Resolves when the piece was taken in, or nobody reads any more. */
  push(piece: Uint8Array): Promise<void>
  /** No more pieces come. */
  end(): void
  /** Nobody reads any more. */
  close(): void
}

export const createInlet = (): Inlet => {
  let give: ((piece: Uint8Array | undefined) => void) | undefined
  let told: (() => void)[] = []
  let isClosed = false
  const isWanted = (): Promise<void> =>
    give !== undefined || isClosed ? Promise.resolve() : new Promise((resolve) => void told.push(resolve))
  const tell = (): void => {
    for (const resolve of told) resolve()
    told = []
  }
  const hand = (piece: Uint8Array | undefined): void => {
    const to = give
    give = undefined
    to?.(piece)
  }
  async function* read(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      if (isClosed) return
      const asking = new Promise<Uint8Array | undefined>((resolve) => {
        give = resolve
      })
      tell()
      const piece = await asking
      if (piece === undefined) return
      yield piece
    }
  }
  return {
    pieces: read(),
    push: async (piece) => {
      await isWanted()
      hand(piece)
      await isWanted()
    },
    end: () => void isWanted().then(() => hand(undefined)),
    close: () => {
      isClosed = true
      tell()
    }
  }
}
