/** A labelled text input with hint and error, tied together for screen readers. */
import type { Ref, VNode } from 'preact'
import { useId } from 'preact/hooks'

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: string
  readonly error?: string | undefined
  readonly type?: 'text' | 'password' | 'url' | 'search'
  readonly placeholder?: string
  readonly maxLength?: number
  readonly autoComplete?: 'off' | 'name' | 'new-password'
  /** In a dialog whose purpose it is. */
  readonly focusFirst?: boolean
  readonly readOnly?: boolean
  readonly mono?: boolean
  /** Text of either direction (names): the browser decides from what is typed. */
  readonly dir?: 'auto' | 'ltr'
  readonly onEnter?: () => void
  readonly inputRef?: Ref<HTMLInputElement>
  readonly 'data-id'?: string
}

export const TextField = ({
  label,
  value,
  onInput,
  hint,
  error,
  type = 'text',
  mono = false,
  dir = 'auto',
  onEnter,
  inputRef,
  focusFirst = false,
  ...rest
}: TextFieldProps): VNode => {
  const id = useId()
  const note = error ?? hint
  return (
    <div class={`field ${error === undefined ? '' : 'wrong'}`}>
      <label for={id}>{label}</label>
      <input
        {...rest}
        {...(inputRef === undefined ? {} : { ref: inputRef })}
        id={id}
        // preact's types are a union by type; ours differ in nothing else
        type={type as 'text'}
        // an empty field follows the language, so that its hint stands right
        dir={value === '' && dir === 'auto' ? undefined : dir}
        value={value}
        class={mono ? 'mono' : undefined}
        spellcheck={false}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- only where the field is the purpose of the dialog
        autoFocus={focusFirst}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.isComposing || onEnter === undefined) return
          event.preventDefault()
          onEnter()
        }}
      />
      {note !== undefined && (
        <p id={`${id}-note`} class="field-note" role={error === undefined ? undefined : 'alert'}>
          {note}
        </p>
      )}
    </div>
  )
}
