/**
 * The service worker: keeps the app's own files so that it starts without a network. It never opens the node's
 * database, and a new version waits until a page says that the person agreed.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

interface PrecacheEntry {
  readonly url: string
  readonly revision: string | null
}
declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: PrecacheEntry[] }

/** Message from a page: the person agreed to the new version. */
const SKIP_WAITING = 'SKIP_WAITING'

precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()
// every path of the app is the same document; what the relay answers itself is not the app's
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/healthz/, /^\/metrics/, /^\/\.well-known\//]
  })
)

self.addEventListener('message', (event) => {
  if ((event.data as { readonly type?: unknown } | null)?.type === SKIP_WAITING) void self.skipWaiting()
})
// also the tab of the first visit: without it that one would never work offline nor hear of updates
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
