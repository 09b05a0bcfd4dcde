/**
 * Preloaded into a relay by the secrecy story: writes down everything the relay ever decrypts or encrypts on its own
 * secured connections (Noise), which is all it sees of a frame. TAP_FILE gets one base64 line a piece.
 */
import crypto from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const file = process.env['TAP_FILE']
const note = (bytes) => appendFileSync(file, `${Buffer.from(bytes).toString('base64')}\n`)

for (const [name, hearsInput] of [
  ['createDecipheriv', false],
  ['createCipheriv', true]
]) {
  const make = crypto[name]
  crypto[name] = (...args) => {
    const cipher = make(...args)
    const update = cipher.update.bind(cipher)
    cipher.update = (data, ...rest) => {
      const result = update(data, ...rest)
      note(hearsInput ? data : result)
      return result
    }
    return cipher
  }
}
syncBuiltinESMExports()
