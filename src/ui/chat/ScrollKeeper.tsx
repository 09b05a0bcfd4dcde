/**
 * The scrolling list of a conversation. Whatever is drawn into it, what a person looks at stays where it is to the pixel;
 * at the end, the list follows what is new. Only `place` moves it.
 */
import { Component, createRef } from 'preact'
import type { ComponentChildren, VNode } from 'preact'
import { AT_END_PX, isAtEnd, putAnchor, takeAnchor } from './anchor.ts'
import type { Anchor } from './anchor.ts'

/** Room for the divider and the day above a held message. */
const HOLD_PX = 72

interface ScrollKeeperProps {
  readonly children: ComponentChildren
  /** The newest message is in the list, so that being at its end means seeing what is new. */
  readonly complete: boolean
  /** After every change of position, size or content. `drawn`: the content has just been drawn anew. */
  readonly onMoved: (scroller: HTMLElement, drawn: boolean) => void
  /** A message that must not scroll away while nobody looks: the first of those that came meanwhile. */
  readonly hold?: string | undefined
}

interface Before {
  readonly atEnd: boolean
  readonly anchor: Anchor | undefined
  readonly scrollTop: number
  readonly scrollHeight: number
}

export class ScrollKeeper extends Component<ScrollKeeperProps> {
  private readonly scroller = createRef<HTMLDivElement>()
  private readonly content = createRef<HTMLDivElement>()
  private observer: ResizeObserver | undefined
  private height = 0
  /** Where the list was when it was last looked at: for sizes that change by themselves, and for a list that was hidden. */
  private last: Before = { atEnd: true, anchor: undefined, scrollTop: 0, scrollHeight: 0 }

  override componentDidMount(): void {
    const { scroller, content } = this
    if (scroller.current === null || content.current === null) return
    this.height = scroller.current.clientHeight
    if (typeof ResizeObserver !== 'undefined') {
      this.observer = new ResizeObserver(() => this.resized())
      this.observer.observe(scroller.current)
      this.observer.observe(content.current)
    }
    this.props.onMoved(scroller.current, true)
    this.look()
  }

  override getSnapshotBeforeUpdate(): Before {
    return this.look()
  }

  override componentDidUpdate(_props: ScrollKeeperProps, _state: object, before: Before): void {
    const { current } = this.scroller
    if (current === null) return
    this.keep(current, before)
    this.props.onMoved(current, true)
    this.look()
  }

  override componentWillUnmount(): void {
    this.observer?.disconnect()
  }

  /** Remembers what is seen now. */
  private look(): Before {
    const { current } = this.scroller
    // a hidden list has no positions; what it had when it was seen still holds
    if (current === null || current.clientHeight === 0) return this.last
    const { scrollTop, scrollHeight, clientHeight } = current
    // a banner that has just come over the list took from its end, and nobody has been told yet
    const taken = Math.max(0, this.height - clientHeight)
    const wasAtEnd = taken > 0 && this.last.atEnd && scrollHeight - scrollTop - clientHeight <= taken + AT_END_PX
    this.last = {
      atEnd: wasAtEnd || isAtEnd(current),
      anchor: takeAnchor(current, messagesIn(current)),
      scrollTop,
      scrollHeight
    }
    return this.last
  }

  private keep(scroller: HTMLElement, before: Before): void {
    if (before.atEnd && this.props.complete) this.follow(scroller)
    else if (before.anchor !== undefined) putAnchor(scroller, messagesIn(scroller), before.anchor)
  }

  /** To the end, but not past what nobody has seen yet. */
  private follow(scroller: HTMLElement): void {
    scroller.scrollTop = scroller.scrollHeight
    const { hold } = this.props
    const held = hold === undefined ? undefined : elementOf(scroller, hold)
    if (held === undefined || held === null) return
    const above = scroller.getBoundingClientRect().top + HOLD_PX - held.getBoundingClientRect().top
    if (above > 0) scroller.scrollTop -= above
  }

  private resized(): void {
    const { current } = this.scroller
    if (current === null) return
    const { clientHeight } = current
    const wasHidden = this.height === 0
    const shrunk = this.height - clientHeight
    this.height = clientHeight
    if (clientHeight === 0) return
    if (wasHidden && !this.last.atEnd && this.last.anchor !== undefined) {
      // some browsers forget where a hidden list stood
      putAnchor(current, messagesIn(current), this.last.anchor)
      return
    }
    if (this.last.atEnd && this.props.complete) {
      if (current.scrollHeight - current.scrollTop - current.clientHeight > AT_END_PX / 8)
        current.scrollTop = current.scrollHeight
    } else if (shrunk !== 0)
      // the soft keyboard or a growing composer: the line just above them stays in sight
      current.scrollTop += shrunk
    else if (this.last.anchor !== undefined && current.scrollHeight !== this.last.scrollHeight) {
      // what was scrolled since the last look is wanted, and not undone
      const { id, top } = this.last.anchor
      putAnchor(current, messagesIn(current), { id, top: top + this.last.scrollTop - current.scrollTop })
    }
    this.props.onMoved(current, false)
    this.look()
  }

  private readonly scrolled = (): void => {
    const { current } = this.scroller
    if (current === null) return
    this.look()
    this.props.onMoved(current, false)
  }

  override render({ children }: ScrollKeeperProps): VNode {
    return (
      <div class="flow" ref={this.scroller} onScroll={this.scrolled}>
        <div class="flow-content" ref={this.content}>
          {children}
        </div>
      </div>
    )
  }
}

export const elementOf = (scroller: Element, id: string): Element | null =>
  Array.from(messagesIn(scroller)).find((element) => element.getAttribute('data-message') === id) ?? null

/** A live collection: reading it costs nothing, and it is always in document order. */
export const messagesIn = (scroller: Element): HTMLCollectionOf<Element> => scroller.getElementsByClassName('message')
