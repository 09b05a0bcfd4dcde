/** What can be done with one member of a group: write to them, and what the roster lets an admin do. */
import type { GroupMemberView, GroupView } from '../../model/group-views.ts'
import type { Did } from '../../model/ids.ts'
import { t } from '../i18n/i18n.ts'
import { confirm } from '../kit/dialogs.ts'
import { MessageCircle, ShieldCheck, ShieldOff, User, UserMinus } from '../kit/icons.ts'
import type { MenuItem } from '../kit/menus.ts'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import type { Commands } from '../state/node.tsx'

export const memberMenu = (
  group: GroupView,
  { did, name, role, isContact }: GroupMemberView,
  commands: Commands
): readonly (MenuItem | 'line')[] => {
  const items: (MenuItem | 'line')[] = [
    {
      label: t('group.message', { name }),
      icon: MessageCircle,
      id: 'message-member',
      onSelect: () => void writeTo(did, commands)
    }
  ]
  if (isContact)
    items.push({
      label: t('group.openContact'),
      icon: User,
      id: 'open-contact',
      onSelect: () => navigate({ name: 'contact', did })
    })
  if (group.role === undefined || !group.may.manage) return items
  items.push('line')
  const setRole = (next: typeof role) => (): void => void attempt(commands.setRole(group.chat, did, next))
  items.push(
    role === 'admin'
      ? { label: t('group.takeAdmin'), icon: ShieldOff, id: 'take-admin', onSelect: setRole('member') }
      : { label: t('group.makeAdmin'), icon: ShieldCheck, id: 'make-admin', onSelect: setRole('admin') },
    {
      label: t('group.remove'),
      icon: UserMinus,
      danger: true,
      id: 'remove-member',
      onSelect: () => void remove(group, { did, name }, commands)
    }
  )
  return items
}

const writeTo = async (did: Did, commands: Commands): Promise<void> => {
  const found = await attempt(commands.findSomeone(did))
  if (found?.outcome === 'found') navigate({ name: 'chat', chat: found.chat })
}

const remove = async (
  group: GroupView,
  { did, name }: Pick<GroupMemberView, 'did' | 'name'>,
  commands: Commands
): Promise<void> => {
  const agreed = await confirm({
    title: t('group.removeTitle', { name }),
    text: t('group.removeText', { name }),
    yes: t('group.removeYes'),
    danger: true,
    id: 'confirm-remove'
  })
  if (agreed) await attempt(commands.removeMember(group.chat, did))
}
