/** The mark of somebody whose safety number was compared. */
import type { VNode } from 'preact'

export const Verified = ({ size = 15, label }: { readonly size?: number; readonly label?: string }): VNode => (
  <svg
    class="verified"
    width={size}
    height={size}
    viewBox="0 0 24 24"
    focusable="false"
    {...(label === undefined ? { 'aria-hidden': 'true' as const } : { role: 'img' as const, 'aria-label': label })}
  >
    <path d="m12 2 2.6 2.1 3.3-.2 1 3.2 2.7 1.9-1.1 3.1 1.1 3.1-2.7 1.9-1 3.2-3.3-.2L12 22l-2.6-1.9-3.3.2-1-3.2-2.7-1.9 1.1-3.1-1.1-3.1 2.7-1.9 1-3.2 3.3.2Z" />
    <path d="m8.5 12 2.4 2.4 4.6-4.8" />
  </svg>
)
