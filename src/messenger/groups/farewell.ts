/**
 * RO2: who is removed is told by the removal itself. MLS sends it in the epoch that still has them; a suite without epochs
 * seals to the members alone, so the removal goes to them apart. Losing it loses nothing but the news.
 */
import { base64urlToBytes } from '../../base/bytes.ts'
import type { ChatId, Did } from '../../model/ids.ts'
import { nextMailId, putMail } from '../../store/mail.ts'
import { eventsAbout } from '../../store/timeline.ts'
import { encodePadded } from '../../wire/payload.ts'
import { inBackground, needOwn } from '../context.ts'
import type { Context } from '../context.ts'
import { toWire } from '../events.ts'
import { sessionFor } from '../sessions/carrier.ts'
import { makeState } from '../sessions/founding.ts'
import { membersOfContact } from '../sessions/recipients.ts'

export const sayGoodbye = (ctx: Context, id: ChatId, who: Did): void =>
  inBackground(ctx, 'groups.farewell-failed', async () => {
    const own = needOwn(ctx)
    const chat = ctx.db.memory.chats.get(id)
    const contact = ctx.db.memory.contacts.get(who)
    const session = chat && sessionFor(ctx, own, chat)
    const suite = session && own.suites.get(session.suite)
    if (contact === undefined || session === undefined || suite === undefined || suite.epochs !== undefined) return
    const members = await membersOfContact(ctx, contact)
    const removal = (await eventsAbout(ctx.db, id, 'member')).findLast(
      ({ author, content }) =>
        author === own.did &&
        content?.kind === 'member' &&
        content.change.kind === 'remove' &&
        content.change.accounts.includes(who)
    )
    if (members.length === 0 || removal === undefined) return
    const plaintext = encodePadded({
      version: 1,
      conversation: base64urlToBytes(id),
      sender: own.secrets.didKey,
      place: own.secrets.place,
      documentHash: own.secrets.documentHash,
      issued: ctx.clock.now(),
      events: [toWire(removal)],
      receipts: []
    })
    const state = await makeState(own, session, members)
    const { sealed } = await suite.seal(state, plaintext, ctx.clock.now())
    const now = ctx.clock.now()
    await ctx.db.write(['mail'], () =>
      putMail(ctx.db, [
        {
          id: nextMailId(ctx.db, now),
          chat: id,
          kind: 'sealed',
          group: session.group,
          sealed,
          devices: members.map(({ device }) => device as (typeof contact.devices)[number]['device']),
          upTo: 0,
          eventIds: [],
          debts: {},
          sealedAt: now
        }
      ])
    )
    ctx.wake(id)
  })
