/** Screens that are loaded when they are opened. A load that fails (offline, new build) offers to try again. */
import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from './i18n/i18n.ts'
import { Button } from './kit/Button.tsx'
import { Empty, Skeleton } from './kit/Feedback.tsx'
import { CircleAlert } from './kit/icons.ts'

/** The component, with `load` to fetch it ahead of time. */
export type LazyScreen<Props> = ((props: Props) => VNode) & { readonly load: () => Promise<unknown> }

export const lazyScreen = <Props extends object>(load: () => Promise<ComponentType<Props>>): LazyScreen<Props> => {
  let Loaded: ComponentType<Props> | undefined
  const fetchIt = async (): Promise<void> => {
    Loaded = await load()
  }

  const Screen = (props: Props): VNode => {
    const [failed, setFailed] = useState(false)
    const [, again] = useState(0)
    const isDrawn = Loaded !== undefined
    useEffect(() => {
      if (isDrawn || failed) return
      let gone = false
      // it may have come between drawing and now, fetched ahead
      const coming = Loaded === undefined ? fetchIt() : Promise.resolve()
      coming.then(
        () => !gone && again((count) => count + 1),
        () => !gone && setFailed(true)
      )
      return () => {
        gone = true
      }
    }, [failed])

    if (Loaded !== undefined) return <Loaded {...props} />
    if (!failed) return <Skeleton />
    return (
      <Empty icon={CircleAlert} title={t('error.screen')}>
        <Button onClick={() => setFailed(false)}>{t('common.retry')}</Button>
      </Empty>
    )
  }
  return Object.assign(Screen, { load: fetchIt })
}

/** A part of a screen that is loaded when needed; until then `waiting` holds its place. */
export const lazyPart = <Props extends object>(
  load: () => Promise<ComponentType<Props>>
): ((props: Props & { readonly waiting: VNode }) => VNode) => {
  let Loaded: ComponentType<Props> | undefined
  return ({ waiting, ...props }) => {
    const [, again] = useState(0)
    const isDrawn = Loaded !== undefined
    useEffect(() => {
      if (isDrawn) return
      let gone = false
      const fetchIt = async (): Promise<void> => {
        Loaded ??= await load()
        if (!gone) again((count) => count + 1)
      }
      // what waits stays in its place; a later mount tries again
      fetchIt().catch(() => undefined)
      return () => {
        gone = true
      }
    }, [])
    return Loaded === undefined ? waiting : <Loaded {...(props as unknown as Props)} />
  }
}
