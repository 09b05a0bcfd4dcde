/** RO1's policies as sentences: who may write, add, rename, pin; whether newcomers wait, and what they see. */
import type { VNode } from 'preact'
import type { GroupView } from '../../model/group-views.ts'
import type { Policies, Who } from '../../model/roster.ts'
import { t } from '../i18n/i18n.ts'
import { Row, Section, SelectRow, SwitchRow } from '../kit/List.tsx'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'

const RULES = [
  ['write', 'group.ruleWrite'],
  ['add', 'group.ruleAdd'],
  ['rename', 'group.ruleRename'],
  ['pin', 'group.rulePin']
] as const

const whoWords = (who: Who): string => (who === 'everyone' ? t('group.everyone') : t('group.admins'))
const historyWords = (history: Policies['history']): string =>
  history === 'all' ? t('group.historyAll') : t('group.historyJoining')

export const Rules = ({ group }: { readonly group: GroupView }): VNode => {
  const { setPolicies } = useCommands()
  const { policies } = group
  const set = (change: Partial<Policies>): void => void attempt(setPolicies(group.chat, change))

  if (!group.may.manage)
    return (
      <Section title={t('group.rules')} note={t('group.rulesOnlyAdmins')}>
        {RULES.map(([rule, title]) => (
          <Row key={rule} title={t(title)} end={whoWords(policies[rule])} data-id={`rule-${rule}`} />
        ))}
        <Row title={t('group.ruleHistory')} end={historyWords(policies.history)} data-id="rule-history" />
      </Section>
    )
  return (
    <Section title={t('group.rules')}>
      {RULES.map(([rule, title]) => (
        <SelectRow<Who>
          key={rule}
          title={t(title)}
          value={policies[rule]}
          options={(['everyone', 'admins'] as const).map((value) => ({ value, label: whoWords(value) }))}
          onChange={(who) => set({ [rule]: who })}
          data-id={`rule-${rule}`}
        />
      ))}
      <SwitchRow
        title={t('group.ruleApproval')}
        detail={t('group.ruleApprovalText')}
        checked={policies.approval}
        onChange={(approval) => set({ approval })}
        data-id="rule-approval"
      />
      <SelectRow<Policies['history']>
        title={t('group.ruleHistory')}
        value={policies.history}
        options={(['from-joining', 'all'] as const).map((value) => ({ value, label: historyWords(value) }))}
        onChange={(history) => set({ history })}
        data-id="rule-history"
      />
    </Section>
  )
}
