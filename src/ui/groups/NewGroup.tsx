/** A new group: its name and photo, who is in it, and (for those who care) how it is encrypted. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { SUITE_IDS } from '../../model/group-views.ts'
import type { SuiteId } from '../../model/group-views.ts'
import type { Did } from '../../model/ids.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-groups.ts'
import '../i18n/load-pages.ts'
import { Button } from '../kit/Button.tsx'
import { Notice, Skeleton } from '../kit/Feedback.tsx'
import { Icon } from '../kit/Icon.tsx'
import { ChevronRight, Info, TriangleAlert } from '../kit/icons.ts'
import { Section } from '../kit/List.tsx'
import { PhotoField } from '../kit/PhotoField.tsx'
import { ScreenBar } from '../kit/ScreenBar.tsx'
import { ScreenBody } from '../kit/ScreenBody.tsx'
import { TextField } from '../kit/TextField.tsx'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { PeoplePicker } from './PeoplePicker.tsx'
import { suiteFor, SUITE_SIZE } from './suites.ts'
import { MAX_GROUP_NAME } from './TopicDialog.tsx'
import { useReachable } from './use-reachable.ts'
import './groups.css'

export const NewGroup = (): VNode => {
  const { createGroup } = useCommands()
  const people = useReachable()
  const [name, setName] = useState('')
  const [photo, setPhoto] = useState<Uint8Array>()
  const [members, setMembers] = useState<readonly Did[]>([])
  const [suite, setSuite] = useState<SuiteId>()
  const [missing, setMissing] = useState(false)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const create = async (): Promise<void> => {
    if (name.trim() === '') {
      setMissing(true)
      field.current?.focus()
      return
    }
    setBusy(true)
    const chat = await attempt(
      createGroup({
        name: name.trim(),
        members,
        ...(photo === undefined ? {} : { photo }),
        ...(suite === undefined ? {} : { suite })
      })
    )
    setBusy(false)
    if (chat !== undefined) navigate({ name: 'chat', chat }, { replace: true })
  }

  return (
    <div class="screen" data-screen="new-group">
      <ScreenBar title={t('group.new')} takeFocus={false} />
      <ScreenBody class="new-group">
        <div class="group-top">
          <PhotoField
            name={name}
            avatar={{ hue: 232, ...(photo === undefined ? {} : { photo }) }}
            size={72}
            group
            onChange={(next) => setPhoto(next ?? undefined)}
          />
          <TextField
            label={t('group.name')}
            value={name}
            onInput={(next) => {
              setName(next)
              setMissing(false)
            }}
            placeholder={t('group.namePlaceholder')}
            error={missing ? t('group.nameMissing') : undefined}
            maxLength={MAX_GROUP_NAME}
            autoComplete="off"
            inputRef={field}
            data-id="group-name"
          />
        </div>
        <Section title={t('group.people')}>
          {people === undefined ? (
            <Skeleton rows={3} />
          ) : people.length === 0 ? (
            <div class="block">
              <Notice icon={Info}>{t('group.nobody')}</Notice>
            </div>
          ) : (
            <PeoplePicker people={people} chosen={members} onChange={setMembers} />
          )}
        </Section>
        <Advanced suite={suite} members={members.length} onChange={setSuite} />
      </ScreenBody>
      <footer class="screen-foot">
        <p role="status">
          {members.length === 0 ? t('group.createFirst') : t('group.peopleChosen', { count: members.length })}
        </p>
        <Button kind="main" class="large" busy={busy} data-id="group-create" onClick={() => void create()}>
          {t('group.create')}
        </Button>
      </footer>
    </div>
  )
}

interface AdvancedProps {
  readonly suite: SuiteId | undefined
  readonly members: number
  readonly onChange: (suite: SuiteId) => void
}

const Advanced = ({ suite, members, onChange }: AdvancedProps): VNode => {
  const chosen = suite ?? suiteFor(members)
  const most = SUITE_SIZE[chosen]
  return (
    <details
      class="advanced"
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) currentTarget.scrollIntoView?.({ block: 'end' })
      }}
    >
      <summary data-id="group-advanced">
        <Icon icon={ChevronRight} size={18} flip />
        {t('group.advanced')}
      </summary>
      <Section note={t('group.suiteNote')}>
        <div class="block stack">
          <label class="field">
            <span class="label">{t('group.suite')}</span>
            <select
              class="select wide"
              data-id="suite-select"
              value={chosen}
              onChange={(event) => {
                const wanted = SUITE_IDS.find((id) => id === event.currentTarget.value)
                if (wanted !== undefined) onChange(wanted)
              }}
            >
              {SUITE_IDS.map((id) => (
                <option key={id} value={id}>
                  {t(`group.suiteName.${id}`)}
                </option>
              ))}
            </select>
            <span class="field-note">{t(`group.suite.${chosen}`)}</span>
          </label>
          {members + 1 > most && (
            <Notice icon={TriangleAlert} kind="warn">
              {t('group.tooMany', { count: most })}
            </Notice>
          )}
        </div>
      </Section>
    </details>
  )
}
