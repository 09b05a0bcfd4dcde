/** What stands for somebody where a picture is wanted. */
export interface Avatar {
  /** Hue 0–359 from the identity, for initials. */
  readonly hue: number
  readonly photo?: Uint8Array
}

/** The colour behind initials: from the identity, so that it is the same on every device and cannot be chosen. */
export const hueOf = (did: string): number => {
  let hash = 0x811c9dc5 // FNV-1a
  for (let at = 0; at < did.length; at++) hash = Math.imul(hash ^ did.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % 360
}
