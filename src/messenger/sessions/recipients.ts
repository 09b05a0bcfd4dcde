/** Devices of other people as suites need them: bindings checked against the newest document that we know. */
import { sameBytes } from '../../base/bytes.ts'
import { memberOf } from '../../crypto/suite.ts'
import type { Member } from '../../crypto/suite.ts'
import type { ChatRecord, ContactDevice, ContactRow } from '../../store/rows.ts'
import type { Context } from '../context.ts'
import { peopleOf } from '../peers.ts'
import { checkBindings, loadDocument } from '../trust.ts'

/** A binding costs a signature to check. */
const checked = new WeakMap<ContactDevice, { readonly documentHash: Uint8Array; readonly member: Member }>()

export const membersOfContact = async (ctx: Context, contact: ContactRow): Promise<readonly Member[]> => {
  const { documentHash } = contact
  const now = ctx.clock.now()
  const found: Member[] = []
  for (const device of contact.devices) {
    if (device.endsAt <= now) continue
    const known = checked.get(device)
    if (known !== undefined && sameBytes(known.documentHash, documentHash)) {
      found.push(known.member)
      continue
    }
    const document = await loadDocument(ctx, documentHash)
    if (document === undefined) continue
    const [binding] = await checkBindings(ctx, document, [device.binding])
    if (binding === undefined) continue
    const member = memberOf(document, binding)
    checked.set(device, { documentHash, member })
    found.push(member)
  }
  return found
}

/** All devices of everybody else in a chat. */
export const othersIn = async (ctx: Context, chat: ChatRecord): Promise<readonly Member[]> =>
  (await Promise.all(peopleOf(ctx, chat).map((contact) => membersOfContact(ctx, contact)))).flat()
