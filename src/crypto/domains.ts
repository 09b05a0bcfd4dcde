/**
 * EN2: one text for each thing that is signed, MACed or derived. None is a prefix of another, and none is ever used for
 * two things, so bytes made for one purpose mean nothing for any other. Documents and card ids are plain SHA-256: they
 * are addresses, checked by rooms that know no domains.
 */
export const DOMAINS = {
  // identity
  document: 'cryptochat/document/1',
  roots: 'cryptochat/roots/1',
  rotation: 'cryptochat/rotation/1',
  vouch: 'cryptochat/head-vouch/1',
  head: 'cryptochat/head/1',
  inboxKey: 'cryptochat/inbox-key/1',
  device: 'cryptochat/device-slot/1',
  binding: 'cryptochat/binding/1',
  deviceName: 'cryptochat/device-name/1',
  gnupg: 'cryptochat/gnupg-key/1',
  // directory
  attend: 'cryptochat/attend/1',
  inbox: 'cryptochat/inbox/1',
  /** Derives the writer's key; `cardWrite` is what it signs. */
  cardWriter: 'cryptochat/card-writer/1',
  cardWrite: 'cryptochat/card-write/1',
  // invites
  inviteToken: 'cryptochat/invite-token/1',
  inviteCardId: 'cryptochat/invite-card-id/1',
  inviteCardKey: 'cryptochat/invite-card-key/1',
  card: 'cryptochat/card/1',
  /** From the secret in a group's link the pass's id, which the roster names. */
  groupPass: 'cryptochat/group-pass/1',
  // the log
  conversationDirect: 'cryptochat/conversation-direct/1',
  conversationSelf: 'cryptochat/conversation-self/1',
  conversationGroup: 'cryptochat/conversation-group/1',
  event: 'cryptochat/event/1',
  eventId: 'cryptochat/event-id/1',
  commitment: 'cryptochat/commitment/1',
  // sealing
  request: 'cryptochat/contact-request/1',
  payload: 'cryptochat/payload/1',
  route: 'cryptochat/route/1',
  mlsFounding: 'cryptochat/mls-founding/1',
  opening: 'cryptochat/opening/1',
  /** ML5: names a session, and where somebody stands in it, to those who are in it. */
  hint: 'cryptochat/session-hint/1',
  answer: 'cryptochat/answer/1',
  answerKey: 'cryptochat/answer-key/1',
  /** Keys the ids of one set reconciliation. */
  reconcile: 'cryptochat/reconcile/1',
  // at rest
  restWrap: 'cryptochat/rest-wrap/1',
  restRows: 'cryptochat/rest-rows/1',
  restIndex: 'cryptochat/rest-index/1',
  /** Associated data of a row; the keys derive under the two above. */
  restPlace: 'cryptochat/rest-place/1',
  backupKey: 'cryptochat/backup-key/1',
  backupCheck: 'cryptochat/backup-check/1',
  backupPart: 'cryptochat/backup-part/1',
  // people
  safetyNumber: 'cryptochat/safety-number/1'
} as const
export type Domain = (typeof DOMAINS)[keyof typeof DOMAINS]
