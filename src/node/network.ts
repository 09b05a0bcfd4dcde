/** The network page: what libp2p knows of relays and paths, with the names that only the messenger knows. */
import type { Feed } from '../bridge/contract.ts'
import type { DeviceId } from '../model/ids.ts'
import type { ContactView, NetworkView } from '../model/views.ts'
import type { NetworkSnapshot, P2p } from '../p2p/host.ts'
import type { Db } from '../store/database.ts'
import { countOutbox } from '../store/outbox.ts'
import { combine } from './combine.ts'

export const watchNetworkView = ({
  db,
  p2p,
  watchContacts
}: {
  readonly db: Db
  readonly p2p: P2p
  readonly watchContacts: () => Feed<readonly ContactView[]>
}): Feed<NetworkView> =>
  combine(
    {
      feeds: [p2p.watchNetwork(), watchContacts()],
      nudges: [
        (moved) =>
          db.changes.listen(({ outbox }) => {
            if (outbox.size > 0) moved()
          })
      ]
    },
    async ([snapshot, contacts]) =>
      toView(snapshot as NetworkSnapshot, contacts as readonly ContactView[], await countOutbox(db))
  )

const toView = (
  { state, online, relays, peers, canBeDirect }: NetworkSnapshot,
  contacts: readonly ContactView[],
  waiting: number
): NetworkView => {
  const contactByDevice = new Map<DeviceId, ContactView>(
    contacts.flatMap((contact) => contact.devices.map((device) => [device, contact] as const))
  )
  return {
    state,
    online,
    relays,
    canBeDirect,
    waiting,
    peers: peers.map((peer) => {
      const contact = contactByDevice.get(peer.device)
      return contact === undefined ? peer : { ...peer, did: contact.did, name: contact.alias ?? contact.name }
    })
  }
}
