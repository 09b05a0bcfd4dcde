/** Reads QR codes from camera frames and pictures: with the browser's own detector where there is one, else in JavaScript. */

interface Detected {
  readonly rawValue: string
}
interface Detector {
  detect(source: ImageBitmapSource): Promise<readonly Detected[]>
}
interface DetectorClass {
  new (options: { readonly formats: readonly string[] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

export type ReadCode = (source: HTMLVideoElement | ImageBitmap) => Promise<string | undefined>

/** Enough for the largest code we make; more only costs time. */
const MAX_SIDE_PX = 960

const sizeOf = (source: HTMLVideoElement | ImageBitmap): readonly [number, number] =>
  source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height]

const createOwnReader = async (): Promise<ReadCode> => {
  const { decodeQR } = await import('qr/decode.js')
  const canvas = document.createElement('canvas')
  return async (source) => {
    const [width, height] = sizeOf(source)
    if (width === 0 || height === 0) return undefined
    const scale = Math.min(1, MAX_SIDE_PX / Math.max(width, height))
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    const paper = canvas.getContext('2d', { willReadFrequently: true })
    if (paper === null) return undefined
    paper.drawImage(source, 0, 0, canvas.width, canvas.height)
    try {
      return decodeQR(paper.getImageData(0, 0, canvas.width, canvas.height))
    } catch {
      // no code in this frame: the usual case
      return undefined
    }
  }
}

export const createReader = async (): Promise<ReadCode> => {
  const { BarcodeDetector } = globalThis as { readonly BarcodeDetector?: DetectorClass }
  const formats = (await BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? []
  if (BarcodeDetector === undefined || !formats.includes('qr_code')) return createOwnReader()
  const detector = new BarcodeDetector({ formats: ['qr_code'] })
  return async (source) => {
    try {
      return (await detector.detect(source))[0]?.rawValue
    } catch {
      // a frame that is not ready yet
      return undefined
    }
  }
}

export type CameraProblem = 'denied' | 'missing'

export const openCamera = async (): Promise<MediaStream | CameraProblem> => {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false })
  } catch (error) {
    return error instanceof Error && error.name === 'NotAllowedError' ? 'denied' : 'missing'
  }
}
