/** The scrolling part of a screen, one readable column. It can be scrolled by keys even when nothing in it takes focus. */
import type { ComponentChildren, VNode } from 'preact'

interface ScreenBodyProps {
  readonly class?: string
  readonly children: ComponentChildren
}

export const ScreenBody = ({ class: extra = '', children }: ScreenBodyProps): VNode => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
  <div class="screen-scroll" tabIndex={0}>
    <div class={`screen-column ${extra}`}>{children}</div>
  </div>
)
