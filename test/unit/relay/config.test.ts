import { expect, test } from 'vitest'
import { findAddresses } from '../../../relay/addresses.ts'
import { ConfigError, readConfig } from '../../../relay/config.ts'
import type { Door } from '../../../relay/door.ts'

const root = new URL('file:///app/')
const read = (env: Record<string, string>, args: string[] = []) => readConfig(env, args, root)

test('without settings it serves the app to this machine', () => {
  expect(read({})).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    dataDir: '.data',
    appDir: '/app/dist',
    logLevel: 'info',
    bootstrap: []
  })
  expect(read({}, ['--no-app']).appDir).toBeUndefined()
  expect(read({ PUBLIC_URL: 'https://chat.example.org' }).host).toBe('0.0.0.0')
  expect(read({ PUBLIC_URL: 'https://chat.example.org', HOST: 'localhost' }).host).toBe('127.0.0.1')
  expect(read({ PORT: '', HOST: ' ' })).toMatchObject({ port: 8080, host: '127.0.0.1' })
})

test('metrics are for this machine, and behind a proxy, where everybody looks local, only when asked for', () => {
  expect(read({}).metricsFor).toBe('this machine')
  expect(read({ PUBLIC_URL: 'https://chat.example.org' }).metricsFor).toBe('nobody')
  expect(read({ PUBLIC_URL: 'https://chat.example.org', METRICS: '1' }).metricsFor).toBe('everybody')
})

test('BOOTSTRAP takes URLs and multiaddrs', () => {
  expect(read({ BOOTSTRAP: ' https://a.example , /dns4/b.example/tcp/443/tls/ws/p2p/x,' }).bootstrap).toEqual([
    'https://a.example',
    '/dns4/b.example/tcp/443/tls/ws/p2p/x'
  ])
})

test('every mistake is named in one sentence', () => {
  const mistakes: readonly [Record<string, string>, string[], RegExp][] = [
    [{ PORT: '70000' }, [], /^PORT .*70000/],
    [{ PORT: '-1' }, [], /^PORT/],
    [{ PORT: '80.5' }, [], /^PORT/],
    [{ HOST: 'example.org' }, [], /^HOST .*example\.org/],
    [{ PUBLIC_URL: 'chat.example.org' }, [], /^PUBLIC_URL/],
    [{ PUBLIC_URL: 'https://chat.example.org/app' }, [], /^PUBLIC_URL/],
    [{ PUBLIC_URL: 'ftp://chat.example.org' }, [], /^PUBLIC_URL/],
    [{ TLS_CERT: '/nowhere/cert.pem' }, [], /together/],
    [{ TLS_CERT: '/nowhere/cert.pem', TLS_KEY: '/nowhere/key.pem' }, [], /^TLS_CERT points at/],
    [{ BOOTSTRAP: 'relay.example.org' }, [], /^BOOTSTRAP/],
    [{ OPERATOR: 'x'.repeat(65) }, [], /^OPERATOR/],
    [{ LOG_LEVEL: 'loud' }, [], /^LOG_LEVEL/],
    [{}, ['--verbose'], /^--verbose/]
  ]
  for (const [env, args, sentence] of mistakes) {
    const run = (): unknown => read(env, args)
    expect(run).toThrow(ConfigError)
    expect(run).toThrow(sentence)
    expect(run).toThrow(/^[^\n]+\.$/)
  }
})

const door = (host: string, isSecure = false): Door => ({
  host,
  port: 8080,
  isSecure,
  address: () => null,
  onUpgrade: () => {},
  close: async () => {}
})

const at = (publicUrl: string | undefined, host: string, isSecure = false) =>
  findAddresses({ publicUrl: publicUrl === undefined ? undefined : new URL(publicUrl) }, door(host, isSecure))

test('announced addresses follow PUBLIC_URL, else what is bound', () => {
  expect(at('https://chat.example.org', '0.0.0.0')).toEqual({
    url: 'https://chat.example.org',
    announce: ['/dns4/chat.example.org/tcp/443/tls/ws'],
    stun: 'stun:chat.example.org:8080'
  })
  expect(at('http://192.0.2.7:8443', '0.0.0.0').announce).toEqual(['/ip4/192.0.2.7/tcp/8443/ws'])
  expect(at('https://[2001:db8::1]:8443', '::')).toMatchObject({
    announce: ['/ip6/2001:db8::1/tcp/8443/tls/ws'],
    stun: 'stun:[2001:db8::1]:8080'
  })
  expect(at(undefined, '127.0.0.1')).toEqual({
    url: 'http://127.0.0.1:8080',
    announce: ['/ip4/127.0.0.1/tcp/8080/ws'],
    stun: 'stun:127.0.0.1:8080'
  })
  expect(at(undefined, '127.0.0.1', true)).toMatchObject({
    url: 'https://127.0.0.1:8080',
    announce: ['/ip4/127.0.0.1/tcp/8080/tls/ws']
  })
  const everywhere = at(undefined, '0.0.0.0')
  expect(everywhere.url).toBe('http://127.0.0.1:8080')
  expect(everywhere.announce).toContain('/ip4/127.0.0.1/tcp/8080/ws')
})
