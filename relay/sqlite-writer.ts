/**
 * Group commit: jobs that arrive in one turn of the event loop share one transaction and one fsync. A promise resolves
 * after the commit. A failing job undoes only itself; a failing commit (a full disk) fails all, and nothing was written.
 */
import type { DatabaseSync } from 'node:sqlite'

export interface Writer {
  write<T>(job: () => T): Promise<T>
  /** Resolves when what was asked for so far is written. */
  drain(): Promise<void>
}

interface Job {
  /** Runs inside the transaction; answers how to tell the caller after the commit. */
  readonly run: () => () => void
  readonly reject: (error: unknown) => void
}

export const createWriter = (db: DatabaseSync, onFailed: () => void): Writer => {
  let waiting: Job[] = []
  let flushed: Promise<void> | undefined

  const inSavepoint = <T>(job: () => T): T => {
    db.exec('SAVEPOINT job')
    try {
      const value = job()
      db.exec('RELEASE job')
      return value
    } catch (error) {
      db.exec('ROLLBACK TO job; RELEASE job')
      throw error
    }
  }

  const flush = (): void => {
    const jobs = waiting
    waiting = []
    flushed = undefined
    try {
      db.exec('BEGIN IMMEDIATE')
      const tell = jobs.map(({ run }) => run())
      db.exec('COMMIT')
      for (const answer of tell) answer()
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      onFailed()
      for (const { reject } of jobs) reject(error)
    }
  }

  return {
    write: (job) =>
      new Promise((resolve, reject) => {
        const run = (): (() => void) => {
          try {
            const value = inSavepoint(job)
            return () => resolve(value)
          } catch (error) {
            return () => reject(error)
          }
        }
        waiting.push({ run, reject })
        flushed ??= new Promise((done) => {
          setImmediate(() => {
            flush()
            done()
          })
        })
      }),
    drain: async () => {
      await flushed
    }
  }
}
