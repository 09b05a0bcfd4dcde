declare const brand: unique symbol

/** A string (or number, bytes) that cannot be mixed up with another kind of id. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name }
