/**
 * The public name of an account's inbox at a relay: H('inbox' ‖ did). Whoever knows the did can ring; a relay that is
 * only asked learns no did from it. Both ends of the directory compute it here.
 */
import { utf8 } from '../../../base/bytes.ts'

const INBOX_DOMAIN = 'cryptochat inbox 1'

export const inboxIdOf = async (did: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(`${INBOX_DOMAIN}\0${did}`)))
