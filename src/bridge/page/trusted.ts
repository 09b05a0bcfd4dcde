/**
 * The one Trusted Types policy of the app (the page's policy header allows no other). It lets through the addresses of
 * our own worker scripts, and nothing else ever becomes a script.
 */
interface Policy {
  createScriptURL(address: string): unknown
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): Policy
}

const scriptAddress = (address: string): string => {
  const { origin, pathname, href } = new URL(address, location.href)
  const isOurs = pathname === '/sw.js' || pathname.startsWith('/assets/') || import.meta.env.DEV
  if (origin !== location.origin || !isOurs) throw new TypeError('not a script of this app')
  return href
}

let policy: Policy | undefined

/** The address as the browser wants it: a TrustedScriptURL where there is such a thing, which TypeScript calls string. */
export const trustedScript = (address: string): string => {
  const factory = (globalThis as { readonly trustedTypes?: Factory }).trustedTypes
  if (factory === undefined) return scriptAddress(address)
  policy ??= factory.createPolicy('cryptochat', { createScriptURL: scriptAddress })
  return policy.createScriptURL(address) as string
}
