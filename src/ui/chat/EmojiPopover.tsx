/** Where the emoji picker appears: over its button on a desk, along the lower edge on a phone. Loaded when first opened. */
import type { ComponentType, VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import { Spinner } from '../kit/Feedback.tsx'

interface EmojiPopoverProps {
  readonly opener: HTMLElement
  readonly onPick: (emoji: string) => void
  readonly onClose: () => void
}

interface PickerProps {
  readonly onPick: (emoji: string) => void
}

let Loaded: ComponentType<PickerProps> | undefined
const GAP_PX = 8

const place = (popover: HTMLElement, opener: HTMLElement): void => {
  const box = opener.getBoundingClientRect()
  const { width, height } = popover.getBoundingClientRect()
  const left = Math.max(GAP_PX, Math.min(box.right - width, innerWidth - width - GAP_PX))
  const above = box.top - height - GAP_PX
  popover.style.left = `${left}px`
  popover.style.top = `${above >= GAP_PX ? above : Math.min(box.bottom + GAP_PX, Math.max(GAP_PX, innerHeight - height - GAP_PX))}px`
}

export const EmojiPopover = ({ opener, onPick, onClose }: EmojiPopoverProps): VNode => {
  const element = useRef<HTMLDivElement>(null)
  const [, loaded] = useState(0)

  useEffect(() => {
    if (Loaded !== undefined) return
    let gone = false
    const load = async (): Promise<void> => {
      const { EmojiPicker } = await import('./EmojiPicker.tsx')
      Loaded = EmojiPicker
      if (!gone) loaded(1)
    }
    load().catch(onClose)
    return () => {
      gone = true
    }
  }, [])

  useLayoutEffect(() => {
    const popover = element.current
    if (popover === null) return
    popover.showPopover?.()
    place(popover, opener)
    return () => {
      const had = popover.contains(document.activeElement)
      popover.hidePopover?.()
      if (had && opener.isConnected) opener.focus({ preventScroll: true })
    }
  }, [opener])

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape belongs to the topmost layer
    <div
      ref={element}
      class="emoji-popover"
      popover="auto"
      role="dialog"
      aria-label={t('chat.emoji')}
      onToggle={(event) => {
        if ((event as unknown as ToggleEvent).newState === 'closed') onClose()
      }}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') onClose()
      }}
    >
      {Loaded === undefined ? <Spinner /> : <Loaded onPick={onPick} />}
    </div>
  )
}
