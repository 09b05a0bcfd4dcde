import { expect, test } from 'vitest'
import { findLinks } from '../../../../src/ui/chat/links.ts'

const found = (text: string): readonly (readonly [string, string])[] =>
  findLinks(text).map(({ start, end, href }) => [text.slice(start, end), href])

test.each([
  ['go to https://example.org/a?b=c#d.', [['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d']]],
  ['http://example.org', [['http://example.org', 'http://example.org/']]],
  ['example.org/path works', [['example.org/path', 'https://example.org/path']]],
  ['mail me@example.org', [['me@example.org', 'mailto:me@example.org']]],
  ['(https://example.org/a_(b))', [['https://example.org/a_(b)', 'https://example.org/a_(b)']]],
  ['https://chat.example/#i/AbC_-9', [['https://chat.example/#i/AbC_-9', 'https://chat.example/#i/AbC_-9']]],
  ['nothing here. Really: nothing', []]
])('in %j it finds %j', (text, expected) => {
  expect(found(text)).toEqual(expected)
})

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt://example.org/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'ftp://example.org/a',
  'vbscript:x',
  'blob:https://example.org/1'
])('%s never becomes a link that runs or reads something', (text) => {
  for (const { href } of findLinks(text)) expect(href).toMatch(/^(https?:\/\/|mailto:)/)
})

test('an address that hides its host behind a name and password is no link', () => {
  for (const { href } of findLinks('https://bank.example@evil.example/')) expect(href).not.toContain('bank.example@')
})
