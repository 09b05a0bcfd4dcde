/**
 * The address bar as a signal. Real history: the browser's and the phone's back button work, and "back" on screen is the
 * same step. Each of our entries carries its depth, so that we never walk out of the app.
 */
import { computed, signal } from '@preact/signals'
import { parentOf, parseRoute, routeToPath } from './routes.ts'
import type { Route } from './routes.ts'

interface Entry {
  readonly route: Route
  /** How many entries of ours lie below this one. */
  readonly depth: number
}

const entry = signal<Entry>({ route: { name: 'chats' }, depth: 0 })

export const route = computed(() => entry.value.route)

const depthOf = (state: unknown): number => {
  const depth = (state as { readonly depth?: unknown } | null)?.depth
  return typeof depth === 'number' ? depth : 0
}

const read = (): void => {
  entry.value = { route: parseRoute(location.href), depth: depthOf(history.state) }
}

/** Going where we are already does nothing; `replace` leaves no way back to here. */
export const navigate = (next: Route, how: { readonly replace?: boolean } = {}): void => {
  const path = routeToPath(next)
  const { depth } = entry.peek()
  if (path === location.pathname + location.search + location.hash) return
  if (how.replace === true) {
    history.replaceState({ depth }, '', path)
    entry.value = { route: next, depth }
  } else {
    history.pushState({ depth: depth + 1 }, '', path)
    entry.value = { route: next, depth: depth + 1 }
  }
}

/** One step back inside the app; where there is none, to the screen above. */
export const goBack = (): void => {
  const { route: here, depth } = entry.peek()
  if (depth > 0) history.back()
  else navigate(parentOf(here), { replace: true })
}

export const startRouter = (): (() => void) => {
  read()
  window.addEventListener('popstate', read)
  window.addEventListener('hashchange', read)
  return () => {
    window.removeEventListener('popstate', read)
    window.removeEventListener('hashchange', read)
  }
}
