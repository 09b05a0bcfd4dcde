/** Emoji by group or by search, with a skin tone and what was used last. Arrow keys walk the grid. */
import { signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { EMOJI, EMOJI_GROUPS, findEmoji, SKIN_TONES, withSkinTone } from './emoji-data.ts'
import type { EmojiEntry, EmojiGroup, SkinTone } from './emoji-data.ts'
import { loadRecent, rememberRecent, rememberTone, savedTone } from './emoji-memory.ts'

const GROUP_ICON: Readonly<Record<EmojiGroup, string>> = {
  faces: '😀',
  people: '👋',
  nature: '🐻',
  food: '🍔',
  activity: '⚽',
  things: '💡',
  symbols: '❤️'
}
const GROUP_NAME = {
  faces: 'chat.emoji.faces',
  people: 'chat.emoji.people',
  nature: 'chat.emoji.nature',
  food: 'chat.emoji.food',
  activity: 'chat.emoji.activity',
  things: 'chat.emoji.things',
  symbols: 'chat.emoji.symbols'
} as const

const tone = signal<SkinTone>(savedTone())
const COLUMNS = 8

const walk = (event: KeyboardEvent): void => {
  const grid = event.currentTarget as HTMLElement
  const buttons = Array.from(grid.querySelectorAll<HTMLButtonElement>('[data-emoji]'))
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  const rtl = getComputedStyle(grid).direction === 'rtl' ? -1 : 1
  const step = { ArrowRight: rtl, ArrowLeft: -rtl, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
  if (step === undefined) return
  event.preventDefault()
  buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus()
}

export const EmojiPicker = ({ onPick }: { readonly onPick: (emoji: string) => void }): VNode => {
  const [query, setQuery] = useState('')
  const [recent] = useState(loadRecent)
  const found = findEmoji(query)
  const pick = (emoji: string): void => {
    rememberRecent(emoji)
    onPick(emoji)
  }
  return (
    <div class="emoji-picker">
      <div class="emoji-top">
        <input
          type="search"
          class="emoji-search"
          data-id="emoji-search"
          placeholder={t('chat.emojiSearch')}
          aria-label={t('chat.emojiSearch')}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <Tones />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys between the buttons in it */}
      <div class="emoji-scroll" onKeyDown={walk}>
        {query.trim() !== '' ? (
          <Grid label={t('chat.emojiFound', { count: found.length })} entries={found} onPick={pick} />
        ) : (
          <>
            {recent.length > 0 && (
              <Grid
                label={t('chat.emoji.recent')}
                entries={recent.map((emoji) => ({ emoji, words: emoji }))}
                onPick={pick}
              />
            )}
            {EMOJI_GROUPS.map((group) => (
              <Grid key={group} id={group} label={t(GROUP_NAME[group])} entries={EMOJI[group]} onPick={pick} />
            ))}
          </>
        )}
      </div>
      {query.trim() === '' && (
        <div class="emoji-groups">
          {EMOJI_GROUPS.map((group) => (
            <button
              key={group}
              type="button"
              aria-label={t(GROUP_NAME[group])}
              title={t(GROUP_NAME[group])}
              onClick={(event) =>
                event.currentTarget
                  .closest('.emoji-picker')
                  ?.querySelector(`[data-group="${group}"]`)
                  ?.scrollIntoView({ block: 'start' })
              }
            >
              {GROUP_ICON[group]}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

interface GridProps {
  readonly label: string
  readonly id?: EmojiGroup
  readonly entries: readonly EmojiEntry[]
  readonly onPick: (emoji: string) => void
}

const Grid = ({ label, id, entries, onPick }: GridProps): VNode => (
  <section data-group={id} aria-label={label}>
    <p class="emoji-heading" aria-hidden="true">
      {label}
    </p>
    <div class="emoji-grid">
      {entries.map(({ emoji, words }) => {
        const shown = withSkinTone(emoji, tone.value)
        return (
          <button
            key={emoji}
            type="button"
            data-id="emoji"
            data-emoji={shown}
            title={words}
            aria-label={`${shown} ${words}`}
            onClick={() => onPick(shown)}
          >
            {shown}
          </button>
        )
      })}
    </div>
  </section>
)

const Tones = (): VNode => (
  <button
    type="button"
    class="emoji-tone"
    title={t('chat.emojiTone')}
    aria-label={t('chat.emojiTone')}
    onClick={() => {
      tone.value = SKIN_TONES[(SKIN_TONES.indexOf(tone.peek()) + 1) % SKIN_TONES.length] ?? ''
      rememberTone(tone.peek())
    }}
  >
    {withSkinTone('✋', tone.value)}
  </button>
)
