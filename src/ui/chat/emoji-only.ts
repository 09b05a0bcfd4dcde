/** A message of one to three emoji and nothing else is shown large and without a bubble; up to six, larger. */
const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\p{Emoji_Presentation}|\s)+$/v
const ONE_EMOJI = /\p{RGI_Emoji}|\p{Emoji_Presentation}/gv

export type EmojiSize = 'huge' | 'large' | undefined

export const emojiSize = (text: string): EmojiSize => {
  // the longest emoji sequence has 35 units; longer texts need no regular expression
  if (text.length > 160 || !ONLY_EMOJI.test(text)) return undefined
  const count = text.match(ONE_EMOJI)?.length ?? 0
  if (count === 0 || count > 6) return undefined
  return count <= 3 ? 'huge' : 'large'
}
