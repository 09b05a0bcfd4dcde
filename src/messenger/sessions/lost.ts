/** Own mail of a branch that lost (ML3): its bytes go, what it held is sealed again under the same event ids. */
import { mailOf } from '../../store/mail.ts'
import type { SessionRow } from '../../store/rows.ts'
import type { Context } from '../context.ts'

/** Ids of mail rows of kind `sealed` whose epoch is in none of `lineage`. */
export const lostMailOf = (
  ctx: Context,
  { chat, group }: SessionRow,
  lineage: ReadonlySet<string>
): readonly string[] =>
  mailOf(ctx.db, chat)
    .filter((row) => row.group === group && row.kind === 'sealed' && row.epoch !== undefined && !lineage.has(row.epoch))
    .map(({ id }) => id)
