/** What a relay serves to browsers: the app, its headers, and the same over TLS with a CA that somebody made himself. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDirectoryClient } from '../../src/p2p/protocols/directory/client.ts'
import { createPeer, dial } from '../relay-cast.ts'
import { startTestnet } from '../testnet.ts'
import type { Testnet, TestRelay } from '../testnet.ts'

const folder = mkdtempSync(join(tmpdir(), 'cryptochat-web-'))
const dist = join(folder, 'dist')
const PAGE = `<!doctype html><title>CryptoChat</title>${'<p>text</p>'.repeat(200)}`
const SCRIPT = `export const words = ${JSON.stringify('many words '.repeat(500))}`
let net: Testnet
let relay: TestRelay

beforeAll(async () => {
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(dist, 'index.html'), PAGE)
  writeFileSync(join(dist, 'sw.js'), 'self.skipWaiting()')
  writeFileSync(join(dist, 'assets/main-abc123.js'), SCRIPT)
  writeFileSync(join(dist, 'assets/picture-abc123.png'), Uint8Array.of(1, 2, 3))
  writeFileSync(join(folder, 'secret.txt'), 'not for the web')
  symlinkSync(join(folder, 'secret.txt'), join(dist, 'leak.txt'))
  net = await startTestnet({ relays: 1, app: true, env: { DIST: dist } })
  relay = net.relays[0] as TestRelay
})

afterAll(async () => {
  await net.stop()
  rmSync(folder, { recursive: true })
})

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Exactly this path and these headers: fetch would tidy them up. */
const get = (
  path: string,
  {
    headers = {},
    method = 'GET',
    base = relay.url
  }: { headers?: Record<string, string>; method?: string; base?: string } = {}
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const { hostname, port, protocol } = new URL(base)
    const start = protocol === 'https:' ? httpsRequest : httpRequest
    const asked = start({ hostname, port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) })
      )
    })
    asked.on('error', reject)
    asked.end()
  })

const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('the app comes compressed, hashed names for ever, the rest asked for again', async () => {
  const script = await get('/assets/main-abc123.js', { headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } })
  expect(script.headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding'
  })
  expect(brotliDecompressSync(script.body).toString()).toBe(SCRIPT)
  const zipped = await get('/assets/main-abc123.js', { headers: { 'accept-encoding': 'gzip, br;q=0' } })
  expect(gunzipSync(zipped.body).toString()).toBe(SCRIPT)
  const plain = await get('/assets/main-abc123.js')
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(plain.body.toString()).toBe(SCRIPT)
  const picture = await get('/assets/picture-abc123.png', { headers: { 'accept-encoding': 'br' } })
  expect(picture.headers['content-encoding']).toBeUndefined()
  for (const path of ['/', '/index.html', '/sw.js']) {
    expect((await get(path)).headers['cache-control']).toBe('no-cache')
  }
  const { etag } = (await get('/')).headers
  const again = await get('/', { headers: { 'if-none-match': String(etag) } })
  expect({ status: again.status, size: again.body.length }).toEqual({ status: 304, size: 0 })
})

test('every place in the app is index.html, and what is no place is not', async () => {
  for (const path of ['/', '/chat/abc', '/contact/did:key:z6Mkabc', '/settings/network', '/new?x=1']) {
    const { status, body } = await get(path, { headers: NAVIGATION })
    expect({ path, status, body: body.toString() }).toEqual({ path, status: 200, body: PAGE })
  }
  for (const path of ['/assets/gone.js', '/assets/gone', '/missing.css', '/robots.txt']) {
    expect((await get(path, { headers: NAVIGATION })).status).toBe(404)
  }
  expect((await get('/chat/abc', { headers: { accept: 'application/json' } })).status).toBe(404)
})

test('a new build is served without a restart', async () => {
  writeFileSync(join(dist, 'index.html'), `${PAGE}<p>new</p>`)
  try {
    expect((await get('/')).body.toString()).toBe(`${PAGE}<p>new</p>`)
  } finally {
    writeFileSync(join(dist, 'index.html'), PAGE)
  }
})

test('nothing outside the app can be read, and odd requests are refused', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/leak.txt',
    '/assets',
    '/.hidden',
    '/%00',
    '/%zz'
  ]) {
    const { status, body } = await get(path)
    expect({ path, refused: status === 400 || status === 404 }).toEqual({ path, refused: true })
    expect(body.toString()).not.toContain('not for the web')
  }
  expect((await get(`/${'a'.repeat(5_000)}`)).status).toBe(414)
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const { status, headers } = await get('/', { method })
    expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: 'GET, HEAD' })
  }
  const head = await get('/', { method: 'HEAD' })
  expect({ status: head.status, size: head.body.length }).toEqual({ status: 200, size: 0 })
})

test('every answer carries the policy, also those that are not the page', async () => {
  for (const path of ['/', '/assets/main-abc123.js', '/sw.js', '/healthz', '/nothing.here']) {
    const { headers } = await get(path)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; manifest-src 'self'; " +
        "style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; " +
        "connect-src 'self' ws: wss: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types cryptochat"
    )
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin'
    })
    expect(headers['strict-transport-security']).toBeUndefined()
  }
})

const openssl = (...args: string[]): void => {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

test('with a certificate of a self-made CA everything is https and wss on the one port', async () => {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key',
    '-out', 'ca.crt', '-days', '2', '-subj', '/CN=own CA') // prettier-ignore
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'relay.key',
    '-out', 'relay.csr', '-subj', '/CN=relay') // prettier-ignore
  writeFileSync(join(folder, 'san.ext'), 'subjectAltName=IP:127.0.2.1,DNS:localhost')
  openssl('x509', '-req', '-in', 'relay.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
    '-extfile', 'san.ext', '-out', 'relay.crt') // prettier-ignore

  const secure = await net.add({
    TLS_CERT: join(folder, 'relay.crt'),
    TLS_KEY: join(folder, 'relay.key'),
    BOOTSTRAP: ''
  })
  expect(secure.url).toMatch(/^https:\/\/127\.0\.2\.1:\d+$/)
  expect(secure.addrs).toEqual([`/ip4/127.0.2.1/tcp/${new URL(secure.url).port}/tls/ws/p2p/${secure.peerId}`])

  await expect(get('/healthz', { base: secure.url })).rejects.toThrow(/certificate/)
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, readFileSync(join(folder, 'ca.crt'), 'utf8')])
  const peer = await createPeer('somebody with the CA')
  try {
    const page = await get('/', { base: secure.url })
    expect(page.status).toBe(200)
    expect(page.headers['strict-transport-security']).toMatch(/^max-age=\d+$/)
    const directory = createDirectoryClient(await dial(peer, secure.addrs[0] ?? ''))
    expect(await directory.card(new Uint8Array(32), { signal: AbortSignal.timeout(5_000) })).toBeUndefined()
  } finally {
    await peer.stop()
    setDefaultCACertificates(before)
  }
})

test('PUBLIC_URL decides which addresses are told, whatever is bound', async () => {
  const shown = await net.add({ PUBLIC_URL: 'https://chat.example.org', BOOTSTRAP: '' })
  expect(shown.url).toBe('https://chat.example.org')
  expect(shown.addrs).toEqual([`/dns4/chat.example.org/tcp/443/tls/ws/p2p/${shown.peerId}`])
  expect(shown.stun).toMatch(/^stun:chat\.example\.org:\d+$/)
})
