/** Backups on their way between the node and a file (DV5): one part after the other, so that nobody holds the whole. */
import type { BackupOutcome } from '../../model/security-views.ts'
import type { Commands } from './node.tsx'
import type { PartsFile } from './save-parts.ts'

const PART_BYTES = 1024 * 1024

export interface Progress {
  /** Bytes so far. */
  readonly tell: (done: number) => void
  readonly signal: AbortSignal
}

/** Answers how many bytes were written. The file is dropped when anything fails. */
export const writeBackup = async (
  commands: Commands,
  passphrase: string,
  file: PartsFile,
  { tell, signal }: Progress
): Promise<number> => {
  let id: string | undefined
  let done = 0
  try {
    id = await commands.startBackup(passphrase)
    for (;;) {
      signal.throwIfAborted()
      const part = await commands.nextBackupPart(id)
      if (part === null) break
      await file.write(part)
      done += part.length
      tell(done)
    }
    await file.finish()
    return done
  } catch (error) {
    await file.drop().catch(() => undefined) // it was not there, or is gone already
    throw error
  } finally {
    // the node lets go of it at its end by itself
    if (id !== undefined) commands.dropTransfer(id).catch(() => undefined)
  }
}

/** The file itself could not be read: it was moved, or its disk was taken away. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

export const readBackup = async (
  commands: Commands,
  passphrase: string,
  file: Blob,
  { tell, signal }: Progress
): Promise<BackupOutcome> => {
  const id = await commands.startRestore(passphrase)
  try {
    for (let at = 0; at < file.size; at += PART_BYTES) {
      signal.throwIfAborted()
      const part = await readPart(file, at)
      await commands.putRestorePart(id, part)
      tell(at + part.length)
    }
    return await commands.finishRestore(id)
  } catch (error) {
    commands.dropTransfer(id).catch(() => undefined) // nothing was changed: it is only room that is given back
    throw error
  }
}

const readPart = async (file: Blob, at: number): Promise<Uint8Array> => {
  try {
    return new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer())
  } catch (cause) {
    throw new UnreadableFile('the file could not be read', { cause })
  }
}
