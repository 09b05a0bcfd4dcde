/** What people do in chats, and what pages do that die while their person presses a button. */
import { AppError } from '../../src/base/errors.ts'
import type { Did, MessageId } from '../../src/model/ids.ts'
import { Killed, type Person } from '../cast.ts'
import { acquaintances, isIn, knowsOf, lastChange, nodeOf, note, pick, type Room, type Run, viewOf } from './run.ts'

/** A crash in the middle of a command is a fate, and a right that was lost meanwhile is an answer; neither is a failure. */
export const survive = async <T>(job: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await job()
  } catch (error) {
    if (error instanceof Killed || isRefusal(error)) return undefined
    throw error
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof AppError &&
  ['aborted', 'conflict', 'not-found', 'not-ready', 'quota', 'untrusted'].includes(error.code)

/** Somewhere this person may write. */
const roomFor = async (run: Run, by: Person): Promise<Room | undefined> => {
  const { random, groups } = run
  const group = random.fraction() < 0.6 ? pick(random, groups) : undefined
  const view = group && (await viewOf(by, group))
  if (group !== undefined && isIn(view) && view.may.write) return { kind: 'group', chat: group.chat, group, view }
  const to = pick(random, acquaintances(run, by))
  return to && { kind: 'direct', chat: await by.chatWith(to), to }
}

const nameOf = (room: Room): string => (room.kind === 'direct' ? room.to.name : `the group ${room.group.history}`)

/** The writer was told that it is safe. */
const promise = async (run: Run, by: Person, room: Room, said: { id: MessageId; text: string }): Promise<void> => {
  const { chat } = room
  const { step } = run
  if (room.kind === 'direct') {
    const members = new Set([by.did, room.to.did])
    run.written.push({ ...said, by, chat, step, to: room.to, members, knownOut: new Set() })
    return
  }
  const { group, view } = room
  const knownOut = new Set<Did>()
  for (const did of group.changes.keys()) {
    const removal = lastChange(group, did)
    if (removal?.kind === 'remove' && removal.event !== undefined && !by.isDead && (await knowsOf(by, [removal])))
      knownOut.add(did)
  }
  run.written.push({ ...said, by, chat, step, group, members: new Set(view.members.map(({ did }) => did)), knownOut })
}

const newText = (run: Run, by: Person): string => {
  const text = `${by.name} #${++run.serial}`
  run.attempted.add(text)
  return text
}

export const write = async (run: Run, by: Person): Promise<void> => {
  const room = await roomFor(run, by)
  if (room === undefined) return
  const text = newText(run, by)
  note(run, `${by.name} writes to ${nameOf(room)}: ${text}`)
  const id = await survive(() => by.messenger.send(room.chat, { text }, `nonce ${text}`))
  if (id !== undefined) await promise(run, by, room, { id, text })
}

/** The command is on its way when the page goes; whoever opens the app again presses nothing, the page repeats the call. */
export const writeOnDyingPage = async (run: Run, by: Person): Promise<void> => {
  const room = await roomFor(run, by)
  if (room === undefined) return
  const text = newText(run, by)
  run.faults.pageKills++
  note(run, `${by.name} writes to ${nameOf(room)}: ${text}, and the page dies`)
  const nonce = `nonce ${text}`
  // sometimes the call never reached the worker, and sometimes the worker dies with it
  if (run.random.fraction() < 0.8) {
    if (run.random.fraction() < 0.3) arm(run, by, 1)
    void survive(() => by.messenger.send(room.chat, { text }, nonce))
  }
  run.unanswered.push({ by, room, text, nonce, due: run.step + Math.floor(run.random.fraction() * 4) })
}

export const repeatCalls = async (run: Run): Promise<void> => {
  for (const call of run.unanswered.splice(0)) {
    if (call.due > run.step || call.by.isDead) {
      run.unanswered.push(call)
      continue
    }
    const { by, room, text, nonce } = call
    const id = await survive(() => by.messenger.send(room.chat, { text }, nonce))
    note(run, `${by.name} has sent ${text}: ${id === undefined ? 'no' : 'yes'}`)
    // dead again: the next page asks again
    if (id === undefined && by.isDead) run.unanswered.push(call)
    else if (id !== undefined) await promise(run, by, room, { id, text })
  }
}

export const arm = (run: Run, person: Person, most: number): void => {
  run.faults.workerKills++
  const at = 1 + Math.floor(run.random.fraction() * most)
  person.killAt(at, run.random.fraction() < 0.5 ? 'before' : 'after')
}

/** Reacts to, reads, edits or removes something that was written lately. */
export const touch = async (run: Run, person: Person): Promise<void> => {
  const { written, random } = run
  const near = written.slice(-40).filter(({ members }) => members.has(person.did))
  const one = pick(random, near)
  const what = random.fraction()
  if (one === undefined) return
  const view = (await person.timeline(one.chat)).messages.find(({ id }) => id === one.id)
  if (view === undefined || view.removed) return
  const node = nodeOf(person)
  const act = async (name: string, job: () => Promise<void>): Promise<void> => {
    note(run, `${person.name} ${name} ${one.text}`)
    await survive(job)
  }
  if (what < 0.4) {
    const emoji = what < 0.1 ? null : what < 0.25 ? '👍' : '🎉'
    await act('reacts to', () => node.react(one.chat, one.id, emoji))
  } else if (what < 0.7) await act('reads', () => node.markRead(one.chat, one.id))
  else if (view.mine && what < 0.9) await act('edits', () => node.edit(one.chat, one.id, `${one.text}, edited`))
  else if (view.mine) await act('removes', () => node.remove(one.chat, one.id, 'everyone'))
}
