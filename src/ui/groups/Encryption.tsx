/** SU2 in plain words: what the session that carries a chat protects from, and what it does not. */
import type { VNode } from 'preact'
import type { SuiteView } from '../../model/group-views.ts'
import { t } from '../i18n/i18n.ts'
import { Icon } from '../kit/Icon.tsx'
import { Check, Lock, MonitorSmartphone, X } from '../kit/icons.ts'
import { Row, Section } from '../kit/List.tsx'

export const Encryption = ({ suite }: { readonly suite: SuiteView | undefined }): VNode => (
  <Section title={t('secure.title')} note={t('secure.always')}>
    {suite === undefined ? (
      <Row icon={Lock} title={t('secure.none')} data-id="suite" />
    ) : (
      <>
        <Row icon={Lock} title={t(`secure.${suite.suite}`)} data-id="suite" data-suite={suite.suite} />
        <div class="block secure-points">
          <Point good={suite.forwardSecrecy} yes={t('secure.forward')} no={t('secure.forwardNot')} />
          <Point good={suite.postCompromise} yes={t('secure.healing')} no={t('secure.healingNot')} />
          <Point good={suite.postQuantum} yes={t('secure.quantum')} no={t('secure.quantumNot')} />
          <p class="secure-point">
            <Icon icon={MonitorSmartphone} size={18} />
            <span>{t('secure.size', { count: suite.devices, max: suite.largestGroup })}</span>
          </p>
        </div>
      </>
    )}
  </Section>
)

const Point = ({ good, yes, no }: { readonly good: boolean; readonly yes: string; readonly no: string }): VNode => (
  <p class={`secure-point ${good ? 'good' : 'bad'}`}>
    <Icon icon={good ? Check : X} size={18} stroke={2.25} />
    <span>{good ? yes : no}</span>
  </p>
)
