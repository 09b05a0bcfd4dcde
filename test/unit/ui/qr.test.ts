import { decodeQR } from 'qr/decode.js'
import { expect, test } from 'vitest'
import { qrPath } from '../../../src/ui/kit/qr-path.ts'

/** Draws the path as a scanner would see it: dark modules of four pixels on white. */
const paint = ({ side, path }: ReturnType<typeof qrPath>): { width: number; height: number; data: Uint8Array } => {
  const scale = 4
  const width = side * scale
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    const left = Number(x) * scale
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++)
      for (let column = left; column < left + Number(run) * scale; column++)
        data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3)
  }
  return { width, height: width, data }
}

test('a drawn code reads back as the text, for the longest link there may be', () => {
  const link = `https://chat.example.org/#i/${'aB3_-'.repeat(74)}`
  expect(link.length).toBeLessThanOrEqual(400)
  expect(decodeQR(paint(qrPath(link)))).toBe(link)
})

test('a code has a quiet edge, without which scanners do not find it', () => {
  const { side, path } = qrPath('https://chat.example/#i/abc')
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    expect(Math.min(Number(x), Number(y))).toBeGreaterThanOrEqual(3)
    expect(Number(x) + Number(run)).toBeLessThanOrEqual(side - 3)
  }
})
