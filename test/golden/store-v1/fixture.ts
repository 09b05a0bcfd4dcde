/**
 * The database of schema version 1, filled by a short story: `node test/golden/store-v1/make.ts` wrote tables.json once.
 * It is never written again: later versions must open it as it is.
 */
import { base64urlToBytes, bytesToBase64url } from '../../../src/base/bytes.ts'

export const writeFixture = (tables: Readonly<Record<string, readonly unknown[]>>): string =>
  JSON.stringify(
    tables,
    (_, item: unknown) => (item instanceof Uint8Array ? { $bytes: bytesToBase64url(item) } : item),
    1
  )

export const readFixture = (text: string): Readonly<Record<string, readonly unknown[]>> =>
  JSON.parse(text, (_, item: unknown) => {
    const bytes = (item as { readonly $bytes?: unknown } | null)?.$bytes
    return typeof bytes === 'string' ? base64urlToBytes(bytes) : item
  }) as Record<string, readonly unknown[]>
