/**
 * Hands a file to the person part by part. Where the browser has a save dialog the parts go straight to the disk; elsewhere
 * they are collected in a Blob (which browsers keep on the disk when it grows) and downloaded at the end.
 */
export interface PartsFile {
  readonly name: string
  write(part: Uint8Array): Promise<void>
  /** Only now the file is there. */
  finish(): Promise<void>
  /** Nothing of it stays, as far as the browser lets us. */
  drop(): Promise<void>
}

interface Writable {
  write(part: Uint8Array): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}
interface PickedFile {
  readonly name: string
  createWritable(): Promise<Writable>
}
type ShowSave = (options: {
  readonly suggestedName: string
  readonly types: readonly { readonly description: string; readonly accept: Readonly<Record<string, string[]>> }[]
}) => Promise<PickedFile>

const TYPE = 'application/octet-stream'

/** `undefined` when the person closed the dialog. Must be called from a click. */
export const openPartsFile = async (suggestedName: string, description: string): Promise<PartsFile | undefined> => {
  const { showSaveFilePicker } = window as unknown as { readonly showSaveFilePicker?: ShowSave }
  if (showSaveFilePicker === undefined) return collect(suggestedName)
  try {
    const picked = await showSaveFilePicker({
      suggestedName,
      types: [{ description, accept: { [TYPE]: ['.backup'] } }]
    })
    const writable = await picked.createWritable()
    return {
      name: picked.name,
      write: (part) => writable.write(part),
      finish: () => writable.close(),
      drop: () => writable.abort()
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    // refused by policy or by an embedding: the other way works everywhere
    return collect(suggestedName)
  }
}

const collect = (name: string): PartsFile => {
  let parts: Blob[] = []
  return {
    name,
    write: async (part) => {
      parts.push(new Blob([new Uint8Array(part)]))
    },
    finish: async () => {
      const url = URL.createObjectURL(new Blob(parts, { type: TYPE }))
      parts = []
      const link = document.createElement('a')
      link.href = url
      link.download = name
      link.click()
      // a large file is still being copied in the next task
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    },
    drop: async () => {
      parts = []
    }
  }
}
