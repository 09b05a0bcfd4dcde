/**
 * What the interface may know about its connection to the node. Plain callbacks, no signals: `ui/state` wraps them.
 * A page never reloads by itself; it says that an update is ready and waits for `applyUpdate`.
 */
import type { StartFailure } from '../frames.ts'

export type LinkState =
  /** The worker starts, opens its database, and so on. Nothing has failed. */
  | 'starting'
  /** Another version of the app is running in another tab; `applyUpdate` makes that one hand over. */
  | 'waiting'
  | 'ready'
  /** The worker died or hung and a new one is being started; commands wait, feeds keep their last snapshot. */
  | 'restarting'
  /** Another tab runs a newer version, and this one has no node any more: only `applyUpdate` (a reload) helps. */
  | 'outdated'
  /** The node cannot start: see `failure`. `retry` tries again with a fresh worker. */
  | 'failed'

export interface PageLink {
  readonly state: LinkState
  /** Why the start failed; set while `state` is `failed`. */
  readonly failure?: StartFailure | undefined
  /** A new version is installed and waits for the person's consent. */
  readonly updateReady: boolean
  onChange(listener: () => void): () => void
  /** Tells `updateReady` at once, and again at every change; returns how to stop. */
  watchUpdate(tell: (ready: boolean) => void): () => void
  /** Agrees to the update: the node hands over and this page reloads. */
  applyUpdate(): void
  retry(): void
}
