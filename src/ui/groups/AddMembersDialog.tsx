/** Puts more of one's contacts into a group. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupView } from '../../model/group-views.ts'
import type { Did } from '../../model/ids.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Notice, Skeleton } from '../kit/Feedback.tsx'
import { Info } from '../kit/icons.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { PeoplePicker } from './PeoplePicker.tsx'
import { useReachable } from './use-reachable.ts'

interface AddMembersDialogProps {
  readonly group: GroupView
  readonly onClose: () => void
}

export const AddMembersDialog = ({ group, onClose }: AddMembersDialogProps): VNode => {
  const { addMembers } = useCommands()
  const reachable = useReachable()
  const [chosen, setChosen] = useState<readonly Did[]>([])
  const [busy, setBusy] = useState(false)
  const inside = new Set(group.members.map(({ did }) => did))
  const people = reachable?.filter(({ did }) => !inside.has(did))

  const add = async (): Promise<void> => {
    setBusy(true)
    const done = await attempt(addMembers(group.chat, chosen).then(() => true))
    setBusy(false)
    if (done === true) onClose()
  }

  return (
    <Dialog
      title={t('group.addTitle')}
      onClose={onClose}
      class="add-members"
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            kind="main"
            busy={busy}
            disabled={chosen.length === 0}
            data-id="add-members-confirm"
            onClick={() => void add()}
          >
            {t('group.addYes')}
          </Button>
        </>
      }
    >
      {people === undefined ? (
        <Skeleton rows={4} />
      ) : people.length === 0 ? (
        <Notice icon={Info}>{t('group.nobodyLeft')}</Notice>
      ) : (
        <PeoplePicker people={people} chosen={chosen} onChange={setChosen} />
      )}
    </Dialog>
  )
}
