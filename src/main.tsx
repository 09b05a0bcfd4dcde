/** Page entry: finds the node, offers it WebRTC, registers the service worker, shows the app. */
import { render } from 'preact'
import { systemClock } from './base/clock.ts'
import { onAwake } from './bridge/page/awake.ts'
import { type OpenedNode, openNode } from './bridge/page/open-node.ts'
import { createLeadingSource, createSharedSource } from './bridge/page/source.ts'
import { trustedScript } from './bridge/page/trusted.ts'
// oxlint-disable-next-line import/default -- Vite makes it: the address of the built worker
import nodeScript from './node/node.worker.ts?worker&url'
import { hostRtc } from './p2p/rtc/page/host.ts'
import { registerServiceWorker } from './sw/register.ts'
import { App } from './ui/App.tsx'

const start = (): OpenedNode => {
  const { locks } = navigator
  const serviceWorker = registerServiceWorker({
    script: import.meta.env.PROD ? trustedScript('/sw.js') : undefined,
    onUpdateReady: () => opened.announceUpdate()
  })
  const opened = openNode({
    source:
      'SharedWorker' in globalThis
        ? createSharedSource(nodeScript)
        : createLeadingSource({ script: nodeScript, locks, clock: systemClock }),
    build: __BUILD__,
    locks,
    clock: systemClock,
    newId: () => crypto.randomUUID(),
    hostRtc: 'RTCPeerConnection' in globalThis ? hostRtc : undefined,
    onAwake,
    reload: () => serviceWorker.activate()
  })
  return opened
}

const showTrouble = async (root: HTMLElement, kind: 'insecure' | 'start', detail?: string): Promise<void> => {
  const { Trouble } = await import('./ui/onboarding/Trouble.tsx')
  render(<Trouble kind={kind} {...(detail !== undefined && { detail })} />, root)
}

const show = (root: HTMLElement, { node, link }: OpenedNode): void => {
  // for the console and for tests
  Object.assign(globalThis, { cryptochat: { node, link } })
  const updates = {
    watch: (tell: (ready: boolean) => void) => link.watchUpdate(tell),
    apply: () => link.applyUpdate()
  }
  render(<App node={node} updates={updates} />, root)
  link.onChange(() => {
    const { state, failure } = link
    if (state === 'failed') void showTrouble(root, 'start', `${failure?.reason ?? ''}: ${failure?.message ?? ''}`)
  })
}

const root = document.getElementById('app')
// plain http of another machine: no keys, no locks, no service worker, so nothing may start
const isUsable = isSecureContext && 'locks' in navigator && 'subtle' in crypto
if (root !== null && isUsable) show(root, start())
else if (root !== null) void showTrouble(root, 'insecure')
