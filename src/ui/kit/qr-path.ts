/** A QR code as one SVG path, a run of dark modules a rectangle. */
import { encodeQR } from 'qr'

export interface QrDrawing {
  readonly side: number
  readonly path: string
}

export const qrPath = (text: string): QrDrawing => {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 3 })
  const parts: string[] = []
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== true) continue
      let end = x
      while (row[end] === true) end++
      parts.push(`M${x} ${y}h${end - x}v1h-${end - x}z`)
      x = end
    }
  })
  return { side: rows.length, path: parts.join('') }
}
