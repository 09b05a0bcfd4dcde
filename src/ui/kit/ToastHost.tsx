/** Where toasts appear. Announced politely; the live region is always there, so that screen readers notice changes. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { Button, IconButton } from './Button.tsx'
import { X } from './icons.ts'
import { hideToast, holdToast, releaseToast, toast } from './toasts.ts'

export const ToastHost = (): VNode => {
  const shown = toast.value
  return (
    <div class="toast-host" role="status" aria-live="polite">
      {shown !== undefined && (
        <div
          key={shown.id}
          class={`toast ${shown.kind ?? 'plain'}`}
          data-id="toast"
          onPointerEnter={holdToast}
          onPointerLeave={releaseToast}
          onFocusIn={holdToast}
          onFocusOut={releaseToast}
        >
          <span>{shown.text}</span>
          {shown.action !== undefined && (
            <Button
              kind="plain"
              data-id="toast-action"
              onClick={() => {
                const { action } = shown
                hideToast()
                action?.run()
              }}
            >
              {shown.action.label}
            </Button>
          )}
          <IconButton icon={X} size={16} label={t('common.close')} onClick={hideToast} />
        </div>
      )}
    </div>
  )
}
