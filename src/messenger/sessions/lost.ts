/** Own mail of a branch that lost (ML3): its bytes go, what it held is sealed again under the same event ids. */
import { mailOf } from '../../store/mail.ts'
import type { SessionRow } from '../../store/rows.ts'
import type { Context } from '../context.ts'

/** Messages and openings whose epoch is not in `lineage`. Commits go on: others judge by them too. */
export const lostMailOf = (
  ctx: Context,
  { chat, group }: SessionRow,
  lineage: ReadonlySet<string>
): readonly string[] =>
  mailOf(ctx.db, chat)
    .filter((row) => row.group === group && row.kind !== 'commit' && row.epoch !== undefined && !lineage.has(row.epoch))
    .map(({ id }) => id)
