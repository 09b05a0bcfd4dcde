/** SU1, SU2 as the page needs them: which suite a new group gets, and how many devices each can hold. */
import type { SuiteId } from '../../model/group-views.ts'

/** Above this many members the quantum-safe suite gets slow and may not hold everybody's devices. */
const MANY = 50

export const suiteFor = (members: number): SuiteId => (members > MANY ? 'mls-x25519' : 'mls-xwing')

export const SUITE_SIZE: Readonly<Record<SuiteId, number>> = { 'mls-xwing': 256, 'mls-x25519': 1000, 'pgp-v6': 50 }
