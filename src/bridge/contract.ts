/** The typing rule of everything that crosses between page and node. */

/** A stream of snapshots. The reader pulls; a slow reader skips to the newest. */
export type Feed<T> = AsyncIterable<T>

/** Every method is a call; a method whose name starts with `watch` is a feed. */
export type Contract<Api> = {
  readonly [Name in keyof Api]: Name extends `watch${string}`
    ? (...args: never[]) => Feed<unknown>
    : (...args: never[]) => Promise<unknown>
}
