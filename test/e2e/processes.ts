/** Processes that a story started: found by their parent, ended by pid, never by name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const parentOf = (pid: string): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch (cause) {
    // the process ended while we were reading; on systems without /proc there is nothing to find
    if (existsSync(`/proc/${pid}`)) throw cause
    return undefined
  }
}

/** `root` and everything below it, parents first. Without /proc only `root`. */
export const familyOf = (root: number): readonly number[] => {
  if (!existsSync('/proc/self/stat')) return [root]
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const)
  const family = [root]
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member) family.push(pid)
  }
  return family
}

export const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // ended meanwhile
  }
}

const isGone = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ESRCH'

/** Answers false when there was no such process any more. */
export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name)
    return true
  } catch (cause) {
    if (isGone(cause)) return false
    throw cause
  }
}

export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch (cause) {
    if (isGone(cause)) return false
    throw cause
  }
  // a zombie waits for its parent to look; it runs no more
  if (!existsSync('/proc/self/stat')) return true
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

/** SIGKILL for a whole family, and back only when it is gone. */
export const killFamily = async (root: number): Promise<void> => {
  const family = familyOf(root)
  for (const pid of family) signal(pid, 'SIGKILL')
  await until('processes to end', () => !family.some(isRunning), 5_000)
}

/** Asks again every 25 ms until `test` answers something true. Conditions, never durations. */
export const until = async <T>(
  what: string,
  test: () => T | Promise<T>,
  timeoutMs: number
): Promise<Exclude<T, false | undefined | null>> => {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await test()
    if (answer) return answer as Exclude<T, false | undefined | null>
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await delay(25)
  }
}
