/** A message's text as elements. Everything is text nodes and a closed list of tags: nothing a peer wrote becomes HTML. */
import type { ComponentChildren, VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { navigate } from '../router.ts'
import { markMatches } from './mark-matches.ts'
import { parseMarkup } from './markup.ts'
import { plainText } from './markup-tree.ts'
import type { Block, Inline } from './markup-tree.ts'

interface MarkupProps {
  readonly text: string
  /** Words to mark, from the search. */
  readonly marked: string
}

export const Markup = ({ text, marked }: MarkupProps): VNode => {
  const blocks = useMemo(() => parseMarkup(text), [text])
  return <>{blocks.map((block, index) => drawBlock(block, marked, index, index < blocks.length - 1))}</>
}

/** Paragraphs are plain runs of text, so that the time can stand in their last line. */
const drawBlock = (block: Block, marked: string, key: number, more: boolean): ComponentChildren => {
  if (block.kind === 'pre')
    return (
      <pre key={key} dir="ltr">
        <code>{drawText(block.text, marked)}</code>
      </pre>
    )
  if (block.kind === 'quote') return <blockquote key={key}>{drawAll(block.children, marked)}</blockquote>
  return (
    <span key={key} class={more ? 'paragraph' : undefined}>
      {drawAll(block.children, marked)}
    </span>
  )
}

const drawAll = (nodes: readonly Inline[], marked: string): ComponentChildren =>
  nodes.map((node, index) => drawInline(node, marked, index))

const drawInline = (node: Inline, marked: string, key: number): ComponentChildren => {
  if (node.kind === 'text') return drawText(node.text, marked)
  if (node.kind === 'code') return <code key={key}>{drawText(node.text, marked)}</code>
  if (node.kind === 'link') return <MessageLink key={key} href={node.href} text={node.text} marked={marked} />
  if (node.kind === 'spoiler') return <Spoiler key={key} nodes={node.children} marked={marked} />
  const inside = drawAll(node.children, marked)
  if (node.kind === 'bold') return <strong key={key}>{inside}</strong>
  if (node.kind === 'italic') return <em key={key}>{inside}</em>
  return <s key={key}>{inside}</s>
}

const drawText = (text: string, marked: string): ComponentChildren =>
  marked === ''
    ? text
    : markMatches(text, marked).map((part, index) => (part.match ? <mark key={index}>{part.text}</mark> : part.text))

interface MessageLinkProps extends MarkupProps {
  readonly href: string
}

const MessageLink = ({ href, text, marked }: MessageLinkProps): VNode => (
  <a
    href={href}
    // opener and referrer would tell the other site where the click came from
    rel="noopener noreferrer nofollow ugc"
    target="_blank"
    dir="auto"
    onClick={(event) => {
      // an invite of any origin is opened here: this is where the account is
      if (!new URL(href).hash.startsWith('#i/')) return
      event.preventDefault()
      navigate({ name: 'invite', link: href })
    }}
  >
    {drawText(text, marked)}
  </a>
)

interface SpoilerProps {
  readonly nodes: readonly Inline[]
  readonly marked: string
}

/** Hidden, it is one button of plain text: nothing in it can be clicked, focused or read aloud by accident. */
const Spoiler = ({ nodes, marked }: SpoilerProps): VNode => {
  const [open, setOpen] = useState(false)
  if (open) return <span class="spoiler open">{drawAll(nodes, marked)}</span>
  return (
    <button type="button" class="spoiler" aria-label={t('chat.spoiler')} onClick={() => setOpen(true)}>
      <span aria-hidden="true">{plainText(nodes)}</span>
    </button>
  )
}
