/** What a relay is called on screen: the host of its first address, or the end of its id. */
import type { RelayView } from '../../model/views.ts'

export const relayName = ({ addresses, peer }: Pick<RelayView, 'addresses' | 'peer'>): string => {
  for (const address of addresses) {
    const [, kind, host] = /^\/(dns[46]?|dnsaddr|ip[46])\/([^/]+)/.exec(address) ?? []
    const port = /\/tcp\/(\d+)/.exec(address)?.[1]
    if (host === undefined) continue
    const shown = kind === 'ip6' ? `[${host}]` : host
    return port === undefined || port === '443' ? shown : `${shown}:${port}`
  }
  return `…${peer.slice(-8)}`
}
