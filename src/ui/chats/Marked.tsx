/** A text with the found letters marked. */
import type { VNode } from 'preact'
import { pieces } from './match.ts'
import type { Mark } from './match.ts'

export const Marked = ({ text, marks }: { readonly text: string; readonly marks: readonly Mark[] }): VNode => (
  <bdi>
    {pieces(text, marks).map((piece, index) => (piece.marked ? <mark key={index}>{piece.text}</mark> : piece.text))}
  </bdi>
)
