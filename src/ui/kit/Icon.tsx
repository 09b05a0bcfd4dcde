/** A lucide drawing as SVG. Decorative unless it has a label; `flip` mirrors arrows in right-to-left languages. */
import type { VNode } from 'preact'
import { h } from 'preact'
import type { IconNode } from './icons.ts'

interface IconProps {
  readonly icon: IconNode
  readonly size?: number
  readonly label?: string
  readonly class?: string
  readonly flip?: boolean
  readonly stroke?: number
}

export const Icon = ({ icon, size = 20, label, class: extra = '', flip = false, stroke = 1.75 }: IconProps): VNode => (
  <svg
    class={`icon ${flip ? 'flip ' : ''}${extra}`}
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width={stroke}
    stroke-linecap="round"
    stroke-linejoin="round"
    focusable="false"
    {...(label === undefined ? { 'aria-hidden': 'true' as const } : { role: 'img' as const, 'aria-label': label })}
  >
    {icon.map(([tag, attributes], index) => h(tag, { ...attributes, key: index } as never))}
  </svg>
)
