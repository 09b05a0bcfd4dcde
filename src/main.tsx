/** Page entry: finds the node, offers it WebRTC, registers the service worker, shows the app. */
import { systemClock } from './base/clock.ts'
import { onAwake, sight } from './bridge/page/awake.ts'
import { type OpenedNode, openNode } from './bridge/page/open-node.ts'
import { createLeadingSource, createSharedSource } from './bridge/page/source.ts'
import { trustedScript } from './bridge/page/trusted.ts'
// oxlint-disable-next-line import/default -- Vite makes it: the address of the built worker
import nodeScript from './node/node.worker.ts?worker&url'
import { hostRtc } from './p2p/rtc/page/host.ts'
import { registerServiceWorker } from './sw/register.ts'
import { show, showInsecure } from './ui/show.tsx'

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
    sight,
    activateUpdate: () => serviceWorker.activate(),
    reload: () => location.reload()
  })
  return opened
}

const root = document.getElementById('app')
const isUsable = isSecureContext && 'locks' in navigator && 'subtle' in crypto
if (root !== null && isUsable) {
  const { node, link } = start()
  // for the console and for tests
  Object.assign(globalThis, { cryptochat: { node, link } })
  show(root, { node, link })
} else if (root !== null) showInsecure(root)
