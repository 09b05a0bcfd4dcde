/** What this is, which build, and what it is made with. */
import type { VNode } from 'preact'
import { t } from '../i18n/i18n.ts'
import { Brand } from '../kit/Brand.tsx'
import { Row, Section } from '../kit/List.tsx'

/** Names and licences of what the app carries; OpenPGP.js asks for its notice to be seen (LGPL). */
const NOTICES: readonly (readonly [name: string, licence: string, text?: string])[] = [
  ['OpenPGP.js (@protontech/openpgp)', 'LGPL-3.0-or-later', '/licenses/openpgp-LGPL-3.0.txt'],
  ['GNU GPL (LGPL § 4)', 'GPL-3.0', '/licenses/GPL-3.0.txt'],
  ['js-libp2p', 'Apache-2.0 OR MIT'],
  ['noble cryptography', 'MIT'],
  ['ts-mls', 'MIT'],
  ['hpke-js', 'MIT'],
  ['hash-wasm', 'MIT'],
  ['Yjs', 'MIT'],
  ['Dexie', 'Apache-2.0'],
  ['cborg', 'Apache-2.0'],
  ['Preact, Preact Signals', 'MIT'],
  ['virtua', 'MIT'],
  ['Lucide', 'ISC'],
  ['qr', 'MIT OR Apache-2.0'],
  ['linkify-it', 'MIT'],
  ['Workbox', 'MIT']
]

export const AboutPage = (): VNode => (
  <>
    <Section>
      <div class="block about-head">
        <Brand size={56} />
        <div>
          <b>{t('app.name')}</b>
          <p class="muted">{t('about.text')}</p>
        </div>
      </div>
      <Row
        title={t('about.version')}
        end={
          <span class="mono" dir="ltr" data-id="build">
            {__BUILD__.slice(0, 12)}
          </span>
        }
      />
      <Row title={t('about.licence')} detail={t('about.licenceText')} />
    </Section>
    <Section title={t('about.notices')}>
      {NOTICES.map(([name, licence, text]) => (
        <Row
          key={name}
          title={<span dir="ltr">{name}</span>}
          end={
            text === undefined ? (
              <span dir="ltr">{licence}</span>
            ) : (
              <a href={text} target="_blank" rel="noopener" dir="ltr">
                {licence}
              </a>
            )
          }
        />
      ))}
    </Section>
  </>
)
