/** Buttons. `main` is the one thing to do on a screen, `soft` the rest, `plain` is text, `danger` destroys something. */
import type { ButtonHTMLAttributes, ComponentChildren, VNode } from 'preact'
import { Icon } from './Icon.tsx'
import type { IconNode } from './icons.ts'

type Native = Omit<ButtonHTMLAttributes, 'icon' | 'label' | 'size' | 'class' | 'type' | 'disabled'> & {
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
  readonly [data: `data-${string}`]: string | number | boolean | undefined
}

interface ButtonProps extends Native {
  readonly kind?: 'main' | 'soft' | 'plain' | 'danger'
  readonly icon?: IconNode
  readonly busy?: boolean
  readonly wide?: boolean
  readonly class?: string
  readonly children: ComponentChildren
}

export const Button = ({
  kind = 'soft',
  icon,
  busy = false,
  wide = false,
  class: extra = '',
  type = 'button',
  disabled = false,
  children,
  ...rest
}: ButtonProps): VNode => (
  <button
    {...rest}
    type={type}
    class={`button ${kind} ${wide ? 'wide ' : ''}${extra}`}
    disabled={disabled || busy}
    aria-busy={busy ? 'true' : undefined}
  >
    {busy ? <span class="spinner" aria-hidden="true" /> : icon !== undefined && <Icon icon={icon} size={18} />}
    <span>{children}</span>
  </button>
)

interface IconButtonProps extends Native {
  readonly icon: IconNode
  /** What a screen reader says and the tooltip shows. */
  readonly label: string
  readonly size?: number
  readonly flip?: boolean
  readonly class?: string
}

export const IconButton = ({
  icon,
  label,
  size = 20,
  flip = false,
  class: extra = '',
  type = 'button',
  ...rest
}: IconButtonProps): VNode => (
  <button title={label} aria-label={label} {...rest} type={type} class={`icon-button ${extra}`}>
    <Icon icon={icon} size={size} flip={flip} />
  </button>
)
