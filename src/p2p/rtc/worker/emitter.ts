/** An EventTarget with `onname` attributes, as WebRTC's objects have them. A listener that throws stops no other. */
export type Listener = (event: Event) => unknown

export class RtcEvent extends Event {
  constructor(type: string, fields: object = {}) {
    super(type)
    Object.assign(this, fields)
  }
}

export class Emitter extends EventTarget {
  readonly #attributes = new Map<string, EventListener>()

  emit(type: string, fields: object = {}): void {
    this.dispatchEvent(new RtcEvent(type, fields))
  }

  protected attribute(type: string): Listener | null {
    return this.#attributes.get(type) ?? null
  }

  protected setAttribute(type: string, listener: Listener | null): void {
    const before = this.#attributes.get(type)
    if (before !== undefined) this.removeEventListener(type, before)
    this.#attributes.delete(type)
    if (typeof listener !== 'function') return
    this.#attributes.set(type, listener)
    this.addEventListener(type, listener)
  }
}
