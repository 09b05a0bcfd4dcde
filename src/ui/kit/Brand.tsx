/** The mark: two links of a chain that are also two speech bubbles. */
import type { VNode } from 'preact'

export const Brand = ({ size = 26 }: { readonly size?: number }): VNode => (
  <svg class="brand" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="9" fill="var(--accent)" />
    <g fill="none" stroke="var(--on-accent)" stroke-width="2.6" stroke-linecap="round">
      <path d="M10 12.5a4.5 4.5 0 0 1 4.5-4.5h3a4.5 4.5 0 0 1 0 9h-2" />
      <path d="M22 19.5a4.5 4.5 0 0 1-4.5 4.5h-3a4.5 4.5 0 0 1 0-9h2" />
    </g>
  </svg>
)
