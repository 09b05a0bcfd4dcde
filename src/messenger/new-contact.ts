/** The row of somebody new, however they were met: by a link, a request, a lookup, or a group. */
import { chatIdOf, directConversation } from '../crypto/conversation.ts'
import type { ContactRow } from '../store/rows.ts'
import { needOwn } from './context.ts'
import type { Context } from './context.ts'
import { facts } from './trust.ts'
import type { Found } from './trust.ts'

/** What is written when two people meet. */
export const PAIRING = ['contacts', 'places', 'documents', 'chats', 'sessions'] as const

/** A contact row for somebody whose head and document were just verified. */
export const newContact = (
  ctx: Context,
  found: Found,
  more: Pick<ContactRow, 'standing'> & Partial<ContactRow>
): ContactRow => ({
  did: found.document.did,
  chat: chatIdOf(directConversation(needOwn(ctx).did, found.document.did)),
  blocked: false,
  verified: false,
  name: undefined,
  photo: undefined,
  profileAt: 0,
  alias: undefined,
  devices: [],
  duplicity: false,
  newerPlace: false,
  addedAt: ctx.clock.now(),
  lastHeardAt: undefined,
  refreshedAt: ctx.clock.now(),
  token: undefined,
  invite: undefined,
  misdeeds: 0,
  ...facts(found),
  ...more
})
