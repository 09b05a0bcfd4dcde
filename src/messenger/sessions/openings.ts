/**
 * Openings that leave: the way into a session for a newcomer, with Welcome and tree where it is MLS, and pleas, by which a
 * device that lost a session's state asks to be taken in again. Sealed when they go: a thousand newcomers share one tree.
 */
import { base64urlToBytes } from '../../base/bytes.ts'
import { sealOpening } from '../../crypto/opening.ts'
import type { OpeningParts } from '../../crypto/opening.ts'
import type { DeviceId } from '../../model/ids.ts'
import { mailOf, putMail } from '../../store/mail.ts'
import type { MailRow } from '../../store/carried-rows.ts'
import type { ChatRecord, SessionRow } from '../../store/rows.ts'
import { readGiven } from '../../store/sessions.ts'
import type { Context, Own } from '../context.ts'
import { ownerOf } from '../peers.ts'
import { emptyMail } from './commits.ts'
import { sessionToWire } from './founding.ts'
import { freshKeyPackage } from './keys.ts'
import { membersOfContact } from './recipients.ts'

/** A plea has no epoch and this in its place. */
const PLEA = 'plea'

export const openingMail = (
  ctx: Context,
  session: SessionRow,
  devices: readonly DeviceId[],
  epoch?: string
): MailRow => ({
  ...emptyMail(ctx, session),
  kind: 'opening',
  sealed: new Uint8Array(),
  devices,
  ...(epoch !== undefined && { epoch })
})

/** Inside a write over mail: asks these devices to take us into the session again. */
export const putPlea = (ctx: Context, session: SessionRow, devices: readonly DeviceId[]): Promise<void> =>
  putMail(ctx.db, [openingMail(ctx, session, devices, PLEA)])

/** Like an opening, but it tells of the end: the removal goes to whom it removes, whatever became of the session. */
const FAREWELL = 'farewell'

export const farewellMail = (ctx: Context, session: SessionRow, devices: readonly DeviceId[]): MailRow =>
  openingMail(ctx, session, devices, FAREWELL)

export const isFarewell = ({ kind, epoch }: MailRow): boolean => kind === 'opening' && epoch === FAREWELL

export const isPlea = ({ kind, epoch }: MailRow): boolean => kind === 'opening' && epoch === PLEA

/**
 * Inside a write over mail and sessions: this device is in, so nobody has to send it there again. Until then the opening is sent
 * again: it may have come while its reader could make nothing of it.
 */
export const openingTaken = async (ctx: Context, { kind, group, epoch }: MailRow, device: DeviceId): Promise<void> => {
  const session = kind === 'opening' && group !== undefined ? ctx.db.memory.sessions.get(group) : undefined
  if (session?.mls === undefined || !session.mls.welcomes.some((one) => one.epoch === epoch)) return
  const welcomes = session.mls.welcomes.map((one) =>
    one.epoch === epoch ? { ...one, devices: one.devices.filter((left) => left !== device) } : one
  )
  await ctx.db.tables.sessions.put({ ...session, mls: { ...session.mls, welcomes } })
}

/** Openings that nobody took, and that are not on their way. `lineage`: of the epoch that is followed. */
export const lostOpenings = (
  ctx: Context,
  session: SessionRow,
  lineage: ReadonlySet<string>,
  isWanted: (device: DeviceId) => boolean
): readonly { readonly epoch: string; readonly devices: readonly DeviceId[] }[] => {
  const onWay = mailOf(ctx.db, session.chat).filter(({ kind }) => kind === 'opening')
  const newest = new Set<DeviceId>()
  return (session.mls?.welcomes ?? []).toReversed().flatMap(({ epoch, devices }) => {
    if (!lineage.has(epoch)) return []
    const left = devices.filter((device) => !newest.has(device) && isWanted(device))
    for (const device of devices) newest.add(device)
    const lost = left.filter((device) => !onWay.some((row) => row.epoch === epoch && row.devices.includes(device)))
    return lost.length === 0 ? [] : [{ epoch, devices: lost }]
  })
}

/** The bytes of an opening for one device. Undefined: it has nothing to say any more, so the row may go. */
export const openingFor = async (
  ctx: Context,
  own: Own,
  row: MailRow,
  device: DeviceId
): Promise<Uint8Array | undefined> => {
  const session = row.group === undefined ? undefined : ctx.db.memory.sessions.get(row.group)
  const chat = ctx.db.memory.chats.get(row.chat)
  const owner = ownerOf(ctx, device)
  if (session === undefined || chat === undefined || owner === undefined) return undefined
  const recipient = (await membersOfContact(ctx, owner)).find((one) => one.device === device)
  const said = await whatToSay(ctx, own, { row, session, chat })
  if (recipient === undefined || said === undefined) return undefined
  const parts: OpeningParts = { ...said, conversation: base64urlToBytes(chat.id), session: sessionToWire(session) }
  return await sealOpening({ account: own.secrets, recipient, parts, now: ctx.clock.now() })
}

const whatToSay = async (
  ctx: Context,
  own: Own,
  { row, session, chat }: { readonly row: MailRow; readonly session: SessionRow; readonly chat: ChatRecord }
): Promise<Pick<OpeningParts, 'welcome' | 'tree' | 'keyPackage' | 'log'> | undefined> => {
  if (isPlea(row)) return { keyPackage: await freshKeyPackage(ctx, own, session.suite) }
  const log = chat.kind === 'group' ? await ctx.groupDoor?.describe(chat) : undefined
  if (row.epoch === undefined) return { ...(log && { log }) }
  if (row.epoch === FAREWELL) return log && { log: { members: log.members, people: [], chains: [], latest: [] } }
  const [welcome, tree] = await Promise.all([
    readGiven(ctx.db, session.group, 'welcome', row.epoch),
    readGiven(ctx.db, session.group, 'opening-tree', row.epoch)
  ])
  if (welcome === undefined || tree === undefined) return undefined
  return { welcome, tree, ...(log && { log }) }
}
