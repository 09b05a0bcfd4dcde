/** The bar on top of a screen: back (on phones, or always), title, actions. The title takes focus when a screen opens. */
import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { goBack } from '../router.ts'
import { IconButton } from './Button.tsx'
import { ArrowLeft, X } from './icons.ts'

interface ScreenBarProps {
  readonly title: string
  /** `phone`: only where there is one pane. `close`: an arrow, or a cross where the pane stands beside the others. */
  readonly back?: 'always' | 'phone' | 'close'
  readonly onBack?: () => void
  readonly children?: ComponentChildren
  /** Screens that put the focus elsewhere (a field) say no. */
  readonly takeFocus?: boolean
}

export const ScreenBar = ({
  title,
  back = 'always',
  onBack = goBack,
  children,
  takeFocus = true
}: ScreenBarProps): VNode => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takeFocus) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <header class="screen-bar">
      <IconButton
        icon={ArrowLeft}
        flip
        label={t('common.back')}
        class={{ always: '', phone: 'phone-only', close: 'not-wide' }[back]}
        data-id="back"
        onClick={onBack}
      />
      <h1 ref={heading} tabIndex={-1} class="clip">
        {title}
      </h1>
      {children}
      {back === 'close' && (
        <IconButton icon={X} label={t('common.close')} class="wide-only" data-id="close-side" onClick={onBack} />
      )}
    </header>
  )
}
