/** A face: the photo, or initials on a hue derived from the identity. Decorative: the name always stands beside it. */
import type { VNode } from 'preact'
import { sameBytes } from '../../base/bytes.ts'
import type { Avatar as AvatarView } from '../../model/avatar.ts'
import { initials } from '../names.ts'
import { Icon } from './Icon.tsx'
import type { IconNode } from './icons.ts'
import { isModestPhoto } from './photo-size.ts'

interface AvatarProps {
  readonly name: string
  readonly avatar: AvatarView
  /** Pixels; 48 in lists, 38 in bars, 96 on a page. */
  readonly size?: number
  /** Instead of photo and initials, for chats that are nobody (note to self). */
  readonly icon?: IconNode
  readonly direct?: boolean
  /** Of a group: another shape, so that a group is never taken for a person. */
  readonly group?: boolean
}

/**
 * Every snapshot brings the photo as a new array, so the blob URL is found again by its content. The checksum only finds
 * candidates: one picture can be made to have another's.
 */
const urlByPhoto = new Map<string, { readonly photo: Uint8Array; readonly url: string }>()
const MAX_URLS = 500

/** Faces go with the chats when the device is locked. */
export const forgetPhotos = (): void => {
  for (const { url } of urlByPhoto.values()) URL.revokeObjectURL(url)
  urlByPhoto.clear()
}

const photoKey = (photo: Uint8Array): string => {
  let hash = 0x811c9dc5
  for (const byte of photo) hash = Math.imul(hash ^ byte, 0x01000193)
  return `${photo.length}:${hash >>> 0}`
}

export const photoUrl = (photo: Uint8Array): string => {
  let key = photoKey(photo)
  for (let known = urlByPhoto.get(key); known !== undefined; known = urlByPhoto.get(key)) {
    if (sameBytes(known.photo, photo)) return known.url
    key += '+'
  }
  if (urlByPhoto.size >= MAX_URLS) {
    for (const [oldest, { url }] of urlByPhoto) {
      URL.revokeObjectURL(url)
      urlByPhoto.delete(oldest)
      break
    }
  }
  const url = URL.createObjectURL(new Blob([new Uint8Array(photo)]))
  urlByPhoto.set(key, { photo, url })
  return url
}

export const Avatar = ({ name, avatar, size = 48, icon, direct = false, group = false }: AvatarProps): VNode => (
  <span
    class={group ? 'avatar group' : 'avatar'}
    aria-hidden="true"
    style={{ '--h': String(avatar.hue), '--size': `${size}px` }}
  >
    {icon !== undefined ? (
      <Icon icon={icon} size={Math.round(size * 0.46)} />
    ) : avatar.photo === undefined || !isModestPhoto(avatar.photo) ? (
      <span class="initials">{initials(name)}</span>
    ) : (
      <img src={photoUrl(avatar.photo)} alt="" width={size} height={size} decoding="async" />
    )}
    {direct && <i class="presence" />}
  </span>
)
