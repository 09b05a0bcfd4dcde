/** The one account of this database. */
import { AppError } from '../base/errors.ts'
import type { Db } from './database.ts'
import type { AccountRow, Profile } from './rows.ts'
import type { Change } from './watch.ts'

export const getAccount = (db: Db): Promise<AccountRow | undefined> => db.tables.account.get('own')

/** As last committed. */
export const knownAccount = (db: Db): Profile | undefined => db.memory.account.get('own')

/** Inside a write. */
export const putAccount = async (db: Db, change: Change, account: AccountRow): Promise<void> => {
  await db.tables.account.put(account)
  change.topics.add('account')
}

/** @throws AppError `not-ready` before an account was made. */
export const updateAccount = (db: Db, edit: (account: AccountRow) => Partial<AccountRow>): Promise<AccountRow> =>
  db.write(['account'], async (change) => {
    const account = await db.tables.account.get('own')
    if (account === undefined) throw new AppError('not-ready', 'there is no account yet')
    const next = { ...account, ...edit(account) }
    await putAccount(db, change, next)
    return next
  })
