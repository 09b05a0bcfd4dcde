/**
 * A modal dialog on the native element: it traps focus, closes with Esc and gives focus back by itself.
 * It is open as long as it is rendered; `onClose` must take it away.
 */
import type { ComponentChildren, VNode } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { IconButton } from './Button.tsx'
import { X } from './icons.ts'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** Buttons at the end, the main one last. */
  readonly actions?: ComponentChildren
  readonly class?: string
  /** For dialogs whose first field says what they are (the switcher). */
  readonly hideTitle?: boolean
}

export const Dialog = ({
  title,
  onClose,
  children,
  actions,
  class: extra = '',
  hideTitle = false
}: DialogProps): VNode => {
  const element = useRef<HTMLDialogElement>(null)
  const heading = useId()

  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal?.()
    return () => dialog?.close?.()
  }, [])

  return (
    // Esc is the keyboard's way to close; the backdrop is only for the pointer
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={element}
      class={`dialog ${extra}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        // only the backdrop is the dialog itself; its content covers it completely
        if (event.target === element.current) onClose()
      }}
    >
      <div class="dialog-body">
        <header class={hideTitle ? 'sr-only' : ''}>
          <h2 id={heading}>{title}</h2>
          {!hideTitle && <IconButton icon={X} label={t('common.close')} onClick={onClose} />}
        </header>
        <div class="dialog-content">{children}</div>
        {actions !== undefined && <footer>{actions}</footer>}
      </div>
    </dialog>
  )
}
