/** Page entry: finds the node, offers it WebRTC, registers the service worker, shows the app. */
import { render } from 'preact'
import { systemClock } from './base/clock.ts'
import { openNode } from './bridge/page/open-node.ts'
import { createLeadingSource, createSharedSource } from './bridge/page/source.ts'
import { trustedScript } from './bridge/page/trusted.ts'
// oxlint-disable-next-line import/default -- Vite makes it: the address of the built worker
import nodeScript from './node/node.worker.ts?worker&url'
import { hostRtc } from './p2p/rtc/page/host.ts'
import { registerServiceWorker } from './sw/register.ts'
import { App } from './ui/App.tsx'

const start = (root: HTMLElement): void => {
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
    onAwake: (listener) =>
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') listener()
      }),
    reload: () => serviceWorker.activate()
  })
  const { node, link } = opened
  // for the console and for tests
  Object.assign(globalThis, { cryptochat: { node, link } })
  const updates = {
    watch: (tell: (ready: boolean) => void) => {
      tell(link.updateReady)
      return link.onChange(() => tell(link.updateReady))
    },
    apply: () => link.applyUpdate()
  }
  render(<App node={node} updates={updates} />, root)
}

const root = document.getElementById('app')
if (root !== null) start(root)
