/** What the picker remembers on this page: the emoji used last and the skin tone. Nothing is lost with it. */
import { recall, remember } from '../state/remember.ts'
import { SKIN_TONES } from './emoji-data.ts'
import type { SkinTone } from './emoji-data.ts'

const RECENT = 'emoji.recent'
const TONE = 'emoji.tone'
const MAX_RECENT = 16

export const loadRecent = (): readonly string[] =>
  (recall(RECENT) ?? '').split(' ').filter(Boolean).slice(0, MAX_RECENT)

export const rememberRecent = (emoji: string): void => {
  remember(RECENT, [emoji, ...loadRecent().filter((one) => one !== emoji)].slice(0, MAX_RECENT).join(' '))
}

export const savedTone = (): SkinTone => SKIN_TONES.find((tone) => tone === recall(TONE)) ?? ''

export const rememberTone = (tone: SkinTone): void => {
  remember(TONE, tone)
}
