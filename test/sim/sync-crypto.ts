/**
 * The commonest calls of WebCrypto, answered at once by the same library under it: a world asks ten thousand times, and a
 * way to another thread and back costs more than the work. What is not here goes the usual way.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  diffieHellman,
  hash,
  hkdfSync,
  KeyObject,
  sign,
  verify
} from 'node:crypto'
import { rememberVerdict } from './verdicts.ts'

type Bytes = ArrayBuffer | ArrayBufferView<ArrayBuffer>
type Params = Readonly<Record<string, unknown>> & { readonly name?: string }

const TAG_BYTES = 16

const view = (bytes: unknown): Uint8Array => {
  const given = bytes as Bytes
  return ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given)
}
const own = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const objects = new WeakMap<CryptoKey, KeyObject>()
/** Public keys as bytes, where verdicts are remembered by them. */
const rawKeys = new WeakMap<CryptoKey, Uint8Array>()

/** The same bytes are the same key: those of devices are imported for every signature. */
const imported = new Map<string, CryptoKey>()
const MOST_IMPORTED = 10_000
const KEPT = new Set(['ED25519', 'X25519', 'AES-GCM'])
const nameOfImport = ([format, data, algorithm, , uses]: readonly unknown[]): string | undefined => {
  if (!KEPT.has(nameOf(algorithm))) return undefined
  const bytes = format === 'jwk' ? JSON.stringify(data) : Buffer.from(view(data)).toString('base64')
  return `${String(format)} ${nameOf(algorithm)} ${String(uses)} ${bytes}`
}

const importedBefore = (args: readonly unknown[]): CryptoKey | undefined => {
  const name = nameOfImport(args)
  return name === undefined ? undefined : imported.get(name)
}

/** Only what may be exported may be looked into; HKDF keys never may, so theirs is kept. */
export const rememberKey = (key: unknown, args: readonly unknown[]): void => {
  if (!(key instanceof CryptoKey)) return
  const [format, data, algorithm] = args
  const name = nameOfImport(args)
  if (name !== undefined) {
    if (imported.size >= MOST_IMPORTED) imported.clear()
    imported.set(name, key)
  }
  if (nameOf(algorithm) === 'ED25519' && key.type === 'public') {
    const raw = format === 'jwk' ? Buffer.from((data as JsonWebKey).x ?? '', 'base64url') : view(data)
    if (format !== 'spki') rawKeys.set(key, new Uint8Array(raw))
  }
  if (key.extractable) objects.set(key, KeyObject.from(key))
  else if (format === 'raw' && nameOf(algorithm) === 'HKDF') objects.set(key, createSecretKey(view(data)))
}

/** The arguments of `importKey` that let a key be looked into. */
export const openly = ([format, data, algorithm, isOpen, uses]: readonly unknown[]): readonly unknown[] => [
  format,
  data,
  algorithm,
  nameOf(algorithm) === 'HKDF' ? isOpen : true,
  uses
]

const gcm = (key: KeyObject): 'aes-128-gcm' | 'aes-256-gcm' =>
  key.symmetricKeySize === 16 ? 'aes-128-gcm' : 'aes-256-gcm'

const nameOf = (params: unknown): string =>
  (typeof params === 'string' ? params : ((params as Params | undefined)?.name ?? '')).toUpperCase()

const encrypt = (key: KeyObject, { iv, additionalData }: Params, data: unknown): ArrayBuffer => {
  const cipher = createCipheriv(gcm(key), key, view(iv))
  if (additionalData !== undefined) cipher.setAAD(view(additionalData))
  return own(Buffer.concat([cipher.update(view(data)), cipher.final(), cipher.getAuthTag()]))
}

const decrypt = (key: KeyObject, { iv, additionalData }: Params, data: unknown): ArrayBuffer => {
  const bytes = view(data)
  const at = bytes.length - TAG_BYTES
  try {
    const decipher = createDecipheriv(gcm(key), key, view(iv))
    if (additionalData !== undefined) decipher.setAAD(view(additionalData))
    decipher.setAuthTag(bytes.subarray(at))
    return own(Buffer.concat([decipher.update(bytes.subarray(0, at)), decipher.final()]))
  } catch {
    throw new DOMException('The operation failed for an operation-specific reason', 'OperationError')
  }
}

const agree = (key: KeyObject, { public: other }: Params, bits: unknown): ArrayBuffer | undefined => {
  const publicKey = objects.get(other as CryptoKey)
  if (publicKey === undefined) return undefined
  const secret = diffieHellman({ privateKey: key, publicKey })
  return own(typeof bits === 'number' ? secret.subarray(0, bits / 8) : secret)
}

/** What is worked out at once too, but was never answered out of turn: seeds have names for what they met. */
export const answerInTurn = (name: string, args: readonly unknown[]): unknown => {
  if (name === 'importKey') return importedBefore(args)
  const [first, second, third] = args
  if (name !== 'sign' || nameOf(first) !== 'HMAC' || !(second instanceof CryptoKey)) return undefined
  const key = objects.get(second)
  const { hash: by } = second.algorithm as HmacKeyAlgorithm
  return key && own(createHmac(nameOf(by).replace('-', ''), key).update(view(third)).digest())
}

/** The answer, or undefined for what it does not know. */
export const answerNow = (name: string, args: readonly unknown[]): unknown => {
  const [first, second, third, fourth] = args
  const algorithm = nameOf(first)
  if (name === 'digest') return own(hash(algorithm.replace('-', ''), view(second), 'buffer'))
  const key = second instanceof CryptoKey ? objects.get(second) : undefined
  if (key === undefined) return undefined
  const params = first as Params
  switch (`${name} ${algorithm}`) {
    case 'encrypt AES-GCM':
      return encrypt(key, params, third)
    case 'decrypt AES-GCM':
      return decrypt(key, params, third)
    case 'sign ED25519':
      return own(sign(null, view(third), key))
    case 'verify ED25519': {
      const raw = rawKeys.get(second as CryptoKey)
      const check = (): boolean => verify(null, view(fourth), key, view(third))
      return raw === undefined ? check() : rememberVerdict(view(fourth), view(third), raw, check)
    }
    case 'deriveBits X25519':
      return agree(key, params, third)
    case 'deriveBits HKDF': {
      const by = nameOf(params['hash']).replace('-', '')
      return hkdfSync(by, key, view(params['salt']), view(params['info']), Number(third) / 8)
    }
  }
  return undefined
}
