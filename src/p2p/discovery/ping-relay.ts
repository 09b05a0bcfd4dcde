/**
 * Asks one connection to a relay whether it still answers, over `/ipfs/ping/1.0.0`. Only silence counts against it: a relay
 * that refuses the stream has answered. (The library's own client pings some connection to the peer, and ends its side
 * before the echo is there, which a busy relay may take for the end.)
 */
import type { Connection } from '@libp2p/interface'
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'

const PING_PROTOCOL = '/ipfs/ping/1.0.0'
const PING_BYTES = 32

/** The round trip, or `silent` after the deadline. */
export const pingRelay = async (
  connection: Connection,
  { clock, random, signal }: { readonly clock: Clock; readonly random: Random; readonly signal: AbortSignal }
): Promise<{ readonly roundTripMs: number } | 'answered' | 'silent'> => {
  try {
    const stream = await connection.newStream(PING_PROTOCOL, { signal })
    try {
      const startedAt = clock.now()
      const echoed = new Promise<'echo' | 'closed' | 'deadline'>((resolve) => {
        let size = 0
        stream.addEventListener('message', ({ data }) => {
          size += data.byteLength
          if (size >= PING_BYTES) resolve('echo')
        })
        stream.addEventListener('close', () => resolve('closed'))
        signal.addEventListener('abort', () => resolve('deadline'), { once: true })
      })
      stream.send(random.bytes(PING_BYTES))
      const how = await echoed
      if (how === 'echo') return { roundTripMs: clock.now() - startedAt }
      return how === 'closed' ? 'answered' : 'silent'
    } finally {
      stream.close({ signal }).catch((error: Error) => stream.abort(error))
    }
  } catch {
    // refused, reset, or no answer to our question which protocols it speaks
    return signal.aborted ? 'silent' : 'answered'
  }
}
