/**
 * What the answers to deliveries change, in one write: receipts, who is still to take a row, what leaves the outbox, and which
 * debts are paid. Bytes that somebody has not taken are on disk from here on.
 */
import type { ChatId, DeviceId } from '../model/ids.ts'
import { dropMail, putMail } from '../store/mail.ts'
import { payDebts, settleOutbox } from '../store/outbox.ts'
import type { MailRow } from '../store/carried-rows.ts'
import type { ChatRecord } from '../store/rows.ts'
import type { Context } from './context.ts'
import type { Given } from './delivering.ts'
import { putOff, settle } from './lines.ts'
import { heldBy, ownerOf, settledUpTo } from './peers.ts'
import { takeAnswer } from './receipts.ts'
import { repay } from './repaying.ts'
import { commitTaken } from './sessions/commits.ts'
import { openingTaken } from './sessions/openings.ts'

/** Taken again and again without a receipt: what it holds is lost over there, so it is sealed again. */
const MAX_KEPT = 4

type Verdict =
  | { readonly is: 'taken' }
  /** They have it but cannot read it yet, or something is missing: the same bytes again, not in a hurry. */
  | { readonly is: 'kept' }
  | { readonly is: 'refused' | 'missed'; readonly why: string }

interface Settling {
  chat: ChatRecord
  /** Rows as they are then; undefined: gone. */
  readonly rows: Map<string, MailRow | undefined>
  readonly verdicts: { readonly given: Given; readonly verdict: Verdict }[]
}

export const settleGiven = async (
  ctx: Context,
  id: ChatId,
  box: { readonly unsaved: Map<string, MailRow>; readonly given: Given[] }
): Promise<void> => {
  const given = box.given.splice(0)
  let settling: Settling | undefined
  try {
    settling = await ctx.db.write(['chats', 'outbox', 'mail', 'sessions'], async (change) => {
      const chat = ctx.db.memory.chats.get(id)
      if (chat === undefined) return undefined
      const now: Settling = { chat, rows: new Map(), verdicts: [] }
      for (const one of given) judge(ctx, now, one, box.unsaved)
      for (const { given: done, verdict } of now.verdicts) if (verdict.is === 'taken') await mailTaken(ctx, done)
      const left = [...now.rows.values()].filter((row) => row !== undefined)
      const toSave = left.filter((row) => !isAllTaken(now, row) || ctx.db.memory.mail.has(row.id))
      const gone = [...now.rows].filter(([key, row]) => row === undefined && ctx.db.memory.mail.has(key))
      await Promise.all([
        toSave.length === 0 ? undefined : putMail(ctx.db, toSave),
        gone.length === 0
          ? undefined
          : dropMail(
              ctx.db,
              gone.map(([key]) => key)
            ),
        settleOutbox(ctx.db, change, now.chat, {
          upTo: settledUpTo(ctx, now.chat),
          sealed: toSave.filter((row) => box.unsaved.has(row.id)).flatMap(({ eventIds }) => eventIds)
        })
      ])
      return now
    })
  } catch (error) {
    box.given.unshift(...given)
    throw error
  }
  for (const { key } of given) ctx.lines.of(id, key).isBusy = false
  if (settling === undefined) return
  for (const [key, row] of settling.rows) {
    if (row === undefined || ctx.db.memory.mail.has(key)) box.unsaved.delete(key)
    else box.unsaved.set(key, row)
  }
  conclude(ctx, id, settling)
  for (const { given: one, verdict } of settling.verdicts) if (verdict.is !== 'missed') repay(ctx, id, one.key)
  ctx.lines.tell()
}

/** Commits and openings open ways for others. */
const mailTaken = async (ctx: Context, { row, key }: Given): Promise<void> => {
  await commitTaken(ctx, row)
  if (key !== 'request') await openingTaken(ctx, row, key)
}

/** So far whoever answered took it: there is nothing to be sent again yet. */
const isAllTaken = ({ verdicts }: Settling, row: MailRow): boolean =>
  verdicts.every(({ given, verdict }) => given.row.id !== row.id || verdict.is === 'taken')

const judge = (ctx: Context, settling: Settling, given: Given, unsaved: ReadonlyMap<string, MailRow>): void => {
  const { row: sent, key } = given
  const verdict = key === 'request' ? judgeRequest(ctx, settling, given) : judgeMail(ctx, settling, given, key)
  settling.verdicts.push({ given, verdict })
  const row = settling.rows.has(sent.id)
    ? settling.rows.get(sent.id)
    : (ctx.db.memory.mail.get(sent.id) ?? unsaved.get(sent.id))
  // dropped meanwhile: its branch was lost, or the other side wrote first
  if (row === undefined) return
  const isOver = verdict.is === 'taken' || verdict.is === 'refused' || isGivenUp(ctx, sent, key, verdict)
  const devices = !isOver ? row.devices : key === 'request' ? [] : row.devices.filter((device) => device !== key)
  const isGone = isOver && devices.length === 0
  if (isGone && verdict.is === 'taken') {
    const { chat } = settling
    settling.chat = {
      ...chat,
      debts: payDebts(chat, row.debts),
      headSent: row.debts.head ?? chat.headSent,
      ...(row.debts.keys && { keysSent: row.debts.keys })
    }
  }
  settling.rows.set(sent.id, isGone ? undefined : { ...row, devices })
}

const isGivenUp = (ctx: Context, { chat }: MailRow, key: Given['key'], { is }: Verdict): boolean =>
  is === 'kept' && ctx.lines.of(chat, key).kept + 1 >= MAX_KEPT

const judgeMail = (ctx: Context, settling: Settling, { row, results }: Given, device: DeviceId): Verdict => {
  const result = results[0]?.result
  if (row.kind === 'opening' && result === undefined) return { is: 'taken' }
  if (result?.outcome === 'refused') return { is: 'refused', why: result.why }
  if (result?.outcome !== 'delivered') {
    return { is: 'missed', why: result?.outcome === 'unreachable' ? result.why : 'not taken' }
  }
  settling.chat = takeAnswer(ctx, settling.chat, result)
  const owner = ownerOf(ctx, device)
  const held = owner === undefined ? 0 : heldBy(settling.chat, { did: owner.did, device })
  return row.upTo > held ? { is: 'kept' } : { is: 'taken' }
}

/** What a home says of a delivery is no receipt: their acceptance is, and until it comes the same bytes go again. */
const judgeRequest = (ctx: Context, settling: Settling, { results }: Given): Verdict => {
  const claimed = results.filter(({ result }) => result.outcome === 'delivered')
  const taken = claimed.filter(({ device }) => device !== undefined)
  for (const { result } of taken) {
    if (result.outcome === 'delivered') settling.chat = takeAnswer(ctx, settling.chat, result)
  }
  if (taken.length > 0) return { is: 'taken' }
  const refused = results.find(({ result }) => result.outcome === 'refused')?.result
  if (refused?.outcome === 'refused') return { is: 'refused', why: refused.why }
  if (claimed.length > 0) return { is: 'missed', why: 'no answer yet' }
  const missed = results.find(({ result }) => result.outcome === 'unreachable')?.result
  return { is: 'missed', why: missed?.outcome === 'unreachable' ? missed.why : 'no device is known' }
}

const conclude = (ctx: Context, id: ChatId, { verdicts, chat }: Settling): void => {
  for (const { given, verdict } of verdicts) {
    const line = ctx.lines.of(id, given.key)
    if (verdict.is === 'taken') {
      settle(line)
      continue
    }
    // DV5: after a takeover an open contact is owed a request too, until they have taken it
    const isOwed = ctx.db.memory.chats.get(id)?.debts.request !== undefined
    const isAccepted = given.key === 'request' && !isOwed && ctx.db.memory.contacts.get(chat.did)?.standing === 'open'
    if (verdict.is === 'missed' && isAccepted) {
      settle(line)
      continue
    }
    line.kept = verdict.is === 'kept' ? (line.kept + 1) % MAX_KEPT : 0
    putOff(ctx, line, verdict.is === 'kept' ? 'kept aside' : verdict.why)
    if (verdict.is !== 'refused') continue
    const did = given.key === 'request' ? chat.did : ownerOf(ctx, given.key)?.did
    if (did !== undefined) ctx.refresh(did)
    if (given.row.kind !== 'request') ctx.reconcile(id)
  }
}
