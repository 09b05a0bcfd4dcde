/** What a page is shown of the lock, backups and OpenPGP texts. */
import type { ChatId, Did } from './ids.ts'

export interface LockView {
  /** `locked`: no key is in memory; nothing but unlocking and wiping works. */
  readonly state: 'open' | 'locked'
  readonly passphrase: boolean
  /** Credential ids of the passkeys (WebAuthn PRF) that open it, with the salt to ask them with. */
  readonly passkeys: readonly { readonly credential: Uint8Array; readonly salt: Uint8Array }[]
  /** Locks by itself after so many minutes without a page in sight; absent: only by hand and when the browser closes. */
  readonly timeoutMinutes?: number
}

/** What every passkey is asked with: the same for all, because each answers with a secret of its own (WebAuthn PRF). */
export const PASSKEY_SALT: Uint8Array<ArrayBuffer> = Uint8Array.from('CryptoChat: the store by passkey', (char) =>
  char.charCodeAt(0)
)

/** What opens the store. `prf`: the 32 bytes that the passkey answered. */
export type Unlock =
  | { readonly by: 'passphrase'; readonly passphrase: string }
  | { readonly by: 'passkey'; readonly credential: Uint8Array; readonly secret: Uint8Array }

export interface BackupOutcome {
  readonly did: Did
  readonly name: string
  readonly messages: number
}

/** What was in a pasted OpenPGP text (ID8). */
export interface OpenedText {
  readonly text: string
  /** Fingerprint of the key that signed it, hex; absent when nobody did. */
  readonly signer?: string
  /** `good`: the signature holds and the key is known; `unknown`: we do not have the key; `bad`; `none`: not signed. */
  readonly signature: 'good' | 'unknown' | 'bad' | 'none'
  readonly did?: Did
  readonly name?: string
  readonly chat?: ChatId
  /**
   * It was a public key: whose names are on it, and whether it is kept for the contact named here. Where it is not, it can be
   * opened again with `keepFor`.
   */
  readonly certificate?: {
    readonly fingerprint: string
    readonly userIds: readonly string[]
    readonly isKept: boolean
  }
}
