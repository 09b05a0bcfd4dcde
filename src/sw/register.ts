/**
 * The page's side of the service worker: registers it, tells of a version that waits, and activates it when asked.
 * Nothing here reloads a page.
 */
export interface ServiceWorkerLink {
  /** Lets the waiting version take over, if there is one; resolves when the next load will be of the newest we can have. */
  activate(): Promise<void>
}

/** A tab may stay open for weeks: this often it asks for a new version. */
const CHECK_EVERY_MS = 60 * 60 * 1000
/** People switch tabs all the time. */
const NOT_SOONER_MS = 5 * 60 * 1000
/** Activation takes milliseconds; after this long whoever waits had better go on. */
const ACTIVATION_TIMEOUT_MS = 4_000

/** The version that waits; asks for one when none does, because a plain reload would bring the cached one again. */
const findWaiting = async (registration: ServiceWorkerRegistration | undefined): Promise<ServiceWorker | null> => {
  if (registration === undefined || registration.waiting !== null) return registration?.waiting ?? null
  await registration.update()
  const { installing } = registration
  if (installing !== null) {
    await new Promise((resolve) => installing.addEventListener('statechange', resolve, { once: true }))
  }
  return registration.waiting
}

export const registerServiceWorker = ({
  script,
  onUpdateReady
}: {
  /** Address of the script as the browser wants it (Trusted Types); undefined: no service worker here. */
  readonly script: string | undefined
  readonly onUpdateReady: () => void
}): ServiceWorkerLink => {
  const container = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker
  let registration: ServiceWorkerRegistration | undefined

  const watchInstalling = (found: ServiceWorkerRegistration): void => {
    const { installing } = found
    installing?.addEventListener('statechange', () => {
      // without a controller this is the first installation, which replaces nothing
      if (installing.state === 'installed' && container?.controller != null) onUpdateReady()
    })
  }

  const register = async (): Promise<void> => {
    if (container === undefined || script === undefined) return
    const found = await container.register(script, { scope: '/', updateViaCache: 'none' })
    registration = found
    if (found.waiting !== null && container.controller !== null) onUpdateReady()
    watchInstalling(found)
    found.addEventListener('updatefound', () => watchInstalling(found))
    const check = (): void => {
      if (navigator.onLine) found.update().catch(() => undefined) // no network, or the server is away: next time
    }
    let checkedAt = performance.now()
    setInterval(check, CHECK_EVERY_MS)
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible' || performance.now() - checkedAt < NOT_SOONER_MS) return
      checkedAt = performance.now()
      check()
    })
  }

  const listenForTakeOver = (): void => {
    // another tab agreed: this page is of the old version now, and says so
    const hadController = container?.controller != null
    container?.addEventListener('controllerchange', () => {
      if (hadController) onUpdateReady()
    })
  }

  listenForTakeOver()
  const begin = (): void => {
    register().catch(() => undefined) // private modes refuse: the app works, but not offline
  }
  // filling the cache must not compete with the first screen
  if (document.readyState === 'complete') begin()
  else addEventListener('load', begin, { once: true })

  return {
    activate: () =>
      new Promise((resolve) => {
        container?.addEventListener('controllerchange', () => resolve(), { once: true })
        setTimeout(resolve, ACTIVATION_TIMEOUT_MS)
        findWaiting(registration).then(
          (waiting) => (waiting === null ? resolve() : waiting.postMessage({ type: 'SKIP_WAITING' })),
          () => resolve() // no network: what is cached is what there is
        )
      })
  }
}
