/** What a simulated world ends with, and when that is a failure. The fields are a contract: others read this line. */
export interface SimOptions {
  readonly seed: number
  readonly steps: number
  readonly people: number
  /** What carries groups. */
  readonly suite?: string
  /** Somebody hands over forged rows. */
  readonly hostile?: boolean
  /** For whoever looks for a bug: each step, as it happens. */
  readonly tell?: (line: string) => void
}

export interface Faults {
  readonly lost: number
  readonly delayed: number
  readonly duplicated: number
  readonly reordered: number
  readonly partitions: number
  readonly pageKills: number
  readonly workerKills: number
  readonly skews: number
}

export interface SimResult {
  readonly seed: number
  readonly steps: number
  readonly people: number
  /** Messages whose writer was told that they cannot be lost. */
  readonly sent: number
  /** Of these: held by all who should have them. */
  readonly delivered: number
  /** The others, and messages that were shown as delivered before they were. */
  readonly lost: number
  /** Messages shown twice. */
  readonly duplicated: number
  /** Pairs of people who do not see the same, see what they must not, or see what nobody wrote. */
  readonly diverged: number
  /** What somebody holds and cannot read. */
  readonly unreadable: number
  readonly commits: number
  /** Epochs from which more than one commit went out. */
  readonly rivalCommits: number
  readonly joins: number
  readonly removals: number
  readonly faults: Faults
  readonly ms: number
  readonly hash: string
}

/** From so many steps on, a world in which something never happened has not been tried. */
const FULL_STEPS = 300

export const whatIsWrong = (result: SimResult): readonly string[] => {
  const { steps, sent, faults } = result
  const wrong = (['lost', 'duplicated', 'diverged', 'unreadable'] as const).filter((name) => result[name] !== 0)
  if (steps < FULL_STEPS) return wrong
  const never = (['commits', 'rivalCommits', 'joins', 'removals'] as const).filter((name) => result[name] === 0)
  const noFault = Object.entries(faults).filter(([, count]) => count === 0)
  return [
    ...wrong,
    ...never.map((name) => `no ${name}`),
    ...noFault.map(([name]) => `no fault: ${name}`),
    ...(sent < steps / 4 ? ['too little sent'] : [])
  ]
}
