import { expect, test } from 'vitest'
import { photoUrl } from '../../../src/ui/kit/Avatar.tsx'
import { MAX_BYTES } from '../../../src/ui/kit/photo.ts'
import { isModestPhoto } from '../../../src/ui/kit/photo-size.ts'
import { MAX_PHOTO_BYTES } from '../../../src/wire/profile.ts'

const hex = (...parts: readonly string[]): Uint8Array => new Uint8Array(Buffer.from(parts.join(''), 'hex'))
const ascii = (text: string): string => Buffer.from(text).toString('hex')

const png = (width: string, height: string) => hex('89504e470d0a1a0a', '0000000d', ascii('IHDR'), width, height, '0806')
const jpeg = (height: string, width: string) =>
  hex('ffd8', 'ffe000104a46494600010100000100010000', 'ffc0001108', height, width, '03012200021101031101')
const lossy = (width: string, height: string) =>
  hex(ascii('RIFF'), '00000000', ascii('WEBPVP8 '), '00000000', '000000', '9d012a', width, height)
const extended = (width: string, height: string) =>
  hex(ascii('RIFF'), '00000000', ascii('WEBPVP8X'), '0a000000', '00000000', width, height)
const lossless = (packed: string) =>
  hex(ascii('RIFF'), '00000000', ascii('WEBPVP8L'), '00000000', '2f', packed, '0000000000')

test('pictures as our app makes them are shown', () => {
  expect(isModestPhoto(png('00000100', '00000100'))).toBe(true)
  expect(isModestPhoto(jpeg('0100', '0100'))).toBe(true)
  expect(isModestPhoto(lossy('0001', '0001'))).toBe(true)
  expect(isModestPhoto(extended('ff0000', 'ff0000'))).toBe(true)
  expect(isModestPhoto(lossless('ffc03f00'))).toBe(true)
})

test('a few bytes that unpack to a wall of pixels are not', () => {
  expect(isModestPhoto(png('00008000', '00000100'))).toBe(false)
  expect(isModestPhoto(png('00000100', 'ffffffff'))).toBe(false)
  expect(isModestPhoto(jpeg('ffff', '0100'))).toBe(false)
  expect(isModestPhoto(lossy('ff3f', '0001'))).toBe(false)
  expect(isModestPhoto(extended('ff0000', 'ffffff'))).toBe(false)
  expect(isModestPhoto(lossless('ffffff0f'))).toBe(false)
})

test('other kinds, and what ends too early, are not', () => {
  const whole = [png('00000100', '00000100'), jpeg('0100', '0100'), lossy('0001', '0001')]
  for (const picture of whole)
    for (let end = 0; end < 12; end++) expect(isModestPhoto(picture.subarray(0, end))).toBe(false)
  for (const start of ['GIF89a', 'BM', '<svg xmlns="http://www.w3.org/2000/svg">', '\0\0\0\x20ftypavif']) {
    expect(isModestPhoto(new Uint8Array(Buffer.from(start.padEnd(100, '\u0001'))))).toBe(false)
  }
  expect(isModestPhoto(hex('ffd8', 'ffe00000'.repeat(8)))).toBe(false)
})

test('a photo is never mistaken for another one that was made to look alike to a checksum', () => {
  // two of one length and one FNV-1a hash
  const byHash = new Map<number, Uint8Array>()
  for (let count = 0; count < 2_000_000; count++) {
    const photo = new Uint8Array(8)
    new DataView(photo.buffer).setUint32(0, count)
    new DataView(photo.buffer).setUint32(4, Math.imul(count, 0x9e3779b1) >>> 0)
    let hash = 0x811c9dc5
    for (const byte of photo) hash = Math.imul(hash ^ byte, 0x01000193)
    const other = byHash.get(hash)
    byHash.set(hash, photo)
    if (other === undefined) continue
    expect(photoUrl(photo)).not.toBe(photoUrl(other))
    expect(photoUrl(photo)).toBe(photoUrl(new Uint8Array(photo)))
    return
  }
  expect.unreachable('no two alike were found')
})

test('a photo that was shrunk fits a profile', () => {
  expect(MAX_BYTES).toBeLessThanOrEqual(MAX_PHOTO_BYTES)
})
