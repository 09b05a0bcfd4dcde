/**
 * Who may import whom (ARCHITECTURE.md): one row per room, the longest prefix owns a file. An entry is a room, a single
 * file, or `prefix/**` (that room and everything below it). `type:` entries allow `import type` only.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/model': ['src/base'],
  'src/wire': ['src/base'],
  'src/crypto': ['src/base', 'src/wire'],
  'src/store': ['src/base', 'src/model'],
  'src/messenger': ['src/base', 'src/model', 'src/wire', 'src/crypto', 'src/store', 'src/messenger/note-doc.ts'],
  // the one file of the node that knows Yjs
  'src/messenger/note-doc.ts': [],
  'src/p2p/protocols': ['src/base', 'src/wire'],
  'src/p2p/rtc': ['src/base'],
  'src/p2p/rtc/page': ['src/base', 'src/p2p/rtc'],
  'src/p2p/rtc/worker': ['src/base', 'src/p2p/rtc'],
  'src/p2p': [
    'src/base',
    'src/wire',
    'src/p2p/protocols',
    'src/p2p/rtc',
    'src/p2p/rtc/worker',
    'type:src/messenger/net.ts'
  ],
  'src/bridge': ['src/base', 'src/model'],
  'src/node': [
    'src/base',
    'src/model',
    'src/wire',
    'src/crypto',
    'src/store',
    'src/messenger',
    'src/p2p',
    'src/p2p/rtc',
    'src/p2p/rtc/worker',
    'src/bridge'
  ],
  'src/ui': ['src/base', 'src/model', 'src/bridge'],
  'src/sw': ['src/base', 'src/wire'],
  'src/main.tsx': [
    'src/base',
    'src/bridge',
    'src/ui',
    'src/p2p/rtc/page',
    'src/sw/register.ts',
    'src/node/node.worker.ts'
  ],
  // the relay checks heads with the very code of the clients; none of these files pulls in OpenPGP
  relay: [
    'src/base',
    'src/wire',
    'src/p2p/protocols',
    'src/crypto/ed25519.ts',
    'src/crypto/head.ts',
    'src/crypto/domains.ts',
    'src/crypto/did.ts',
    'src/crypto/device-id.ts',
    'src/crypto/hash.ts'
  ],
  scripts: ['relay/**', 'test/**'],
  bench: ['src/**', 'test/**', 'scripts/**'],
  test: ['src/**', 'relay/**', 'scripts/**', 'bench/**']
}

/** Which packages a room may name. An entry ending in `/` is a scope or a prefix. */
export const VENDORS: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/model': [],
  'src/wire': ['cborg'],
  'src/crypto': ['openpgp', '@noble/', 'multiformats/', 'hash-wasm', 'ts-mls/', '@hpke/core'],
  'src/store': ['dexie'],
  'src/messenger': [],
  'src/messenger/note-doc.ts': ['yjs'],
  'src/p2p/protocols': ['type:@libp2p/interface', 'type:uint8arraylist'],
  'src/p2p/rtc': [],
  'src/p2p/rtc/page': [],
  'src/p2p/rtc/worker': [],
  'src/p2p': ['libp2p', '@libp2p/', '@multiformats/', 'uint8arraylist', 'interface-datastore'],
  'src/bridge': [],
  'src/node': [],
  'src/ui': ['preact', 'preact/', '@preact/signals', 'virtua', 'virtua/', 'lucide', 'qr', 'qr/', 'linkify-it', 'yjs'],
  'src/sw': ['workbox-core', 'workbox-precaching', 'workbox-routing', 'idb', 'virtual:pwa-register'],
  'src/main.tsx': ['preact'],
  relay: [
    'libp2p',
    '@libp2p/',
    '@multiformats/',
    'uint8arraylist',
    'interface-datastore',
    'datastore-level',
    'pino',
    'prom-client',
    'node:'
  ]
}
