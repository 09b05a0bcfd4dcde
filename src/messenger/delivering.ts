/** Handing sealed bytes to one device, and what became of it. Nothing is written here. */
import { base64urlToBytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { routeFor } from '../crypto/suite.ts'
import type { DeviceId } from '../model/ids.ts'
import type { MailRow } from '../store/carried-rows.ts'
import type { ContactRow } from '../store/rows.ts'
import { largeEnvelope } from '../wire/envelope.ts'
import { needOwn } from './context.ts'
import type { Context } from './context.ts'
import type { LineKey } from './lines.ts'
import type { DeliverResult, Target } from './net.ts'
import { ownerOf } from './peers.ts'
import { deliverEnvelope } from './pieces.ts'
import { openingFor } from './sessions/openings.ts'

export interface Given {
  readonly row: MailRow
  readonly key: LineKey
  /** One for each place where it was tried; of a request the inbox comes last and has no device. None: nothing to say. */
  readonly results: readonly { readonly device: DeviceId | undefined; readonly result: DeliverResult }[]
}

/** Its own tag of the session, or a random one. */
const toEnvelope = (ctx: Context, { kind, group, sealed }: MailRow, device: DeviceId | undefined): Uint8Array => {
  const route =
    group === undefined || device === undefined ? ctx.random.bytes(16) : routeFor(base64urlToBytes(group), device)
  return largeEnvelope.encode({ version: 1, kind, route, sealed })
}

const toUnreachable = (error: unknown): DeliverResult => ({
  outcome: 'unreachable',
  why: error instanceof AppError ? error.code : 'failed'
})

const deliver = (ctx: Context, row: MailRow, target: Target): Promise<DeliverResult> => {
  const device = target.to === 'device' ? target.device : undefined
  return deliverEnvelope(ctx, target, toEnvelope(ctx, row, device)).catch(toUnreachable)
}

export const handOver = async (ctx: Context, row: MailRow, device: DeviceId): Promise<Given> => {
  const sealed = row.kind === 'opening' ? await openingFor(ctx, needOwn(ctx), row, device) : row.sealed
  // it has nothing to say any more
  if (sealed === undefined) return { row, key: device, results: [] }
  const homes = ownerOf(ctx, device)?.homes ?? []
  const { relayOnly } = ctx.settings
  const result = await deliver(ctx, { ...row, sealed }, { to: 'device', device, homes, relayOnly })
  return { row, key: device, results: [{ device, result }] }
}

/** First contact reaches whatever device is there, when the ones we know of do not answer (IN2). */
export const handOverRequest = async (ctx: Context, { did, homes }: ContactRow, row: MailRow): Promise<Given> => {
  const { relayOnly } = ctx.settings
  const results: { device: DeviceId | undefined; result: DeliverResult }[] = []
  for (const device of row.devices) {
    results.push({ device, result: await deliver(ctx, row, { to: 'device', device, homes, relayOnly }) })
  }
  if (!results.some(({ result }) => result.outcome === 'delivered')) {
    results.push({ device: undefined, result: await deliver(ctx, row, { to: 'inbox', did, homes }) })
  }
  return { row, key: 'request', results }
}
