/** That somebody waits at the group's door: an admin would not look at the group's page by chance. */
import type { VNode } from 'preact'
import type { ChatId } from '../../model/ids.ts'
import { t } from '../i18n/i18n.ts'
import { Icon } from '../kit/Icon.tsx'
import { ChevronRight, UserPlus } from '../kit/icons.ts'
import { Link } from '../Link.tsx'

export const AskingBanner = ({ chat, count }: { readonly chat: ChatId; readonly count: number }): VNode => (
  <Link class="asking-banner" to={{ name: 'group', chat }} data-id="asking-banner">
    <Icon icon={UserPlus} size={18} />
    <span>{t('group.askingCount', { count })}</span>
    <Icon icon={ChevronRight} size={16} class="faint" flip />
  </Link>
)
