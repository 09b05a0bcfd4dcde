/** ID7: what the QR of the safety number holds: both accounts' root fingerprints, the shower's own first. */
import { field, fixed, message, version, type Of } from './schema.ts'

export const safetyCodeData = message(
  'safety-code',
  { max: 96 },
  {
    version: field(0, version(1)),
    mine: field(1, fixed(32)),
    theirs: field(2, fixed(32))
  }
)
export type SafetyCodeData = Of<typeof safetyCodeData>
