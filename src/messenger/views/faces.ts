/** What several feeds need besides rows: ourselves, paths, and news of the network. */
import type { Path } from '../../model/delivery.ts'
import type { Did } from '../../model/ids.ts'
import { knownAccount } from '../../store/account.ts'
import type { ChatRecord, ContactRow } from '../../store/rows.ts'
import type { Context } from '../context.ts'
import { accountsOf } from '../peers.ts'
import type { OwnFace } from './chat-rows.ts'

export const ownFace = (ctx: Context): OwnFace => {
  const account = knownAccount(ctx.db)
  return {
    did: account?.did,
    name: account?.name ?? '',
    photo: account?.photo,
    device: ctx.device.id,
    readReceipts: ctx.settings.readReceipts,
    accountsOf: (chat: ChatRecord): readonly Did[] => accountsOf(ctx, chat),
    // DV5: what a former device of theirs had is theirs all the same
    devicesOf: (did: Did) => {
      const contact = ctx.db.memory.contacts.get(did)
      return [...(contact?.devices ?? []), ...(contact?.former ?? [])].map(({ device }) => device)
    }
  }
}

/** The best path to any device of a contact. */
export const pathTo = (ctx: Context, contact: ContactRow | undefined): Path => bestPath(ctx, contact ? [contact] : [])

export const bestPath = (ctx: Context, contacts: readonly ContactRow[]): Path => {
  const { devices } = ctx.net.reachability()
  const paths = contacts.flatMap((contact) => contact.devices.map(({ device }) => devices.get(device)?.path ?? 'none'))
  return paths.includes('direct') ? 'direct' : paths.includes('relayed') ? 'relayed' : 'none'
}

export const onReachability =
  (ctx: Context) =>
  (listener: () => void): (() => void) =>
    ctx.net.onReachability(() => listener())
