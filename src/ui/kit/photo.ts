/**
 * A picture for an avatar: cut to the middle square, at most 256 pixels, at most 24 kB. Drawing it anew leaves EXIF and
 * location behind.
 */
const SIDE_PX = 256
/** What the node takes for a profile is 24 KiB. */
export const MAX_BYTES = 24_000
const QUALITIES = [0.86, 0.75, 0.6, 0.45, 0.3] as const

const encode = (canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, type, quality))

/** @throws when the file is no picture that this browser can read. */
export const shrinkPhoto = async (file: Blob): Promise<Uint8Array> => {
  const picture = await createImageBitmap(file)
  try {
    const side = Math.min(picture.width, picture.height)
    const canvas = document.createElement('canvas')
    canvas.width = SIDE_PX
    canvas.height = SIDE_PX
    const paper = canvas.getContext('2d')
    if (paper === null) throw new Error('no canvas')
    paper.imageSmoothingQuality = 'high'
    // JPEG has no transparency: what is clear in the picture becomes white
    paper.fillStyle = '#fff'
    paper.fillRect(0, 0, SIDE_PX, SIDE_PX)
    const left = (picture.width - side) / 2
    const top = (picture.height - side) / 2
    paper.drawImage(picture, left, top, side, side, 0, 0, SIDE_PX, SIDE_PX)
    for (const quality of QUALITIES) {
      const webp = await encode(canvas, 'image/webp', quality)
      // browsers without WebP encoding answer with PNG
      const blob = webp?.type === 'image/webp' ? webp : await encode(canvas, 'image/jpeg', quality)
      if (blob !== null && blob.size <= MAX_BYTES) return new Uint8Array(await blob.arrayBuffer())
    }
    throw new Error('the picture does not get small enough')
  } finally {
    picture.close()
  }
}
