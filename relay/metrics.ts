/** Numbers for operators, in Prometheus' text format. Counts only: no peer, did or address is ever a label. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { RelayHost } from './host.ts'
import type { Answer } from './http.ts'
import type { ConnectionBook, Refusals } from './limits.ts'

export interface MetricsDeps {
  readonly host: () => RelayHost | undefined
  readonly connections: ConnectionBook
  readonly refusals: Refusals
  readonly usage: () => { readonly blobs: number; readonly bytes: number }
}

export const createMetrics = ({ host, connections, refusals, usage }: MetricsDeps): (() => Promise<Answer>) => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })

  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({
      name: `cryptochat_${name}`,
      help,
      registers: [registry],
      collect: () => {
        made.set(value())
      }
    })
  }
  gauge('sockets', 'Open TCP connections', () => connections.size())
  gauge('connections', 'libp2p connections', () => host()?.getConnections().length ?? 0)
  gauge('reservations', 'Circuit relay reservations', () => host()?.services.circuits.reservations.size ?? 0)
  gauge('stored_blobs', 'Heads, documents and cards', () => usage().blobs)
  gauge('stored_bytes', 'Their size', () => usage().bytes)

  const refused: Gauge<'reason'> = new Gauge({
    name: 'cryptochat_refused_total',
    help: 'What was turned away, by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect: () => {
      for (const [reason, count] of refusals.all()) refused.set({ reason }, count)
    }
  })

  return async () => ({
    status: 200,
    body: await registry.metrics(),
    headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' }
  })
}
