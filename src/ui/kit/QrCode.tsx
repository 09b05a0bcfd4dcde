/** A QR code, always dark on white: many scanners cannot read it the other way round. */
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { qrPath } from './qr-path.ts'

interface QrCodeProps {
  readonly text: string
  readonly label: string
}

export const QrCode = ({ text, label }: QrCodeProps): VNode => {
  const { side, path } = useMemo(() => qrPath(text), [text])
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#0b1220" />
    </svg>
  )
}
