/** A long machine-made text (fingerprint, identity) that is read in groups and copied whole. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { copyAndTell } from '../state/clipboard.ts'
import { IconButton } from './Button.tsx'
import { Copy } from './icons.ts'
import { Row } from './List.tsx'

interface CopyRowProps {
  readonly title: string
  readonly text: string
  /** In groups of four, for comparing by eye. */
  readonly groups?: boolean
  readonly 'data-id'?: string
}

const grouped = (text: string): string => text.match(/.{1,4}/gu)?.join(' ') ?? text

export const CopyRow = ({ title, text, groups = false, ...data }: CopyRowProps): VNode => (
  <Row
    title={<span class="row-caption">{title}</span>}
    detail={
      <span class="machine mono" dir="ltr" {...data}>
        {groups ? grouped(text) : text}
      </span>
    }
    end={
      <IconButton
        icon={Copy}
        size={18}
        label={`${t('common.copy')}: ${title}`}
        onClick={() => void copyAndTell(text)}
      />
    }
  />
)
