/** Draws the dialog that opens OpenPGP texts, from wherever it was asked for. */
import type { VNode } from 'preact'
import { lazyPart } from '../lazy.tsx'
import { isOpeningText } from './openpgp-state.ts'

const OpenPgpDialog = lazyPart<{ readonly onClose: () => void }>(
  async () => (await import('./OpenPgpDialog.tsx')).OpenPgpDialog
)

export const PgpHost = (): VNode | null =>
  isOpeningText.value ? (
    <OpenPgpDialog
      waiting={<></>}
      onClose={() => {
        isOpeningText.value = false
      }}
    />
  ) : null
