/**
 * Objects that hold keys. Guarded ones print as dots and refuse JSON, so that no log line or report can carry them by
 * accident; wiped ones hold zeros. Their fields stay readable for the code that works with them.
 */
const DOTS = '•••'
/** Node's console asks an object for this before it prints the fields. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** A guarded copy; the byte arrays in it are the same ones. Spreading it gives a plain object again. */
export const guardSecret = <T extends object>(value: T): T => {
  const dots = { value: () => DOTS }
  const refuse = {
    value: () => {
      throw new TypeError('a secret is never serialised')
    }
  }
  return Object.defineProperties({ ...value }, { toJSON: refuse, toString: dots, [INSPECT]: dots })
}

/** Fills every byte array in `value`, at any depth of plain objects and lists, with zeros. */
export const wipeSecret = (value: unknown): void => {
  if (value instanceof Uint8Array) value.fill(0)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) wipeSecret(item)
}
