/**
 * Finds links in a message. Only schemes that cannot run anything are ever made clickable, and what a link shows is
 * exactly what was written: a peer cannot dress one address up as another.
 */
import { LinkifyIt } from 'linkify-it'

export interface LinkSpan {
  readonly start: number
  readonly end: number
  readonly href: string
}

const finder = new LinkifyIt()
  .add('ftp:', null)
  .add('//', null)
  .set({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false, maxLength: 2048 })

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

export const findLinks = (text: string): readonly LinkSpan[] => {
  // the finder is not free; most messages hold neither a dot nor a colon
  if (!/[.:@]/.test(text)) return []
  const spans: LinkSpan[] = []
  for (const match of finder.match(text) ?? []) {
    const href = toHref(match.raw)
    if (href !== undefined) spans.push({ start: match.index, end: match.lastIndex, href })
  }
  return spans
}
