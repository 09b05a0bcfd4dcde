/** A link inside the app: a real address (new tab, copy), followed without loading the page again. */
import type { ComponentChildren, VNode } from 'preact'
import { navigate } from './router.ts'
import { routeToPath } from './routes.ts'
import type { Route } from './routes.ts'

interface LinkProps {
  readonly to: Route
  readonly class?: string
  readonly label?: string
  readonly title?: string
  readonly replace?: boolean
  readonly current?: boolean
  readonly tabIndex?: number
  readonly onFollow?: () => void
  readonly children?: ComponentChildren
  readonly [data: `data-${string}`]: string | number | boolean | undefined
}

export const Link = ({
  to,
  class: look,
  label,
  title,
  replace = false,
  current = false,
  tabIndex,
  onFollow,
  children,
  ...data
}: LinkProps): VNode => (
  <a
    {...data}
    class={look}
    href={routeToPath(to)}
    aria-label={label}
    title={title}
    aria-current={current ? 'page' : undefined}
    tabIndex={tabIndex}
    draggable={false}
    onClick={(event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return
      event.preventDefault()
      onFollow?.()
      navigate(to, { replace })
    }}
  >
    {children}
  </a>
)
