/** ID4, ID5: that somebody shows other keys for a contact must be seen where one writes to them, not only on their page. */
import type { VNode } from 'preact'
import type { Did } from '../../model/ids.ts'
import { t } from '../i18n/i18n.ts'
import { Icon } from '../kit/Icon.tsx'
import { ChevronRight, TriangleAlert } from '../kit/icons.ts'
import { Link } from '../Link.tsx'
import { useContact } from '../state/node.tsx'

export const DoubtBanner = ({ did }: { readonly did: Did }): VNode | null => {
  const contact = useContact(did)
  if (contact?.broken !== true && contact?.duplicity !== true) return null
  return (
    <Link class="asking-banner doubt" to={{ name: 'contact', did }} data-id="doubt-banner">
      <Icon icon={TriangleAlert} size={18} />
      <span role="alert">{t('chat.doubt')}</span>
      <Icon icon={ChevronRight} size={16} class="faint" flip />
    </Link>
  )
}
