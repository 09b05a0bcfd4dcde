/** Serves a built app with the relay's own web server and headers, without libp2p behind it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { silentLog } from '../../src/base/log.ts'
import { createHttp, json } from '../../relay/http.ts'
import { createRefusals } from '../../relay/limits.ts'
import { createWeb } from '../../relay/web.ts'

export interface AppServer {
  readonly url: string
  stop(): Promise<void>
}

/** `port` 0 takes a free one; the same number again brings the same origin back. */
export const serveApp = async (directory = process.env['DIST'] ?? 'dist', port = 0): Promise<AppServer> => {
  const server = createServer(
    createHttp({
      isSecure: false,
      refusals: createRefusals(),
      log: silentLog,
      web: createWeb(resolve(directory)),
      health: () => json(200, { ok: true }),
      wellKnown: async () => json(503, {}),
      metrics: async () => json(404, {}),
      metricsFor: 'nobody'
    })
  )
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
}
