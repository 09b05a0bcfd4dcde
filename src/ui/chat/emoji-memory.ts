/** What the picker remembers on this page's origin: the emoji used last and the skin tone. Nothing is lost with it. */
import { SKIN_TONES } from './emoji-data.ts'
import type { SkinTone } from './emoji-data.ts'

const RECENT_KEY = 'cryptochat.emoji.recent'
const TONE_KEY = 'cryptochat.emoji.tone'
const MAX_RECENT = 16

const read = (key: string): string => {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    // storage may be forbidden
    return ''
  }
}

const write = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // then it is forgotten with the page
    return
  }
}

export const loadRecent = (): readonly string[] => read(RECENT_KEY).split(' ').filter(Boolean).slice(0, MAX_RECENT)

export const rememberRecent = (emoji: string): void =>
  write(RECENT_KEY, [emoji, ...loadRecent().filter((one) => one !== emoji)].slice(0, MAX_RECENT).join(' '))

export const savedTone = (): SkinTone => SKIN_TONES.find((tone) => tone === read(TONE_KEY)) ?? ''
export const rememberTone = (tone: SkinTone): void => write(TONE_KEY, tone)
