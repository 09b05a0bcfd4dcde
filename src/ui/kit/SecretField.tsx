/** A passphrase being typed: hidden until it is asked to be shown, with a word when Caps Lock is on. Never trimmed. */
import type { Ref, VNode } from 'preact'
import { useId, useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { IconButton } from './Button.tsx'
import { Eye, EyeOff } from './icons.ts'
import './secret.css'

interface SecretFieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: string
  readonly error?: string | undefined
  /** `new-password` where one is chosen, so that a password manager offers to make and keep it. */
  readonly autoComplete: 'current-password' | 'new-password'
  readonly focusFirst?: boolean
  readonly inputRef?: Ref<HTMLInputElement>
  readonly 'data-id': string
}

export const SecretField = ({
  label,
  value,
  onInput,
  hint,
  error,
  autoComplete,
  focusFirst = false,
  inputRef,
  ...data
}: SecretFieldProps): VNode => {
  const id = useId()
  const [isShown, setShown] = useState(false)
  const [capsLock, setCapsLock] = useState(false)
  const note = error ?? (capsLock ? t('lock.capsLock') : hint)
  const seeCapsLock = (event: KeyboardEvent): void => setCapsLock(event.getModifierState('CapsLock'))
  return (
    <div class={`field ${error === undefined ? '' : 'wrong'}`}>
      <label for={id}>{label}</label>
      <div class="secret">
        <input
          {...data}
          {...(inputRef === undefined ? {} : { ref: inputRef })}
          id={id}
          // preact's types are a union by type; ours differ in nothing else
          type={(isShown ? 'text' : 'password') as 'text'}
          dir="ltr"
          value={value}
          autoComplete={autoComplete}
          autoCapitalize="off"
          autoCorrect="off"
          spellcheck={false}
          maxLength={1024}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- only where the field is the purpose of the screen
          autoFocus={focusFirst}
          {...(error === undefined ? {} : { 'aria-invalid': 'true' as const })}
          {...(note === undefined ? {} : { 'aria-describedby': `${id}-note` })}
          onInput={(event) => onInput(event.currentTarget.value)}
          onKeyDown={seeCapsLock}
          onKeyUp={seeCapsLock}
          onBlur={() => setCapsLock(false)}
        />
        <IconButton
          icon={isShown ? EyeOff : Eye}
          size={18}
          label={isShown ? t('lock.hide') : t('lock.show')}
          aria-pressed={isShown}
          aria-controls={id}
          onClick={() => setShown(!isShown)}
        />
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} class="field-note" role={error === undefined && !capsLock ? undefined : 'alert'}>
          {note}
        </p>
      )}
    </div>
  )
}
