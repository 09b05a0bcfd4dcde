// What a browser loads before the first screen is what the built page names: the entry and what it preloads.
import { readFileSync } from 'node:fs'

const page = readFileSync('dist/index.html', 'utf8')
const firstPaint = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file]) => `dist/${file}`)

export default [
  { name: 'first paint (js)', path: firstPaint, limit: '40 kB', brotli: true },
  { name: 'node worker', path: 'dist/assets/node.worker-*.js', limit: '400 kB', brotli: true },
  { name: 'service worker', path: 'dist/sw.js', limit: '12 kB', brotli: true }
]
