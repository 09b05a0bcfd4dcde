/** Entry of the node's worker, shared or dedicated: the same file. */
import { runNode } from './run.ts'

runNode({ scope: globalThis as never, build: __BUILD__, onRtcOffer: () => undefined })
