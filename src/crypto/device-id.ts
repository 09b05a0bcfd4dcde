/** ID6: a device's Ed25519 key is its libp2p PeerId. */
import type { Branded } from '../base/ids.ts'
import { keyToPeerId, peerIdToKey } from '../wire/peer-id.ts'

/** The same type as the model's: this room may not import it. */
export type DeviceId = Branded<string, 'DeviceId'>

export const deviceIdFromKey = (key: Uint8Array): DeviceId => keyToPeerId(key) as DeviceId

/** @throws AppError `malformed`. */
export const keyFromDeviceId = (device: string): Uint8Array<ArrayBuffer> => peerIdToKey(device)
