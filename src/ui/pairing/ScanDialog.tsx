/** The camera in a dialog until a code is found that the caller wants; or a picture of a code instead. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/i18n.ts'
import '../i18n/load-pages.ts'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { Notice, Spinner } from '../kit/Feedback.tsx'
import { Camera, Info } from '../kit/icons.ts'
import { createReader, openCamera } from './scanner.ts'
import type { CameraProblem } from './scanner.ts'
import './pairing.css'

/** Between two looks: quick to a person, light on the processor. */
const LOOK_EVERY_MS = 120

interface ScanDialogProps {
  /** Answers whether this code was what was looked for. */
  readonly onFound: (text: string) => boolean
  readonly onClose: () => void
}

export const ScanDialog = ({ onFound, onClose }: ScanDialogProps): VNode => {
  const video = useRef<HTMLVideoElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const [state, setState] = useState<'starting' | 'looking' | CameraProblem>('starting')
  const [wrong, setWrong] = useState(false)

  useEffect(() => {
    let closed = false
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined

    const look = async (): Promise<void> => {
      const opened = await openCamera()
      if (typeof opened === 'string') {
        if (!closed) setState(opened)
        return
      }
      stream = opened
      const picture = video.current
      if (closed || picture === null) {
        for (const track of stream.getTracks()) track.stop()
        return
      }
      picture.srcObject = stream
      await picture.play()
      setState('looking')
      const read = await createReader()
      const next = async (): Promise<void> => {
        if (closed) return
        const text = await read(picture)
        if (closed) return
        if (text !== undefined && onFound(text)) return
        if (text !== undefined) setWrong(true)
        timer = setTimeout(() => void next(), LOOK_EVERY_MS)
      }
      await next()
    }

    look().catch(() => !closed && setState('missing'))
    return () => {
      closed = true
      clearTimeout(timer)
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
  }, [])

  const readPicture = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return
    setWrong(false)
    try {
      const bitmap = await createImageBitmap(chosen)
      const text = await (await createReader())(bitmap)
      bitmap.close()
      if (text === undefined || !onFound(text)) setWrong(true)
    } catch {
      setWrong(true)
    }
  }

  return (
    <Dialog
      title={t('scan.title')}
      onClose={onClose}
      actions={
        <Button icon={Camera} onClick={() => file.current?.click()}>
          {t('scan.picture')}
        </Button>
      }
    >
      <div class="scan" data-screen="scan">
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- a live camera has none */}
        <video ref={video} playsInline muted aria-label={t('scan.video')} hidden={state !== 'looking'} />
        {state === 'starting' && <Spinner label={t('scan.starting')} />}
        {(state === 'denied' || state === 'missing') && (
          <Notice icon={Info}>{state === 'denied' ? t('scan.denied') : t('scan.missing')}</Notice>
        )}
      </div>
      <p class="scan-hint" role="status">
        {wrong ? t('scan.notFound') : state === 'looking' ? t('scan.hint') : ''}
      </p>
      <input
        ref={file}
        type="file"
        accept="image/*"
        class="sr-only"
        tabIndex={-1}
        aria-hidden="true"
        data-id="scan-file"
        onChange={(event) => {
          void readPicture(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
    </Dialog>
  )
}
