/** Counts what changes sessions, from what leaves the devices: each commit once, and epochs that more than one leads on from. */
import { bytesToHex } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/crypto/hash.ts'
import type { SimResult } from './result.ts'
import type { Run } from './run.ts'

interface CommitMail {
  readonly kind: string
  readonly group: string
  readonly epoch?: unknown
  readonly sealed: Uint8Array
}

export const watchCommits = ({ persons, world }: Run): (() => Pick<SimResult, 'commits' | 'rivalCommits'>) => {
  const byEpoch = new Map<string, Set<string>>()
  const look = (): void => {
    for (const { db } of persons) {
      const mail = (db.memory as { readonly mail?: ReadonlyMap<string, CommitMail> }).mail
      for (const { kind, group, epoch, sealed } of mail?.values() ?? []) {
        if (kind !== 'commit') continue
        const key = `${group} ${String(epoch)}`
        byEpoch.set(key, (byEpoch.get(key) ?? new Set()).add(bytesToHex(sha256(sealed))))
      }
    }
  }
  const { settle } = world
  Object.assign(world, {
    settle: async () => {
      await settle()
      look()
    }
  })
  return () => {
    const all = [...byEpoch.values()]
    return {
      commits: all.reduce((count, { size }) => count + size, 0),
      rivalCommits: all.filter(({ size }) => size > 1).length
    }
  }
}
