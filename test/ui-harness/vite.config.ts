/** The interface on a fake node: `npx vite --config test/ui-harness/vite.config.ts`. Never part of the product. */
import { fileURLToPath } from 'node:url'
import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  cacheDir: '/tmp/ui-harness-vite',
  plugins: [preact({ reactAliasesEnabled: true, devToolsEnabled: false, prefreshEnabled: false })],
  define: { __BUILD__: JSON.stringify('harness') },
  server: { port: 5199, hmr: false, fs: { strict: false } },
  build: { outDir: '/tmp/ui-harness-dist', emptyOutDir: true, target: 'es2024' }
})
