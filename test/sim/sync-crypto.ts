/**
 * The commonest calls of WebCrypto, answered at once by the same library under it: a world asks ten thousand times, and a
 * way to another thread and back costs more than the work. What is not here goes the usual way.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  diffieHellman,
  hkdfSync,
  KeyObject,
  sign,
  verify
} from 'node:crypto'

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

/** Only what may be exported may be looked into; HKDF keys never may, so theirs is kept. */
export const rememberKey = (key: unknown, [format, data, algorithm]: readonly unknown[]): void => {
  if (!(key instanceof CryptoKey)) return
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

/** The answer, or undefined for what it does not know. */
export const answerNow = (name: string, args: readonly unknown[]): unknown => {
  const [first, second, third, fourth] = args
  const algorithm = nameOf(first)
  if (name === 'digest') return own(createHash(algorithm.replace('-', '')).update(view(second)).digest())
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
    case 'verify ED25519':
      return verify(null, view(fourth), key, view(third))
    case 'deriveBits X25519':
      return agree(key, params, third)
    case 'deriveBits HKDF': {
      const hash = nameOf(params['hash']).replace('-', '')
      return hkdfSync(hash, key, view(params['salt']), view(params['info']), Number(third) / 8)
    }
  }
  return undefined
}
