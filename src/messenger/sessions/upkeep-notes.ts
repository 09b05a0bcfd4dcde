/** What is remembered between two looks at a chat's sessions; nothing of it needs to outlive the process. */
import type { ChatId, DeviceId } from '../../model/ids.ts'
import type { Context } from '../context.ts'

export interface Upkeep {
  readonly since: Map<ChatId, { readonly what: string; readonly at: number }>
  readonly askedAt: Map<DeviceId, number>
  /** We accepted them or they showed new keys: it is ours to found. */
  readonly eager: Set<ChatId>
  /** By session and device: when its opening was last sent again. */
  readonly openedAt: Map<string, number>
  /** Two people who cannot read each other any more (ML5). */
  readonly broken: Set<ChatId>
}

/** How long this has been wanted. */
export const wantedFor = (ctx: Context, { since }: Upkeep, id: ChatId, what: string): number => {
  const before = since.get(id)
  const at = before?.what === what ? before.at : ctx.clock.now()
  since.set(id, { what, at })
  return ctx.clock.now() - at
}
