/**
 * The answer to a question, for the asker alone: sealed to an X-Wing key that came with the question and is forgotten within
 * minutes, bound to the question's bytes. Who asks and who answers is known from the stream.
 */
import { gcm } from '@noble/ciphers/aes.js'
import { concat } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { DOMAINS } from './domains.ts'
import { hashIn, hkdf } from './hash.ts'
import { createXWing } from './mls/x-wing.ts'

const SEALED_KEY_BYTES = 1120
/** The key is used once. */
const NONCE = new Uint8Array(12)

const toBuffer = (bytes: Uint8Array): ArrayBuffer => concat(bytes).buffer

export interface AnswerKey {
  readonly publicKey: Uint8Array
  /** @throws AppError `undecryptable` */
  open(question: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>
}

export const makeAnswerKey = async (random: Random): Promise<AnswerKey> => {
  const kem = createXWing(random)
  const pair = await kem.generateKeyPair()
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)),
    open: async (question, sealed) => {
      try {
        const enc = toBuffer(sealed.subarray(0, SEALED_KEY_BYTES))
        const shared = await kem.decap({ recipientKey: pair.privateKey, enc })
        return cipher(new Uint8Array(shared), question).decrypt(sealed.subarray(SEALED_KEY_BYTES))
      } catch (cause) {
        throw new AppError('undecryptable', 'not an answer to this question', { cause })
      }
    }
  }
}

export const sealAnswer = async (
  random: Random,
  { key, question, reply }: { readonly key: Uint8Array; readonly question: Uint8Array; readonly reply: Uint8Array }
): Promise<Uint8Array<ArrayBuffer>> => {
  const kem = createXWing(random)
  const recipientPublicKey = await kem.deserializePublicKey(toBuffer(key))
  const { sharedSecret, enc } = await kem.encap({ recipientPublicKey })
  return concat(new Uint8Array(enc), cipher(new Uint8Array(sharedSecret), question).encrypt(reply))
}

const cipher = (shared: Uint8Array, question: Uint8Array): ReturnType<typeof gcm> =>
  gcm(hkdf(shared, DOMAINS.answerKey, 32), NONCE, hashIn(DOMAINS.answer, question))
