// Made only from docs/protocol/backup.md. `node backup-script.mjs <file> <passphrase>` prints a line of JSON for every part.
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { decode } from 'cborg'
import { argon2id } from 'hash-wasm'

const [path, passphrase] = process.argv.slice(2)
const file = readFileSync(path)
let at = 0
const take = (size) => {
  if (at + size > file.length) throw new Error('the file is cut short')
  return file.subarray(at, (at += size))
}
const takeSized = () => take(take(4).readUInt32BE(0))
const map = (data) => decode(data, { useMaps: true })

if (take(16).toString('latin1') !== 'CryptoChatBackup') throw new Error('not a backup')
const headBytes = takeSized()
if (!createHash('sha256').update(headBytes).digest().equals(take(32))) throw new Error('the head is damaged')
const head = map(headBytes)
if (head.get(0) !== 1) throw new Error('too new')
const [memorySize, iterations, parallelism] = [1, 2, 3].map((key) => head.get(2).get(key))
const cost = { memorySize, iterations, parallelism, hashLength: 32, outputType: 'binary' }
const stretched = await argon2id({ password: passphrase.normalize('NFKC'), salt: head.get(1), ...cost })
const derive = (info, size) => Buffer.from(hkdfSync('sha256', stretched, '', info, size))
if (!derive('cryptochat/backup-check/1', 16).equals(head.get(4))) throw new Error('wrong passphrase')

for (let number = 0; ; number++) {
  const sealed = takeSized()
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(number, 7)
  nonce[11] = sealed.length === 16 ? 1 : 0
  const cipher = createDecipheriv('aes-256-gcm', derive('cryptochat/backup-key/1', 32), nonce)
  cipher.setAAD(Buffer.concat([Buffer.from('cryptochat/backup-part/1\0'), headBytes])).setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
  if (sealed.length === 16) break
  console.log(JSON.stringify({ section: map(plain).get(1), data: Buffer.from(map(plain).get(2)).toString('base64') }))
}
if (at < file.length) throw new Error('something follows the end')
console.log(JSON.stringify({ end: true }))
