/** OpenPGP by hand (ID8): what may be copied as an armoured text. */
import type { ChatRow } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-secure.ts'
import { showToast } from '../kit/toasts.ts'
import { attempt } from '../state/attempt.ts'
import { copyText } from '../state/clipboard.ts'
import type { Commands } from '../state/node.tsx'

/** Somebody to encrypt for: one person, whose keys are known. */
export const canCopyAsOpenPgp = ({ kind, standing }: ChatRow): boolean =>
  kind === 'direct' && (standing === 'open' || standing === 'asked')

export const copyAsOpenPgp = async (
  { chat, title }: Pick<ChatRow, 'chat' | 'title'>,
  text: string,
  commands: Pick<Commands, 'copyAsOpenPgp'>
): Promise<void> => {
  const armoured = await attempt(commands.copyAsOpenPgp(chat, text))
  if (armoured !== undefined && (await copyText(armoured))) showToast({ text: t('pgp.copied', { name: title }) })
}
