/** A link was opened by somebody who has an account: who invites, and one button that leads into the chat. */
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { InvitePreview } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { openedLinks } from '../pairing/opened.ts'
import { navigate } from '../router.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands } from '../state/node.tsx'
import { InviteHead } from './InviteHead.tsx'
import './start.css'

export const Invitation = ({ link }: { readonly link: string }): VNode => {
  const commands = useCommands()
  const [preview, setPreview] = useState<InvitePreview>()
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    let gone = false
    setPreview(undefined)
    commands.readInvite(link).then(
      (read) => !gone && setPreview(read),
      () => !gone && setPreview({ outcome: 'offline' })
    )
    return () => {
      gone = true
    }
  }, [link])

  const open = async (): Promise<void> => {
    setBusy(true)
    const chat = await attempt(commands.openInvite(link, { scanned: openedLinks.wasScanned(link) }))
    setBusy(false)
    if (chat !== undefined) navigate({ name: 'chat', chat }, { replace: true })
  }
  // what cannot be read now (offline) may still be accepted: it is checked again when the other side is reached
  const group = preview?.outcome === 'group'
  const may = preview === undefined || group || preview.outcome === 'ok' || preview.outcome === 'offline'
  const known = (group || preview?.outcome === 'ok') && preview.chat !== undefined

  return (
    <main class="start" data-screen="invite">
      <div class="start-card">
        <InviteHead preview={preview} />
        {may && (
          <Button kind="main" wide class="large" busy={busy} data-id="accept-invite" onClick={() => void open()}>
            {known ? t('invite.openChat') : group ? t('invite.join') : t('invite.accept')}
          </Button>
        )}
        <Button
          kind={may ? 'plain' : 'main'}
          wide={!may}
          data-id="decline-invite"
          onClick={() => navigate({ name: 'chats' }, { replace: true })}
        >
          {may ? t('invite.notNow') : t('link.toChats')}
        </Button>
      </div>
    </main>
  )
}
