/** The round picture that is a button: choose a photo, or drop one on it; with a photo, change or remove it. */
import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Avatar as AvatarView } from '../../model/avatar.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from './Avatar.tsx'
import { Icon } from './Icon.tsx'
import { Camera, Trash2 } from './icons.ts'
import { openMenu } from './menus.ts'
import { shrinkPhoto } from './photo.ts'
import { showToast } from './toasts.ts'
import './photo.css'

interface PhotoFieldProps {
  readonly name: string
  readonly avatar: AvatarView
  readonly size?: number
  readonly group?: boolean
  readonly onChange: (photo: Uint8Array | null) => void
}

export const PhotoField = ({ name, avatar, size = 96, group = false, onChange }: PhotoFieldProps): VNode => {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const has = avatar.photo !== undefined
  const empty = name.trim() === '' && !has

  const take = async (file: Blob | undefined): Promise<void> => {
    if (file === undefined) return
    try {
      onChange(await shrinkPhoto(file))
    } catch {
      showToast({ text: t('welcome.photoFailed'), kind: 'bad' })
    }
  }

  return (
    <div class="photo-field">
      <button
        type="button"
        class={`photo-button ${over ? 'over' : ''} ${group ? 'group' : ''}`}
        title={has ? t('welcome.changePhoto') : t('welcome.addPhoto')}
        aria-haspopup={has ? 'menu' : undefined}
        data-id="photo"
        onClick={(event) => {
          if (!has) {
            input.current?.click()
            return
          }
          openMenu({
            label: t('welcome.changePhoto'),
            opener: event.currentTarget,
            items: [
              { label: t('welcome.changePhoto'), icon: Camera, onSelect: () => input.current?.click() },
              { label: t('welcome.removePhoto'), icon: Trash2, danger: true, onSelect: () => onChange(null) }
            ]
          })
        }}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          void take(event.dataTransfer?.files[0])
        }}
      >
        {empty ? (
          <span class="photo-empty" style={{ '--size': `${size}px` }}>
            <Icon icon={Camera} size={Math.round(size * 0.36)} />
          </span>
        ) : (
          <Avatar name={name} avatar={avatar} size={size} group={group} />
        )}
        {!empty && (
          <span class="photo-badge">
            <Icon icon={Camera} size={16} />
          </span>
        )}
        <span class="sr-only">{has ? t('welcome.changePhoto') : t('welcome.addPhoto')}</span>
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        class="sr-only"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          void take(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}
