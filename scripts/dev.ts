/**
 * `npm run dev`: Vite with hot reload, and a relay of its own behind it. `PORT` is the page's (5173 when not given).
 * Ends with Ctrl+C, both together.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'vite'

const DEFAULT_PORT = 5173

const startRelay = async (): Promise<{ readonly url: string; readonly process: ChildProcess }> => {
  const relay = spawn(process.execPath, ['relay/main.ts', '--no-app'], {
    env: { ...process.env, PORT: '0', DATA_DIR: '.data/dev', LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ready = await new Promise<string>((resolve, reject) => {
    relay.stdout.once('data', (line: Buffer) => resolve(String(line)))
    relay.once('exit', (code) => reject(new Error(`the relay ended with status ${String(code)}`)))
  })
  return { url: (JSON.parse(ready) as { readonly url: string }).url, process: relay }
}

const relay = await startRelay()
process.env['DEV_RELAY'] = relay.url
const vite = await createServer({ server: { port: Number(process.env['PORT'] ?? DEFAULT_PORT), host: '127.0.0.1' } })
await vite.listen()
vite.printUrls()

let isStopping = false
const stop = (): void => {
  if (isStopping) return
  isStopping = true
  relay.process.kill('SIGTERM')
  vite.close().then(
    () => process.exit(0),
    () => process.exit(1)
  )
}
relay.process.once('exit', stop)
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
