/**
 * How large a picture says it is, before anything decodes it. Twenty kilobytes can unpack to gigabytes of pixels, and a
 * stranger's photo is shown among the requests: only what our own kinds of pictures could be is ever drawn.
 */

/** Ours have 256; larger ones of other apps are fine, a wall of pixels is not. */
const MAX_SIDE_PX = 1024

interface Size {
  readonly width: number
  readonly height: number
}

const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength)
const textAt = (data: Uint8Array, at: number): string => String.fromCharCode(...data.subarray(at, at + 4))

const pngSize = (data: Uint8Array): Size | undefined => {
  if (data.length < 24 || textAt(data, 12) !== 'IHDR') return undefined
  return { width: viewOf(data).getUint32(16), height: viewOf(data).getUint32(20) }
}

const webpSize = (data: Uint8Array): Size | undefined => {
  if (data.length < 30 || textAt(data, 8) !== 'WEBP') return undefined
  const view = viewOf(data)
  const kind = textAt(data, 12)
  if (kind === 'VP8X') {
    return {
      width: 1 + (view.getUint32(24, true) & 0xffffff),
      height: 1 + (view.getUint16(27, true) | (view.getUint8(29) << 16))
    }
  }
  if (kind === 'VP8L') {
    const packed = view.getUint32(21, true)
    return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) }
  }
  return kind === 'VP8 '
    ? { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    : undefined
}

/** Start-of-frame markers; C4, C8 and CC in their range mean other things. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

const jpegSize = (data: Uint8Array): Size | undefined => {
  const view = viewOf(data)
  for (let at = 2; at + 9 <= data.length;) {
    if (data[at] !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (isFrame(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

const sizeOf = (data: Uint8Array): Size | undefined => {
  if (data.length < 12) return undefined
  if (textAt(data, 0) === '\u0089PNG') return pngSize(data)
  if (textAt(data, 0) === 'RIFF') return webpSize(data)
  return data[0] === 0xff && data[1] === 0xd8 ? jpegSize(data) : undefined
}

/** A JPEG, WebP or PNG of a sane size; anything else is not shown. */
export const isModestPhoto = (data: Uint8Array): boolean => {
  const size = sizeOf(data)
  return size !== undefined && Math.min(size.width, size.height) > 0 && Math.max(size.width, size.height) <= MAX_SIDE_PX
}
