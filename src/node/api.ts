/** NodeApi: the messenger's methods under their own names, and the network and debug methods of this room. */
import type { Messenger } from '../messenger/messenger.ts'
import { type DebugDeps, makeReport, watchDebugView } from './debug.ts'
import { watchNetworkView } from './network.ts'
import type { EngineApi } from './parts.ts'

export const createApi = (messenger: Messenger, deps: DebugDeps): EngineApi => {
  const { db, p2p } = deps
  return {
    // the bridge lets through what NodeApi declares and nothing else, so what is only for the owner stays here
    ...messenger,
    watchNetwork: () => watchNetworkView({ db, p2p, watchContacts: () => messenger.watchContacts() }),
    addRelay: (address) => p2p.addRelay(address),
    removeRelay: async (peer) => p2p.removeRelay(peer),
    watchDebug: () => watchDebugView(deps),
    makeReport: () => makeReport(deps)
  }
}
