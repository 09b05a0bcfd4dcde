/** Leaving a group: asked once; its last admin names another first. */
import type { GroupView } from '../../model/group-views.ts'
import { t } from '../i18n/i18n.ts'
import { confirm } from '../kit/dialogs.ts'
import { showToast } from '../kit/toasts.ts'
import { attempt } from '../state/attempt.ts'
import type { Commands } from '../state/node.tsx'

export const leaveGroup = async (group: GroupView, commands: Commands): Promise<void> => {
  if (!group.may.leave) {
    showToast({ text: t('group.leaveFirst'), kind: 'bad' })
    return
  }
  const agreed = await confirm({
    title: t('group.leaveTitle', { name: group.name }),
    text: t('group.leaveText'),
    yes: t('group.leaveYes'),
    danger: true,
    id: 'confirm-leave'
  })
  if (agreed) await attempt(commands.leaveGroup(group.chat))
}
