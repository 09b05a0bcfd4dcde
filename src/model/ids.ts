/** Our nouns' ids. All are text, so that they can be database keys and object keys. */
import type { Branded } from '../base/ids.ts'

/** ID2: `did:key:z6Mk…`, the account's name for life. */
export type Did = Branded<string, 'Did'>
/** ID6: the device's Ed25519 key as a libp2p PeerId, `12D3KooW…`. */
export type DeviceId = Branded<string, 'DeviceId'>
/** LG0: base64url of the 32-byte conversation id. */
export type ChatId = Branded<string, 'ChatId'>
/** LG1: base64url of the 32-byte event id of the `message` event. */
export type MessageId = Branded<string, 'MessageId'>
/** base64url of 16 random bytes, local to this account. */
export type InviteId = Branded<string, 'InviteId'>
