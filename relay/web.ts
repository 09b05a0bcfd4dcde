/**
 * The built app over HTTP: files of one directory, compressed once, and `index.html` for every address a person may
 * be at. Reads only below that directory, answers only GET and HEAD, and never lists anything.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export interface WebFile {
  readonly body: Uint8Array
  readonly type: string
  readonly encoding: 'br' | 'gzip' | undefined
  readonly cacheControl: string
  readonly etag: string
}

export interface Web {
  /** `path` is the decoded pathname. Undefined: there is no such file, and it is not a place in the app. */
  find(
    path: string,
    accept: { readonly encodings: string; readonly isNavigation: boolean }
  ): Promise<WebFile | undefined>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json'
}
const IS_SQUEEZABLE = /\.(?:html|js|css|json|webmanifest|svg|wasm|txt|map)$/

/** Names with a hash of their content never change. */
const FOR_EVER = 'public, max-age=31536000, immutable'
/** Asked again each time: a new build must arrive. */
const ASK_AGAIN = 'no-cache'

/** Brotli at 9 takes 0.1 s for the largest file; the build writes `.br` files at 11, which are taken when they are newer. */
const QUICK_BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

interface Kept {
  readonly stamp: string
  readonly plain: Uint8Array
  readonly br: Uint8Array | undefined
  readonly gzip: Uint8Array | undefined
}

export const createWeb = (directory: string): Web => {
  const kept = new Map<string, Promise<Kept>>()
  const stamps = new Map<string, string>()

  /** Undefined unless `path` names a file that really lies below the directory. */
  const open = async (path: string): Promise<Kept | undefined> => {
    const file = join(directory, path)
    if (!file.startsWith(directory + sep)) return undefined
    const stamp = await stampOf(file)
    if (stamp === undefined || !(await realpath(file)).startsWith((await realpath(directory)) + sep)) return undefined
    const known = kept.get(file)
    if (known !== undefined && stamps.get(file) === stamp) return await known
    const loading = load(file, stamp)
    kept.set(file, loading)
    stamps.set(file, stamp)
    try {
      return await loading
    } catch (error) {
      // replaced while it was read: the next request tries again
      kept.delete(file)
      throw error
    }
  }

  return {
    find: async (path, { encodings, isNavigation }) => {
      const name = path === '/' ? '/index.html' : path
      const isHidden = name.split('/').some((part) => part.startsWith('.') && part !== '')
      const direct = isHidden || /\.(?:br|gz)$/.test(name) ? undefined : await open(name)
      const isPlace = isNavigation && !name.startsWith('/assets/') && extname(name) === ''
      const found = direct ?? (isPlace ? await open('/index.html') : undefined)
      if (found === undefined) return undefined
      const encoding = choose(encodings, found)
      return {
        body: encoding === undefined ? found.plain : (found[encoding === 'br' ? 'br' : 'gzip'] ?? found.plain),
        type: TYPES[direct === undefined ? '.html' : extname(name)] ?? 'application/octet-stream',
        encoding,
        cacheControl: name.startsWith('/assets/') ? FOR_EVER : ASK_AGAIN,
        etag: `"${found.stamp}${encoding === undefined ? '' : `-${encoding}`}"`
      }
    }
  }
}

const choose = (encodings: string, { br, gzip: zipped }: Kept): 'br' | 'gzip' | undefined => {
  const offered = new Set(
    encodings
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => !/;\s*q=0(?:\.0*)?$/.test(entry))
      .map((entry) => entry.replace(/;.*$/, ''))
  )
  if (br !== undefined && offered.has('br')) return 'br'
  if (zipped !== undefined && offered.has('gzip')) return 'gzip'
  return undefined
}

const load = async (file: string, stamp: string): Promise<Kept> => {
  const plain = await readFile(file)
  if (!IS_SQUEEZABLE.test(file)) return { stamp, plain, br: undefined, gzip: undefined }
  const [br, zipped] = await Promise.all([
    prebuilt(`${file}.br`, file).then((ready) => ready ?? promisify(brotliCompress)(plain, QUICK_BROTLI)),
    promisify(gzip)(plain)
  ])
  return { stamp, plain, br, gzip: zipped }
}

const stampOf = async (file: string): Promise<string | undefined> => {
  try {
    const { mtimeMs, size } = await stat(file).then((found) => (found.isFile() ? found : { mtimeMs: -1, size: -1 }))
    return size < 0 ? undefined : `${Math.round(mtimeMs).toString(36)}-${size.toString(36)}`
  } catch {
    return undefined // not there, or no name the system can have
  }
}

const prebuilt = async (squeezed: string, file: string): Promise<Uint8Array | undefined> => {
  try {
    const [made, of] = await Promise.all([stat(squeezed), stat(file)])
    return made.mtimeMs >= of.mtimeMs ? await readFile(squeezed) : undefined
  } catch {
    return undefined // the build did not make one
  }
}
