/**
 * DV5: a backup is given to the page piece by piece, and taken from it so. One of each at a time: a page that died is not waited
 * for. A restore is read twice: as it comes, to the end, with nothing kept but the sealed pieces; then again, to be written.
 */
import { bytesToBase64url } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { createQueue } from '../../base/queue.ts'
import { readBackup, writeBackup } from '../../crypto/backup.ts'
import { chatIdOf, selfConversation } from '../../crypto/conversation.ts'
import { takeOver } from '../../crypto/takeover.ts'
import { bytesToHex } from '../../base/bytes.ts'
import type { Did } from '../../model/ids.ts'
import type { BackupOutcome } from '../../model/security-views.ts'
import { getAccount, putAccount } from '../../store/account.ts'
import { emptyChat, getChat, putChat } from '../../store/chats.ts'
import { getRecord, setRecord } from '../../store/records.ts'
import { clearAccount, clearStaged, putStaged, readStaged } from '../../store/restoring.ts'
import type { Context } from '../context.ts'
import { needOwn } from '../context.ts'
import { applyItems, checkItem, type Restored } from './apply.ts'
import { collectItems } from './collect.ts'
import { createInlet, type Inlet } from './inlet.ts'
import { packParts, unpackPart, type Item } from './items.ts'

/** Stands while rows of a restore are being written: without an account, what is there is half of one. */
const RESTORING_KEY = 'restoring'

export interface Transfers {
  startBackup(passphrase: string): string
  nextBackupPart(id: string): Promise<Uint8Array | null>
  startRestore(passphrase: string): Promise<string>
  putRestorePart(id: string, part: Uint8Array): Promise<void>
  finishRestore(id: string): Promise<BackupOutcome>
  dropTransfer(id: string): Promise<void>
  /** At the start: takes back what a crash left half written. */
  recover(): Promise<void>
}

interface Restore {
  readonly id: string
  readonly passphrase: string
  readonly inlet: Inlet
  readonly reading: Promise<void>
  count: number
}

export const createTransfers = (ctx: Context): Transfers => {
  let backup: { readonly id: string; readonly pieces: AsyncGenerator<Uint8Array, void> } | undefined
  let restore: Restore | undefined
  const jobs = createQueue()
  const newId = (): string => bytesToBase64url(ctx.random.bytes(16))

  const needRestore = (id: string): Restore => {
    if (restore?.id !== id) throw new AppError('not-found', 'no such restore')
    return restore
  }
  const dropRestore = async (): Promise<void> => {
    restore?.inlet.end()
    restore?.inlet.close()
    restore = undefined
    await clearStaged(ctx.db)
  }

  return {
    startBackup: (passphrase) => {
      const own = needOwn(ctx)
      if (passphrase === '') throw new AppError('malformed', 'a passphrase is needed')
      void backup?.pieces.return()
      const { random, clock, backupCost } = ctx
      const parts = packParts(collectItems(ctx, own))
      backup = { id: newId(), pieces: writeBackup({ passphrase, parts, made: clock.now(), random, ...backupCost }) }
      return backup.id
    },
    nextBackupPart: (id) =>
      jobs.run(async () => {
        if (backup?.id !== id) throw new AppError('not-found', 'no such backup')
        const { done, value } = await backup.pieces.next()
        if (done !== true) return value
        backup = undefined
        return null
      }),
    startRestore: (passphrase) =>
      jobs.run(async () => {
        await needNoAccount(ctx)
        await dropRestore()
        const inlet = createInlet()
        const reading = readThrough(ctx, passphrase, inlet)
        // told to whoever puts the next piece, or finishes
        reading.catch(() => undefined)
        restore = { id: newId(), passphrase, inlet, reading, count: 0 }
        return restore.id
      }),
    putRestorePart: (id, part) =>
      jobs.run(async () => {
        const { inlet, reading, count } = needRestore(id)
        try {
          await putStaged(ctx.db, count, part)
          needRestore(id).count = count + 1
          await inlet.push(part)
          // what is wrong with this piece is said now, not at the end
          await Promise.race([reading, Promise.resolve()])
        } catch (error) {
          await dropRestore()
          throw error
        }
      }),
    finishRestore: (id) =>
      jobs.run(async () => {
        const { inlet, reading, count, passphrase } = needRestore(id)
        try {
          await needNoAccount(ctx)
          inlet.end()
          await reading
          return await writeRestored(ctx, passphrase, count)
        } finally {
          await dropRestore()
        }
      }),
    dropTransfer: async (id) => {
      if (backup?.id === id) {
        void backup.pieces.return()
        backup = undefined
      }
      if (restore?.id === id) await jobs.run(dropRestore)
    },
    recover: async () => {
      await clearStaged(ctx.db)
      if ((await getRecord<boolean>(ctx.db, RESTORING_KEY)) !== true) return
      await clearAccount(ctx.db)
      await setRecord(ctx.db, RESTORING_KEY, false)
      ctx.log.warn('backup.restore-taken-back')
    }
  }
}

const needNoAccount = async ({ db }: Context): Promise<void> => {
  if ((await getAccount(db))?.name !== undefined) throw new AppError('conflict', 'there is an account already')
}

/** To the end, believing nothing: @throws AppError as `readBackup` and the shapes do. */
const readThrough = async (ctx: Context, passphrase: string, { pieces, close }: Inlet): Promise<void> => {
  try {
    let isFirst = true
    for await (const part of readBackup({ passphrase, source: pieces, ...ctx.backupCost })) {
      for (const item of unpackPart(part)) {
        if (isFirst !== (item.kind === 'account')) throw new AppError('malformed', 'backup: one account, and first')
        isFirst = false
        checkItem(item)
      }
    }
    if (isFirst) throw new AppError('malformed', 'backup: nothing in it')
  } finally {
    close()
  }
}

const writeRestored = async (ctx: Context, passphrase: string, count: number): Promise<BackupOutcome> => {
  const { db, random, clock, device, log } = ctx
  await setRecord(db, RESTORING_KEY, true)
  try {
    await clearAccount(db)
    const source = readStaged(db, count)
    const restored = await applyItems(ctx, eachPart({ passphrase, source, ...ctx.backupCost }))
    const { roots, document } = restored
    const keys = await takeOver(roots, { newest: document, deviceSeed: device.seed, random, now: clock.now() })
    await writeAccount(ctx, restored, keys)
    log.info('backup.restored', { messages: restored.messages })
    return { did: document.did as Did, name: restored.account.name, messages: restored.messages }
  } catch (error) {
    await clearAccount(db)
    await setRecord(db, RESTORING_KEY, false)
    throw error
  }
}

async function* eachPart(options: Parameters<typeof readBackup>[0]): AsyncGenerator<readonly Item[], void> {
  for await (const part of readBackup(options)) yield unpackPart(part)
}

/** From this write on there is an account; it says nothing to anybody before its document is published. */
const writeAccount = async (
  ctx: Context,
  { account, document, settings }: Restored,
  keys: Awaited<ReturnType<typeof takeOver>>
): Promise<void> => {
  const now = ctx.clock.now()
  const did = document.did as Did
  const self = chatIdOf(selfConversation(did))
  const chosen = { ...(await getRecord<object>(ctx.db, 'settings')), ...settings }
  await ctx.db.write(['account', 'records', 'chats'], async (change) => {
    await putAccount(ctx.db, change, {
      id: 'own',
      did,
      name: account.name,
      photo: account.photo,
      profileAt: account.profileAt,
      fingerprint: bytesToHex(keys.fingerprint),
      createdAt: account.madeAt,
      keys,
      head: undefined,
      headHomes: [],
      headIssuedAt: now,
      standing: 'waiting'
    })
    await ctx.db.tables.records.bulkPut([
      { key: 'settings', value: chosen },
      { key: RESTORING_KEY, value: false }
    ])
    change.topics.add('settings')
    if ((await getChat(ctx.db, self)) === undefined) await putChat(ctx.db, change, emptyChat(self, did, 'self', now))
  })
}
