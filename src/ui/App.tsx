/**
 * The page's root: opens the shared feeds, follows language, theme and address, and shows first run, an opened
 * invitation, or the chats. Everything else hangs below.
 */
import type { VNode } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { NodeApi } from '../bridge/api.ts'
import { lazyScreen } from './lazy.tsx'
import { ConfirmHost } from './kit/ConfirmHost.tsx'
import { MenuHost } from './kit/MenuHost.tsx'
import { ToastHost } from './kit/ToastHost.tsx'
import { firstRunStep, startFirstRun } from './onboarding/first-run.ts'
import { route, startRouter } from './router.ts'
import { Shell } from './Shell.tsx'
import { useAppearance } from './state/appearance.ts'
import { createAppState, StateProvider, useAppState } from './state/node.tsx'
import { startNow } from './state/now.ts'
import { startStorage } from './state/storage.ts'
import { useUnreadTitle } from './state/title.ts'
import { UpdatesProvider } from './state/updates.tsx'
import type { Updates } from './state/updates.tsx'
import './style/main.css'

const Welcome = lazyScreen(async () => (await import('./onboarding/Welcome.tsx')).Welcome)
const FirstLink = lazyScreen(async () => (await import('./onboarding/FirstLink.tsx')).FirstLink)
const Invitation = lazyScreen(async () => (await import('./onboarding/Invitation.tsx')).Invitation)

const Screens = (): VNode => {
  const { account } = useAppState()
  const state = account.value?.state
  const here = route.value
  useEffect(() => {
    if (state === 'none' || state === 'making') startFirstRun()
  }, [state])

  if (state === undefined) return <div class="start" aria-busy="true" />
  if (state !== 'ready' || firstRunStep.value === 'name') return <Welcome />
  if (firstRunStep.value === 'link') return <FirstLink />
  if (here.name === 'invite') return <Invitation link={here.link} />
  return <Shell />
}

const Page = (): VNode => {
  useAppearance()
  useUnreadTitle()
  return (
    <>
      <Screens />
      <MenuHost />
      <ConfirmHost />
      <ToastHost />
    </>
  )
}

export const App = ({ node, updates }: { readonly node: NodeApi; readonly updates?: Updates }): VNode => {
  const state = useMemo(() => createAppState(node), [node])
  useEffect(() => state.stop, [state])
  useEffect(() => startRouter(), [])
  useEffect(() => startNow(), [])
  useEffect(() => startStorage(), [])
  return (
    <StateProvider value={state}>
      <UpdatesProvider value={updates}>
        <Page />
      </UpdatesProvider>
    </StateProvider>
  )
}
