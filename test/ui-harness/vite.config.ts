/** The interface on a fake node: `npx vite --config test/ui-harness/vite.config.ts`. Never part of the product. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { preact } from '@preact/preset-vite'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  cacheDir: join(tmpdir(), 'ui-harness-vite'),
  plugins: [preact({ reactAliasesEnabled: true, devToolsEnabled: false, prefreshEnabled: false })],
  define: { __BUILD__: JSON.stringify('harness') },
  // known from the start: a package found later would bring a second copy of preact
  optimizeDeps: {
    include: [
      'preact',
      'preact/hooks',
      'preact/compat',
      'preact/jsx-dev-runtime',
      '@preact/signals',
      'virtua',
      'lucide',
      'linkify-it',
      'qr',
      'qr/decode.js',
      'yjs'
    ]
  },
  server: { port: 5199, hmr: false, fs: { strict: false } },
  build: { outDir: join(tmpdir(), 'ui-harness-dist'), emptyOutDir: true, target: 'es2024' }
})
