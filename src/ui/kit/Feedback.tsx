/** Waiting, emptiness and notices. A skeleton shows only after 200 ms (in CSS), so quick things never flicker. */
import type { ComponentChildren, VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { Icon } from './Icon.tsx'
import type { IconNode } from './icons.ts'

export const Spinner = ({ label }: { readonly label?: string }): VNode => (
  <span class="spinner" role="status" aria-label={label ?? t('app.loading')} />
)

export const Skeleton = ({ rows = 6 }: { readonly rows?: number }): VNode => (
  <div class="skeleton" aria-busy="true" aria-label={t('app.loading')} role="status">
    {Array.from({ length: rows }, (_, index) => (
      <div key={index} class="skeleton-row">
        <i />
        <span>
          <b />
          <b />
        </span>
      </div>
    ))}
  </div>
)

interface EmptyProps {
  readonly icon: IconNode
  readonly title: string
  readonly text?: string
  readonly children?: ComponentChildren
}

export const Empty = ({ icon, title, text, children }: EmptyProps): VNode => (
  <div class="empty">
    <span class="empty-icon">
      <Icon icon={icon} size={28} />
    </span>
    <h2>{title}</h2>
    {text !== undefined && <p>{text}</p>}
    {children !== undefined && <div class="empty-actions">{children}</div>}
  </div>
)

interface NoticeProps {
  readonly icon: IconNode
  readonly kind?: 'plain' | 'good' | 'warn' | 'bad'
  readonly children: ComponentChildren
}

export const Notice = ({ icon, kind = 'plain', children }: NoticeProps): VNode => (
  <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
    <Icon icon={icon} size={18} />
    <div>{children}</div>
  </div>
)
