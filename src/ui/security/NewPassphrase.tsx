/** A passphrase chosen twice, with a word about how long it would stand. Used for the lock and for backups. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { SecretField } from '../kit/SecretField.tsx'
import { MIN_CHARS, strengthOf } from './strength.ts'
import './security.css'

export interface Chosen {
  readonly first: string
  readonly second: string
}
export const NOTHING_CHOSEN: Chosen = { first: '', second: '' }
export const isFit = ({ first, second }: Chosen): boolean => first.length >= MIN_CHARS && first === second

interface NewPassphraseProps {
  readonly label: string
  readonly chosen: Chosen
  readonly onChange: (chosen: Chosen) => void
  /** The person has tried: say what is missing. */
  readonly tried: boolean
}

const STRENGTHS = { weak: 'guard.weak', fair: 'guard.fair', strong: 'guard.strong' } as const

export const NewPassphrase = ({ label, chosen, onChange, tried }: NewPassphraseProps): VNode => {
  const { first, second } = chosen
  const strength = strengthOf(first)
  const short = first.length < MIN_CHARS
  return (
    <>
      <SecretField
        label={label}
        value={first}
        onInput={(next) => onChange({ first: next, second })}
        hint={t('guard.newHint')}
        error={tried && short ? t('guard.short') : undefined}
        autoComplete="new-password"
        data-id="passphrase-new"
      />
      {first !== '' && (
        <p class={`strength ${strength}`} role="status" data-id="strength" data-strength={strength}>
          <i />
          <i />
          <i />
          <span>{t(STRENGTHS[strength])}</span>
        </p>
      )}
      <SecretField
        label={t('guard.repeat')}
        value={second}
        onInput={(next) => onChange({ first, second: next })}
        error={tried && !short && first !== second ? t('guard.different') : undefined}
        autoComplete="new-password"
        data-id="passphrase-repeat"
      />
    </>
  )
}
