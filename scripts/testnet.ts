/** `npm run testnet -- --relays N`: N relays on 127.0.N.1, one JSON line on stdout when all are ready, until SIGTERM. */
import { parseArgs } from 'node:util'
import { ensureBuilt } from './ensure-built.ts'
import { startTestnet } from '../test/testnet.ts'

const { values } = parseArgs({ options: { relays: { type: 'string', default: '3' } } })
const count = Number(values.relays)
if (!Number.isInteger(count) || count < 1 || count > 250) {
  process.stderr.write('--relays takes a whole number from 1 to 250.\n')
  process.exit(2)
}

ensureBuilt()
const testnet = await startTestnet({ relays: count, app: true })
const stop = (): void => {
  void testnet.stop().finally(() => process.exit(0))
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
const relays = testnet.relays.map(({ url, peerId, addrs, pid }) => ({ url, peerId, addrs, pid }))
process.stdout.write(`${JSON.stringify({ ready: true, relays })}\n`)
// relays print to pipes of this process: it must outlive them
await new Promise(() => {})
