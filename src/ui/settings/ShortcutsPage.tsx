/** All keys, as this system writes them. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import type { MessageKey } from '../i18n/i18n.ts'
import { Section } from '../kit/List.tsx'

type ShortcutKey = Extract<MessageKey, `shortcuts.${string}`>

const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent)

/** In a tab, Ctrl+N belongs to the browser; the installed app gets it. */
const newChatKeys = (): readonly string[] =>
  matchMedia('(display-mode: standalone)').matches ? ['Mod', 'N'] : ['Alt', 'N']

const everywhere = (): readonly (readonly [ShortcutKey, readonly string[]])[] => [
  ['shortcuts.switcher', ['Mod', 'K']],
  ['shortcuts.newChat', newChatKeys()],
  ['shortcuts.search', ['Mod', 'Shift', 'F']],
  ['shortcuts.next', ['Alt', '↓']],
  ['shortcuts.previous', ['Alt', '↑']],
  ['shortcuts.close', ['Esc']],
  ['shortcuts.these', ['Mod', '/']]
]
const IN_CHAT: readonly (readonly [ShortcutKey, readonly string[]])[] = [
  ['shortcuts.send', ['Enter']],
  ['shortcuts.newLine', ['Shift', 'Enter']],
  ['shortcuts.editLast', ['↑']],
  ['shortcuts.searchChat', ['Mod', 'F']]
]

const Keys = ({ keys }: { readonly keys: readonly string[] }): VNode => (
  <span class="keys" dir="ltr">
    {keys.map((key) => (
      <kbd key={key}>{key === 'Mod' ? (isApple() ? '⌘' : 'Ctrl') : key === 'Alt' && isApple() ? '⌥' : key}</kbd>
    ))}
  </span>
)

const List = ({ entries }: { readonly entries: ReturnType<typeof everywhere> }): VNode => (
  <dl class="shortcuts">
    {entries.map(([name, keys]) => (
      <div key={name} class="row">
        <dt class="row-text">{t(name)}</dt>
        <dd>
          <Keys keys={keys} />
        </dd>
      </div>
    ))}
  </dl>
)

export const ShortcutsPage = (): VNode => (
  <>
    <Section title={t('shortcuts.general')}>
      <List entries={everywhere()} />
    </Section>
    <Section title={t('shortcuts.inChat')}>
      <List entries={IN_CHAT} />
    </Section>
  </>
)
