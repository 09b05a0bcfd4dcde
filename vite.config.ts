/**
 * The build: page, node worker and service worker, in hashed files that the relay serves. Page and worker of one build
 * carry the same `__BUILD__`. `BUILD_ID` overrides it, so that a test can make a "newer version" of the same sources.
 */
import { preact } from '@preact/preset-vite'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { makeBuildId } from './scripts/build-id.ts'
import { checkPatches } from './scripts/vite-check-patches.ts'
import { fixWebrtc } from './scripts/vite-fix-webrtc.ts'
import { precompress } from './scripts/vite-precompress.ts'

const build = process.env['BUILD_ID'] ?? makeBuildId()
/** Where `npm run dev` has its relay. */
const relay = process.env['DEV_RELAY'] ?? 'http://127.0.0.1:8420'

export default defineConfig(({ command }) => ({
  define: { __BUILD__: JSON.stringify(build) },
  // what a browser needs of OpenPGP, without the parts that only servers and old keys use
  resolve: { alias: [{ find: /^openpgp$/, replacement: 'openpgp/lightweight' }] },
  build: {
    target: ['chrome120', 'firefox128', 'safari17.4'],
    sourcemap: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000
  },
  worker: { format: 'es' as const, plugins: () => [fixWebrtc()] },
  // development prepares packages beforehand, where `plugins` do not reach
  optimizeDeps: { rolldownOptions: { plugins: [fixWebrtc()] } },
  server: { proxy: { '/.well-known': relay, '/healthz': relay } },
  plugins: [
    preact(),
    checkPatches(),
    fixWebrtc(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/sw',
      filename: 'sw.ts',
      injectRegister: false,
      registerType: 'prompt',
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,woff2,wasm}', 'icons/icon-192.png', 'licenses/*.txt'],
        maximumFileSizeToCacheInBytes: 8 * 1024 * 1024
      },
      manifest: {
        id: '/',
        name: 'CryptoChat',
        short_name: 'CryptoChat',
        description:
          'Chat, end-to-end encrypted, directly from browser to browser. No account, no phone number, no company.',
        lang: 'en',
        dir: 'ltr',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        orientation: 'any',
        theme_color: '#f9fafc',
        background_color: '#f9fafc',
        categories: ['social', 'communication'],
        launch_handler: { client_mode: ['focus-existing', 'auto'] },
        icons: [
          { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
          { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
          { src: '/icons/monochrome-512.png', sizes: '512x512', type: 'image/png', purpose: 'monochrome' }
        ],
        screenshots: [
          { src: '/screenshots/wide.png', sizes: '1440x900', type: 'image/png', form_factor: 'wide', label: 'A chat' },
          {
            src: '/screenshots/narrow.png',
            sizes: '390x844',
            type: 'image/png',
            form_factor: 'narrow',
            label: 'A chat'
          }
        ],
        shortcuts: [{ name: 'New chat', url: '/new', icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] }]
      }
    }),
    ...(command === 'build' ? [precompress()] : [])
  ]
}))
