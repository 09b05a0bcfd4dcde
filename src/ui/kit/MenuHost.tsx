/**
 * The menu itself, on a native popover (top layer, Esc and a click outside close it). Arrow keys, Home, End and first
 * letters move; focus goes back to the opener.
 */
import type { VNode } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { Icon } from './Icon.tsx'
import { ArrowLeft, Check, ChevronRight } from './icons.ts'
import { closeMenu, menu } from './menus.ts'
import type { MenuItem, OpenMenu } from './menus.ts'

/** Distance kept from the edge of the window and from the opener. */
const GAP_PX = 6

const place = (element: HTMLElement, { at, opener }: OpenMenu): void => {
  const { width, height } = element.getBoundingClientRect()
  const { innerWidth, innerHeight } = window
  const rtl = getComputedStyle(element).direction === 'rtl'
  const box = opener.getBoundingClientRect()
  const from = at === undefined ? { top: box.bottom + GAP_PX, above: box.top - GAP_PX } : { top: at.y, above: at.y }
  const startX = at === undefined ? (rtl ? box.left : box.right - width) : rtl ? at.x - width : at.x
  const fitsBelow = from.top + height + GAP_PX <= innerHeight
  const top = fitsBelow ? from.top : Math.max(GAP_PX, from.above - height)
  const left = Math.min(Math.max(GAP_PX, startX), Math.max(GAP_PX, innerWidth - width - GAP_PX))
  element.style.left = `${left}px`
  element.style.top = `${Math.min(top, Math.max(GAP_PX, innerHeight - height - GAP_PX))}px`
}

const buttonsOf = (element: HTMLElement | null): HTMLButtonElement[] =>
  Array.from(element?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])

const move = (element: HTMLElement, event: KeyboardEvent): void => {
  const buttons = buttonsOf(element)
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1, ArrowRight: at + 1, ArrowLeft: at - 1 }[
    event.key
  ]
  if (step !== undefined) {
    event.preventDefault()
    buttons.at(step % buttons.length)?.focus()
    return
  }
  if (event.key === 'Tab') {
    event.preventDefault()
    closeMenu()
    return
  }
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return
  const letter = event.key.toLocaleLowerCase()
  const rest = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)]
  rest.find((button) => button.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus()
}

const OpenedMenu = ({ opened }: { readonly opened: OpenMenu }): VNode => {
  const element = useRef<HTMLDivElement>(null)
  const [inner, setInner] = useState<MenuItem>()

  useLayoutEffect(() => {
    const popover = element.current
    if (popover === null) return
    popover.showPopover?.()
    return () => {
      const had = popover.contains(document.activeElement) || document.activeElement === document.body
      popover.hidePopover?.()
      if (had) opened.opener.focus({ preventScroll: true })
    }
  }, [opened])

  useLayoutEffect(() => {
    const popover = element.current
    if (popover === null) return
    place(popover, opened)
    buttonsOf(popover)[0]?.focus({ preventScroll: true })
  }, [opened, inner])

  const choose = (item: MenuItem): void => {
    if (item.items !== undefined) {
      setInner(item)
      return
    }
    closeMenu()
    item.onSelect?.()
  }

  return (
    <div
      ref={element}
      class="menu"
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={inner?.label ?? opened.label}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') {
          event.preventDefault()
          closeMenu()
        } else if (element.current !== null) move(element.current, event)
      }}
      onToggle={(event) => {
        if (event.newState === 'closed' && menu.peek() === opened) closeMenu()
      }}
    >
      {inner === undefined && opened.quick !== undefined && (
        <div class="menu-quick">
          {opened.quick.map(({ label, text, id, pressed = false, onSelect }) => (
            <button
              key={text}
              type="button"
              role="menuitemcheckbox"
              aria-checked={pressed}
              aria-label={label}
              data-id={id}
              data-emoji={text}
              onClick={() => choose({ label, onSelect })}
            >
              {text}
            </button>
          ))}
        </div>
      )}
      {inner !== undefined && (
        <button type="button" role="menuitem" class="menu-back" onClick={() => setInner(undefined)}>
          <Icon icon={ArrowLeft} size={18} flip />
          <span>{inner.label}</span>
          <span class="sr-only">{t('common.back')}</span>
        </button>
      )}
      {(inner?.items ?? opened.items).map((item, index) =>
        item === 'line' ? (
          <hr key={`line ${index}`} />
        ) : (
          <button
            key={item.label}
            type="button"
            role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.checked}
            aria-haspopup={item.items === undefined ? undefined : 'menu'}
            class={item.danger === true ? 'danger' : undefined}
            disabled={item.disabled}
            data-id={item.id}
            onClick={() => choose(item)}
          >
            {item.icon !== undefined && <Icon icon={item.icon} size={18} />}
            <span>{item.label}</span>
            {item.checked === true && <Icon icon={Check} size={16} class="end" />}
            {item.items !== undefined && <Icon icon={ChevronRight} size={16} class="end" flip />}
          </button>
        )
      )}
    </div>
  )
}

export const MenuHost = (): VNode | null => {
  const opened = menu.value
  return opened === undefined ? null : <OpenedMenu opened={opened} />
}
