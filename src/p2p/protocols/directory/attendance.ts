/**
 * Which connected devices ring for which inbox: in memory only, gone with the connection. Nobody can list it; one device
 * rings for few inboxes, one inbox at few devices.
 */
import { bytesToHex } from '../../../base/bytes.ts'

export interface Attendance {
  /** False: this inbox or this device has its fill. */
  add(inbox: Uint8Array, device: string): boolean
  /** The device's last connection ended. */
  remove(device: string): void
  devices(inbox: Uint8Array): readonly string[]
  size(): number
}

/** ID3: the slots of a document. */
const MAX_DEVICES = 8
/** One profile has one account; two leave room for moving from one to another. */
const MAX_INBOXES = 2

export const createAttendance = (): Attendance => {
  const devicesByInbox = new Map<string, Set<string>>()
  const inboxesByDevice = new Map<string, Set<string>>()

  return {
    add: (inbox, device) => {
      const key = bytesToHex(inbox)
      const devices = devicesByInbox.get(key) ?? new Set()
      const inboxes = inboxesByDevice.get(device) ?? new Set()
      if (devices.has(device)) return true
      if (devices.size >= MAX_DEVICES || inboxes.size >= MAX_INBOXES) return false
      devicesByInbox.set(key, devices.add(device))
      inboxesByDevice.set(device, inboxes.add(key))
      return true
    },
    remove: (device) => {
      for (const key of inboxesByDevice.get(device) ?? []) {
        const devices = devicesByInbox.get(key)
        devices?.delete(device)
        if (devices?.size === 0) devicesByInbox.delete(key)
      }
      inboxesByDevice.delete(device)
    },
    devices: (inbox) => [...(devicesByInbox.get(bytesToHex(inbox)) ?? [])],
    size: () => inboxesByDevice.size
  }
}
