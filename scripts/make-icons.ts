/**
 * Draws the PNG icons from `public/icons/icon.svg` with the test browser. Run it after changing the SVG:
 * `node scripts/make-icons.ts`. The PNGs are committed, so that a build needs no browser.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { findChromium } from './find-browsers.ts'

const FOLDER = 'public/icons'
const svg = readFileSync(`${FOLDER}/icon.svg`, 'utf8')
const inner = svg.replace(/^[\s\S]*?<\/defs>/, '').replace('</svg>', '')
const [, defs = ''] = /(<defs>[\s\S]*<\/defs>)/.exec(svg) ?? []
const drawing = inner.replace(/<rect[^>]*>/, '')
const wrap = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">${defs}${content}</svg>`

/** Maskable: the launcher cuts any shape, so the ground fills all and the drawing keeps to the inner 80 %. */
const maskable = wrap(
  `<rect width="512" height="512" fill="url(#ground)"/><g transform="translate(51 51) scale(.8)">${drawing}</g>`
)
/** Monochrome: only the shape counts; the keyhole is cut out. */
const monochrome = wrap(drawing.replaceAll('#0a5f92', '#000').replaceAll('#7fe0f0', '#fff'))
  .replace('<defs>', '<defs><mask id="cut">')
  .replace(
    /(<mask id="cut">)[\s\S]*?(<\/defs>)([\s\S]*)<\/svg>/,
    '$1$3</mask></defs><rect width="512" height="512" fill="#fff" mask="url(#cut)"/></svg>'
  )

const ICONS = [
  { file: 'icon-192.png', size: 192, svg },
  { file: 'icon-512.png', size: 512, svg },
  { file: 'maskable-512.png', size: 512, svg: maskable },
  { file: 'monochrome-512.png', size: 512, svg: monochrome }
]

const executablePath = findChromium()
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  chromiumSandbox: process.getuid?.() !== 0
})
for (const icon of ICONS) {
  const page = await browser.newPage({ viewport: { width: icon.size, height: icon.size } })
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${icon.svg}`)
  writeFileSync(`${FOLDER}/${icon.file}`, await page.screenshot({ omitBackground: true }))
  await page.close()
}
await browser.close()
