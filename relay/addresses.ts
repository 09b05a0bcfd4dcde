/** Under which names others reach us: what PUBLIC_URL says, else the addresses that we bind. */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Config } from './config.ts'
import type { Door } from './door.ts'

export interface Addresses {
  /** The origin to show and to put into links, without a slash at its end. */
  readonly url: string
  /** Multiaddrs without `/p2p/…`. */
  readonly announce: readonly string[]
  /** RFC 7064 `stun:host:port`, without scheme parameters. */
  readonly stun: string
}

const ANY = new Set(['0.0.0.0', '::'])
const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

const hostPart = (host: string): string => (isIP(host) === 0 ? 'dns4' : isIP(host) === 4 ? 'ip4' : 'ip6')
const toMultiaddr = (host: string, port: number, isSecure: boolean): string =>
  `/${hostPart(host)}/${host}/tcp/${port}/${isSecure ? 'tls/ws' : 'ws'}`

/** Every address of this machine that another one may use, and the loopback one. */
const ownAddresses = (family: 'IPv4' | 'IPv6'): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === family && !entry.address.startsWith('fe80:'))
    .map(({ address }) => address)

export const findAddresses = ({ publicUrl }: Pick<Config, 'publicUrl'>, door: Door): Addresses => {
  const { host, port, isSecure } = door
  if (publicUrl !== undefined) {
    const secure = publicUrl.protocol === 'https:'
    const name = publicUrl.hostname.replace(/^\[|\]$/g, '')
    const publicPort = publicUrl.port === '' ? (secure ? 443 : 80) : Number(publicUrl.port)
    // STUN is UDP: a proxy in front of the web does not carry it, so it has our own port number
    return {
      url: publicUrl.origin,
      announce: [toMultiaddr(name, publicPort, secure)],
      stun: `stun:${bracketed(name)}:${port}`
    }
  }
  const hosts =
    host === '0.0.0.0'
      ? ownAddresses('IPv4')
      : host === '::'
        ? [...ownAddresses('IPv4'), ...ownAddresses('IPv6')]
        : [host]
  const shown = ANY.has(host) ? '127.0.0.1' : host
  return {
    url: `${isSecure ? 'https' : 'http'}://${bracketed(shown)}:${port}`,
    announce: hosts.map((one) => toMultiaddr(one, port, isSecure)),
    stun: `stun:${bracketed(shown)}:${port}`
  }
}
