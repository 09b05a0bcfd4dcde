/**
 * Finds links in a message. Only schemes that cannot run anything are ever made clickable, and what a link shows is
 * exactly what was written: a peer cannot dress one address up as another.
 */
import { LinkifyIt } from 'linkify-it'
import { toHref } from './href.ts'
import type { LinkSpan } from './href.ts'

const finder = new LinkifyIt()
  .add('ftp:', null)
  .add('//', null)
  .set({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false, maxLength: 2048 })

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
