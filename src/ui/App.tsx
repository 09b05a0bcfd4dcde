/**
 * The page's root: opens the shared feeds, follows language, theme and address, and shows first run, an opened
 * invitation, or the chats. Everything else hangs below.
 */
import type { VNode } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { NodeApi } from '../bridge/api.ts'
import { forgetSearch } from './chats/list-state.ts'
import { lazyScreen } from './lazy.tsx'
import { forgetPhotos } from './kit/Avatar.tsx'
import { ConfirmHost } from './kit/ConfirmHost.tsx'
import { question } from './kit/dialogs.ts'
import { MenuHost } from './kit/MenuHost.tsx'
import { closeMenu } from './kit/menus.ts'
import { ToastHost } from './kit/ToastHost.tsx'
import { hideToast } from './kit/toasts.ts'
import { firstRunStep, startFirstRun } from './onboarding/first-run.ts'
import { route, startRouter } from './router.ts'
import { isOpeningText } from './security/openpgp-state.ts'
import { PgpHost } from './security/PgpHost.tsx'
import { Shell } from './Shell.tsx'
import { useAppearance } from './state/appearance.ts'
import { createAppState, StateProvider, useAppState } from './state/node.tsx'
import { startNow } from './state/now.ts'
import { startStorage } from './state/storage.ts'
import { useUnreadTitle } from './state/title.ts'
import { UpdatesProvider } from './state/updates.tsx'
import type { Updates } from './state/updates.tsx'
import './style/main.css'

const Trouble = lazyScreen<{ readonly kind: 'start' }>(async () => (await import('./onboarding/Trouble.tsx')).Trouble)
const LockScreen = lazyScreen(async () => (await import('./security/LockScreen.tsx')).LockScreen)
const Welcome = lazyScreen(async () => (await import('./onboarding/Welcome.tsx')).Welcome)
const FirstLink = lazyScreen(async () => (await import('./onboarding/FirstLink.tsx')).FirstLink)
const Invitation = lazyScreen(async () => (await import('./onboarding/Invitation.tsx')).Invitation)

/** A node answers within a second; after this long something is wrong, and the person must be told. */
const PATIENCE_MS = 15_000

/** Nothing to see for the blink of an eye that it takes; when it does not come, the page that says so. */
const Starting = (): VNode => {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  return late ? <Trouble kind="start" /> : <div class="starting" aria-busy="true" />
}

const Screens = (): VNode => {
  const { account } = useAppState()
  const state = account.value?.state
  const here = route.value
  useEffect(() => {
    if (state === 'none' || state === 'making') startFirstRun()
  }, [state])

  useEffect(() => {
    if (state !== 'locked') return
    forgetSearch()
    forgetPhotos()
    closeMenu()
    hideToast()
    question.peek()?.answer(false)
    isOpeningText.value = false
  }, [state])

  if (state === undefined) return <Starting />
  if (state === 'locked') return <LockScreen />
  if (state !== 'ready' || firstRunStep.value === 'name') return <Welcome />
  if (firstRunStep.value === 'link') return <FirstLink />
  if (here.name === 'invite') return <Invitation link={here.link} />
  return <Shell />
}

const Page = (): VNode => {
  const { account } = useAppState()
  useAppearance()
  useUnreadTitle()
  return (
    <>
      <Screens />
      {account.value?.state === 'ready' && <PgpHost />}
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
