/**
 * Keeps out a node that hung, was robbed of the database, and woke up again. Whoever opens the store raises its epoch, and a
 * write whose epoch is not the newest any more is undone before it commits.
 */
import { AppError } from '../base/errors.ts'

export const FENCED = 'keyring'
const EPOCH = 'epoch'

const readEpoch = (tx: IDBTransaction): Promise<number> =>
  new Promise((resolve, reject) => {
    const reading = tx.objectStore(FENCED).get(EPOCH)
    reading.addEventListener('success', () => resolve(typeof reading.result === 'number' ? reading.result : 0))
    reading.addEventListener('error', (event) => {
      // Dexie would prevent the default, which is to abort
      event.stopPropagation()
      reject(reading.error ?? new AppError('aborted', 'the epoch could not be read'))
    })
  })

/** Inside a transaction over `keyring`: ours from here on. */
export const takeEpoch = async (tx: IDBTransaction): Promise<number> => {
  const epoch = (await readEpoch(tx)) + 1
  tx.objectStore(FENCED).put(epoch, EPOCH)
  return epoch
}

/** Inside a write, before it commits. */
export const passFence = async (tx: IDBTransaction, epoch: number): Promise<void> => {
  if ((await readEpoch(tx)) === epoch) return
  tx.abort()
  throw new AppError('not-ready', 'another node has taken over')
}
