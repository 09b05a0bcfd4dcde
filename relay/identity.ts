/** The relay's own key: made once, kept in the data directory readable by its owner only. A new key is a new relay. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { ConfigError } from './config.ts'

const SEED_BYTES = 32

/** @throws ConfigError when the directory cannot be used or the key file is damaged. */
export const loadOrMakeIdentity = async (dataDir: string): Promise<Ed25519PrivateKey> => {
  const file = join(dataDir, 'identity.key')
  let seed: Buffer
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    seed = readSeed(file) ?? makeSeed(file)
  } catch (cause) {
    throw new ConfigError(`DATA_DIR ${dataDir} cannot be read and written.`, { cause })
  }
  if (seed.length !== SEED_BYTES)
    throw new ConfigError(`${file} is damaged: restore it, or delete it to become a new relay.`)
  return await generateKeyPairFromSeed('Ed25519', seed)
}

const readSeed = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const makeSeed = (file: string): Buffer => {
  const seed = randomBytes(SEED_BYTES)
  // whole or not at all: a crash in between must not leave half a key
  writeFileSync(`${file}.new`, seed, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
  return seed
}
