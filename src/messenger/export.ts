/** ID8: the key as files that other programs read. */
import { AppError } from '../base/errors.ts'
import { exportCertificate, exportGnupg, exportSecretKey } from '../crypto/export.ts'
import { guardSecret } from '../base/secret.ts'
import { updateAccount } from '../store/account.ts'
import type { Context } from './context.ts'
import { needOwn } from './context.ts'

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
    case 'gnupg': {
      const { armoured, gnupg } = await exportGnupg(secrets, ctx.clock.now())
      if (gnupg !== secrets.gnupg) {
        const keys = { ...secrets, gnupg }
        await updateAccount(ctx.db, () => ({ keys }))
        ctx.own = { ...own, secrets: guardSecret(keys) }
      }
      return armoured
    }
  }
}
