/** Page entry: finds the node, offers it WebRTC, registers the service worker, shows the app. */
import { render } from 'preact'
import { systemClock } from './base/clock.ts'
import { openNode } from './bridge/page/open-node.ts'
import { createLeadingSource, createSharedSource } from './bridge/page/source.ts'
import { trustedScript } from './bridge/page/trusted.ts'
// oxlint-disable-next-line import/default -- Vite makes it: the address of the built worker
import nodeScript from './node/node.worker.ts?worker&url'
import { registerServiceWorker } from './sw/register.ts'

const start = (): void => {
  const { locks } = navigator
  const source =
    'SharedWorker' in globalThis
      ? createSharedSource(nodeScript)
      : createLeadingSource({ script: nodeScript, locks, clock: systemClock })
  const serviceWorker = registerServiceWorker({
    script: import.meta.env.PROD ? trustedScript('/sw.js') : undefined,
    onUpdateReady: () => opened.announceUpdate()
  })
  const opened = openNode({
    source,
    build: __BUILD__,
    locks,
    clock: systemClock,
    newId: () => crypto.randomUUID(),
    reload: serviceWorker.activate
  })
  Object.assign(globalThis, { cryptochat: { node: opened.node, link: opened.link } })
  const root = document.getElementById('app')
  if (root !== null) render(<p>{__BUILD__}</p>, root)
}

start()
