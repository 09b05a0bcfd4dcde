/** ID8: the key as files that other programs read. */
import { AppError } from '../base/errors.ts'
import { exportCertificate, exportGnupg, exportSecretKey } from '../crypto/export.ts'
import type { Context } from './context.ts'
import { needOwn } from './context.ts'
import { ensureGnupg } from './openpgp-text.ts'

export type ExportKind = 'certificate' | 'gnupg' | 'secret'

export const exportKey = async (ctx: Context, what: ExportKind, passphrase?: string): Promise<string> => {
  const own = needOwn(ctx)
  const { secrets } = own
  switch (what) {
    case 'certificate':
      return await exportCertificate(secrets)
    case 'secret':
      if (passphrase === undefined) throw new AppError('malformed', 'a passphrase is needed')
      return await exportSecretKey(secrets, passphrase)
    case 'gnupg':
      return (await exportGnupg((await ensureGnupg(ctx)).secrets, ctx.clock.now())).armoured
  }
}
