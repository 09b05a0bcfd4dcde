/**
 * The part of a message port that the bridge needs. A MessagePort has it, and so has a BroadcastChannel between two
 * parties (which cannot carry `transfer`). Frames arrive as `unknown`: whoever listens decodes them.
 */
export interface PortEvent {
  readonly data: unknown
  readonly ports?: readonly MessagePort[]
}

export interface Port {
  postMessage(frame: unknown, transfer?: Transferable[]): void
  addEventListener(type: 'message', listener: (event: PortEvent) => void): void
  removeEventListener(type: 'message', listener: (event: PortEvent) => void): void
  start?(): void
  close(): void
}
