/** ID5: where a document stands in its account's history. A higher generation beats any seq. */
import { field, message, uint, type Of } from './schema.ts'

export const place = message(
  'place',
  { max: 32 },
  { generation: field(1, uint({ max: 0xffff })), seq: field(2, uint()) }
)
export type Place = Of<typeof place>

/** Negative: `a` is older. */
export const comparePlaces = (a: Place, b: Place): number => a.generation - b.generation || a.seq - b.seq
