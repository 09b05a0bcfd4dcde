/**
 * Looks over everybody's shoulder at what they seal: commits, epochs that more than one leads to, and messages
 * sealed to somebody who, for their sender, was no member any more.
 */
import type { Did } from '../../src/model/ids.ts'
import type { MailRow } from '../../src/store/carried-rows.ts'
import type { Person } from '../cast.ts'
import type { SimResult } from './result.ts'
import { type Group, note, type Run, viewOf } from './run.ts'

type Counted = Pick<SimResult, 'commits' | 'rivalCommits'>

export const watchMail = (run: Run): (() => Counted) => {
  const { persons, world, groups } = run
  const commitsByEpoch = new Map<string, Set<string>>()
  const seen = new Map<Person, Set<string>>(persons.map((person) => [person, new Set()]))
  /** They are replaced, never changed. */
  const counted = new WeakSet<object>()
  /** By person and group: who was out the last time somebody looked. */
  const outBefore = new Map<string, ReadonlySet<Did>>()

  const lookAtMember = async (person: Person, group: Group, fresh: readonly MailRow[]): Promise<void> => {
    const view = await viewOf(person, group)
    if (view === undefined) return
    const inside = new Set(view.members.map(({ did }) => did))
    const out = new Set(persons.filter(({ did }) => !inside.has(did)).map(({ did }) => did))
    const before = outBefore.get(`${person.name} ${group.chat}`) ?? new Set()
    outBefore.set(`${person.name} ${group.chat}`, out)
    for (const row of fresh) {
      const leaked = persons.filter(
        ({ did, device }) => out.has(did) && before.has(did) && row.devices.includes(device)
      )
      if (leaked.length === 0 || (await tellsWhoIsOut(person, row))) continue
      note(run, `${person.name} still seals to ${leaked.map(({ name }) => name).join(', ')}`)
      run.leaks++
    }
  }

  const look = async (): Promise<void> => {
    for (const person of persons) {
      if (person.isDead) continue
      const old = seen.get(person)
      const fresh: MailRow[] = []
      for (const row of person.db.memory.mail.values()) if (old?.has(row.id) === false) fresh.push(row)
      for (const { id } of fresh) old?.add(id)
      for (const { group, mls } of person.db.memory.sessions.values()) {
        if (mls === undefined || counted.has(mls.commits)) continue
        counted.add(mls.commits)
        for (const { id, number } of mls.commits) {
          const key = `${group} ${number}`
          commitsByEpoch.set(key, (commitsByEpoch.get(key) ?? new Set()).add(id))
        }
      }
      for (const group of groups) {
        const mine = fresh.filter(({ chat, kind }) => chat === group.chat && kind === 'sealed')
        if (mine.length > 0) await lookAtMember(person, group, mine)
      }
    }
  }
  const { settle } = world
  Object.assign(world, {
    settle: async () => {
      await settle()
      await look()
    }
  })
  return () => {
    // without a tree every change of who is in it is carried out by whoever writes next
    if (run.options.suite === 'pgp-v6') return { commits: run.joins + run.removals, rivalCommits: run.rivals }
    const all = [...commitsByEpoch.values()]
    return {
      commits: all.reduce((count, { size }) => count + size, 0),
      rivalCommits: all.filter(({ size }) => size > 1).length
    }
  }
}

/** Whoever was removed is told so, with the last that they can open. */
const tellsWhoIsOut = async ({ db }: Person, { eventIds }: MailRow): Promise<boolean> => {
  const events = await db.tables.events.bulkGet([...eventIds])
  return eventIds.length === 0 || events.some((event) => event?.kind === 'member')
}
