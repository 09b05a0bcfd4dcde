/** Entry of the node's worker, shared or dedicated: the same file. */
// libp2p reads the WebRTC globals when its modules are evaluated, so the stand-in comes first of all
import '../p2p/rtc/worker/install.ts'
import { rtcHosts } from '../p2p/rtc/worker/hosts.ts'
import { runNode } from './run.ts'

runNode({ scope: globalThis, build: __BUILD__, rtc: rtcHosts })
