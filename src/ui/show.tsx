/** Draws the app; or, where no node can serve it, the plain page that says why and what to do. */
import { render } from 'preact'
import type { NodeApi } from '../bridge/api.ts'
import type { PageLink } from '../bridge/page/link.ts'
import { App } from './App.tsx'
import type { Trouble } from './onboarding/Trouble.tsx'

type TroubleProps = Parameters<typeof Trouble>[0]

const showTrouble = async (root: HTMLElement, props: TroubleProps, isWanted = () => true): Promise<void> => {
  const { Trouble: Page } = await import('./onboarding/Trouble.tsx')
  if (isWanted()) render(<Page {...props} />, root)
}

/** Plain http of another machine: no keys, no locks, no service worker, so nothing may start. */
export const showInsecure = (root: HTMLElement): void => void showTrouble(root, { kind: 'insecure' })

const troubleOf = (link: PageLink): TroubleProps | undefined => {
  const { state, failure } = link
  if (state === 'failed') {
    const reason = failure?.reason ?? 'other'
    // data of a newer version: only that version helps, and a plain reload may bring the cached one again
    const onAction = (): void => (reason === 'newer-database' ? link.applyUpdate() : location.reload())
    return { kind: reason === 'other' ? 'start' : reason, detail: failure?.message ?? '', onAction }
  }
  if (state !== 'waiting' && state !== 'outdated') return undefined
  return { kind: state, onAction: () => link.applyUpdate() }
}

export const show = (root: HTMLElement, { node, link }: { readonly node: NodeApi; readonly link: PageLink }): void => {
  const updates = {
    watch: (tell: (ready: boolean) => void) => link.watchUpdate(tell),
    apply: () => link.applyUpdate()
  }
  let draws = 0
  const draw = (): void => {
    const mine = ++draws
    const trouble = troubleOf(link)
    if (trouble === undefined) render(<App node={node} updates={updates} />, root)
    else void showTrouble(root, trouble, () => mine === draws)
  }
  draw()
  link.onChange(draw)
}
