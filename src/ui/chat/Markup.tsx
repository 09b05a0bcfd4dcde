/** A message's text as elements. Everything is text nodes and a closed list of tags: nothing a peer wrote becomes HTML. */
import type { ComponentChildren, VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Somebody } from '../../model/group-views.ts'
import { t } from '../i18n/i18n.ts'
import { Link } from '../Link.tsx'
import { navigate } from '../router.ts'
import { isInviteHash } from '../routes.ts'
import { markMatches } from './mark-matches.ts'
import { splitAtNames } from './mentions.ts'
import type { People } from './people.ts'
import { parseMarkup } from './markup.ts'
import { plainText } from './markup-tree.ts'
import type { Block, Inline } from './markup-tree.ts'

interface MarkupProps {
  readonly text: string
  /** Words to mark, from the search. */
  readonly marked: string
  /** Whom the text names with `@name`. */
  readonly named?: readonly Somebody[] | undefined
  readonly people?: People | undefined
}

/** What plain text is drawn with. */
interface Pen {
  readonly marked: string
  readonly nameds: ReadonlyMap<string, Somebody>
  readonly people: People | undefined
}

export const Markup = ({ text, marked, named = NOBODY, people }: MarkupProps): VNode => {
  const blocks = useMemo(() => parseMarkup(text), [text])
  const nameds = new Map(named.flatMap((one) => namesOf(one, people).map((name) => [name, one] as const)))
  const pen: Pen = { marked, nameds, people }
  return <>{blocks.map((block, index) => drawBlock(block, pen, index, index < blocks.length - 1))}</>
}

const NOBODY: readonly Somebody[] = []

/** The text holds the name they gave, which an alias of ours hides. */
const namesOf = ({ did, name }: Somebody, people: People | undefined): readonly string[] =>
  [name, people?.get(did)?.given].filter((one) => one !== undefined && one !== '') as string[]

/** Paragraphs are plain runs of text, so that the time can stand in their last line. */
const drawBlock = (block: Block, pen: Pen, key: number, more: boolean): ComponentChildren => {
  if (block.kind === 'pre')
    return (
      <pre key={key} dir="ltr">
        <code>{drawMarked(block.text, pen.marked)}</code>
      </pre>
    )
  if (block.kind === 'quote') return <blockquote key={key}>{drawAll(block.children, pen)}</blockquote>
  return (
    <span key={key} class={more ? 'paragraph' : undefined}>
      {drawAll(block.children, pen)}
    </span>
  )
}

const drawAll = (nodes: readonly Inline[], pen: Pen): ComponentChildren =>
  nodes.map((node, index) => drawInline(node, pen, index))

const drawInline = (node: Inline, pen: Pen, key: number): ComponentChildren => {
  if (node.kind === 'text') return drawText(node.text, pen)
  if (node.kind === 'code') return <code key={key}>{drawMarked(node.text, pen.marked)}</code>
  if (node.kind === 'link') return <MessageLink key={key} href={node.href} text={node.text} marked={pen.marked} />
  if (node.kind === 'spoiler') return <Spoiler key={key} nodes={node.children} pen={pen} />
  const inside = drawAll(node.children, pen)
  if (node.kind === 'bold') return <strong key={key}>{inside}</strong>
  if (node.kind === 'italic') return <em key={key}>{inside}</em>
  return <s key={key}>{inside}</s>
}

const drawText = (text: string, { marked, nameds, people }: Pen): ComponentChildren =>
  splitAtNames(text, [...nameds.keys()]).map((piece, index) => {
    const who = piece.named === undefined ? undefined : nameds.get(piece.named)
    if (who === undefined) return drawMarked(piece.text, marked)
    return (
      <Mention
        key={index}
        who={who}
        text={piece.text}
        marked={marked}
        leads={people?.get(who.did)?.isContact === true}
      />
    )
  })

const drawMarked = (text: string, marked: string): ComponentChildren =>
  marked === ''
    ? text
    : markMatches(text, marked).map((part, index) => (part.match ? <mark key={index}>{part.text}</mark> : part.text))

interface MentionProps {
  readonly who: Somebody
  readonly text: string
  readonly marked: string
  /** To a page of theirs. */
  readonly leads: boolean
}

const Mention = ({ who, text, marked, leads }: MentionProps): VNode =>
  who.mine || !leads ? (
    <b class={who.mine ? 'mention me' : 'mention'} data-id="mention">
      <bdi>{drawMarked(text, marked)}</bdi>
    </b>
  ) : (
    <Link class="mention" to={{ name: 'contact', did: who.did }} data-id="mention">
      <bdi>{drawMarked(text, marked)}</bdi>
    </Link>
  )

interface MessageLinkProps {
  readonly text: string
  readonly marked: string
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
      if (!isInviteHash(new URL(href).hash)) return
      event.preventDefault()
      navigate({ name: 'invite', link: href })
    }}
  >
    {drawMarked(text, marked)}
  </a>
)

interface SpoilerProps {
  readonly nodes: readonly Inline[]
  readonly pen: Pen
}

/** Hidden, it is one button of plain text: nothing in it can be clicked, focused or read aloud by accident. */
const Spoiler = ({ nodes, pen }: SpoilerProps): VNode => {
  const [open, setOpen] = useState(false)
  if (open) return <span class="spoiler open">{drawAll(nodes, pen)}</span>
  return (
    <button type="button" class="spoiler" aria-label={t('chat.spoiler')} onClick={() => setOpen(true)}>
      <span aria-hidden="true">{plainText(nodes)}</span>
    </button>
  )
}
