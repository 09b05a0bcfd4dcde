/**
 * `@name` in texts: who is named (longest name first, so that "@Lena" never stands for "Lena Marković"), where, and whom
 * the letters before the caret could mean. Pure.
 */
import type { Somebody } from '../../model/group-views.ts'
import { fold } from '../chats/match.ts'
import type { People, Person } from './people.ts'

/** The node takes no more. */
const MAX_MENTIONS = 64
const MAX_SHOWN = 6
/** Longer than any name that somebody would go on typing. */
const MAX_QUERY = 40

const isWordy = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char)

export interface TextPiece {
  readonly text: string
  /** It is `@` and one of the names. */
  readonly named?: string
}

export const splitAtNames = (text: string, names: readonly string[]): readonly TextPiece[] => {
  if (names.length === 0 || !text.includes('@')) return [{ text }]
  const longestFirst = names.toSorted((a, b) => b.length - a.length)
  const pieces: TextPiece[] = []
  let done = 0
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (at < done || isWordy(text[at - 1])) continue
    const named = longestFirst.find((name) => text.startsWith(name, at + 1) && !isWordy(text[at + 1 + name.length]))
    if (named === undefined) continue
    if (at > done) pieces.push({ text: text.slice(done, at) })
    done = at + 1 + named.length
    pieces.push({ text: text.slice(at, done), named })
  }
  if (done < text.length) pieces.push({ text: text.slice(done) })
  return pieces
}

/** Who is named in a text that is about to be sent. Ourselves do not count. */
export const mentionsIn = (text: string, people: People | undefined): readonly Somebody[] => {
  if (people === undefined || !text.includes('@')) return []
  const others = [...people.values()].filter(({ mine }) => !mine)
  const named = new Set(
    splitAtNames(
      text,
      others.map(({ given }) => given)
    ).map((piece) => piece.named)
  )
  return others
    .filter(({ given }) => named.has(given))
    .map(({ did, name, mine }) => ({ did, name, mine }))
    .slice(0, MAX_MENTIONS)
}

export interface Completion {
  /** Where the `@` stands. */
  readonly from: number
  readonly to: number
  readonly found: readonly Person[]
}

/** Whom the text before the caret begins to name. */
export const completionAt = (text: string, caret: number, people: People | undefined): Completion | undefined => {
  if (people === undefined) return undefined
  const from = text.lastIndexOf('@', caret - 1)
  if (from === -1 || caret - from > MAX_QUERY || isWordy(text[from - 1])) return undefined
  const query = text.slice(from + 1, caret)
  if (query.includes('\n') || query.startsWith(' ')) return undefined
  const wanted = fold(query)
  const begins = ({ name, given }: Person): boolean =>
    [name, given].some((one) => {
      const folded = fold(one)
      // a second word is typed only after the whole first one
      return (
        folded.startsWith(wanted) ||
        (!wanted.includes(' ') && folded.split(/\s+/u).some((word) => word.startsWith(wanted)))
      )
    })
  const found = [...people.values()]
    .filter((person) => !person.mine && begins(person))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .slice(0, MAX_SHOWN)
  return found.length === 0 ? undefined : { from, to: caret, found }
}
