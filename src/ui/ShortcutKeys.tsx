/**
 * Keys that work everywhere: switcher, new chat, search, other chat, close, the list of all keys. Letters are matched by
 * what they type or, on non-Latin layouts, by where they are.
 */
import type { VNode } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { neighbour } from './chats/chat-list.ts'
import { focusSearch } from './chats/list-state.ts'
import { isLetter } from './keys.ts'
import { lazyScreen } from './lazy.tsx'
import { goBack, navigate, route } from './router.ts'
import { useAppState } from './state/node.tsx'

const Switcher = lazyScreen<{ readonly onClose: () => void }>(
  async () => (await import('./chats/Switcher.tsx')).Switcher
)

/** A layer of the browser's own (dialog, menu) takes Esc first. */
const isLayerOpen = (): boolean => document.querySelector('dialog[open], [popover]:popover-open') !== null

export const ShortcutKeys = (): VNode | null => {
  const { chats } = useAppState()
  const [switching, setSwitching] = useState(false)

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const command = event.ctrlKey || event.metaKey
      const act = (run: () => void): void => {
        event.preventDefault()
        run()
      }
      if (command && !event.altKey && isLetter(event, 'k')) act(() => setSwitching((open) => !open))
      else if ((command || event.altKey) && isLetter(event, 'n') && !event.shiftKey)
        act(() => navigate({ name: 'new' }))
      else if (command && event.shiftKey && isLetter(event, 'f')) act(focusSearch)
      else if (command && (event.key === '/' || event.code === 'Slash'))
        act(() => navigate({ name: 'settings', page: 'shortcuts' }))
      else if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        const here = route.peek()
        const open = here.name === 'chat' ? here.chat : undefined
        const next = neighbour(chats.peek()?.rows ?? [], open, event.key === 'ArrowDown' ? 1 : -1)
        if (next !== undefined) act(() => navigate({ name: 'chat', chat: next.chat }, { replace: open !== undefined }))
      } else if (event.key === 'Escape' && route.peek().name !== 'chats' && !isLayerOpen()) act(goBack)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [chats])

  return switching ? <Switcher onClose={() => setSwitching(false)} /> : null
}
