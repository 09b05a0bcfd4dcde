/** What a written address leads to. Only schemes that cannot run anything are ever made clickable. */
export interface LinkSpan {
  readonly start: number
  readonly end: number
  readonly href: string
}

const SAFE = new Set(['https:', 'http:', 'mailto:'])

/** The address a written link leads to, or `undefined` when it must not be clickable. */
export const toHref = (text: string): string | undefined => {
  // no scheme means https: the safer guess, and browsers fall back by themselves
  const scheme = /^[a-z][a-z0-9+.-]*:/iu.test(text) ? '' : text.includes('@') ? 'mailto:' : 'https://'
  if (!URL.canParse(scheme + text)) return undefined
  const url = new URL(scheme + text)
  // a name and password in an address only serve to make the host look like another one
  return SAFE.has(url.protocol) && url.username === '' && url.password === '' ? url.href : undefined
}
