/**
 * A relay as heads and invites name it: few bytes instead of a multiaddr's text. Text and bytes convert both ways, and
 * one relay address has one text: `/dns4/relay.example/tcp/443/tls/ws/p2p/12D3KooW…`.
 */
import { utf8, utf8ToText } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { bytesToIp, ipToBytes } from './ip.ts'
import { keyToPeerId, peerIdToKey } from './peer-id.ts'
import { bytes, field, fixed, flag, message, oneOf, uint, type Of } from './schema.ts'

export const home = message(
  'home',
  { max: 320 },
  {
    peer: field(1, fixed(32)),
    net: field(2, oneOf('ip4', 'ip6', 'dns', 'dns4', 'dns6')),
    /** 4 or 16 address bytes, or the name in ASCII. */
    host: field(3, bytes({ min: 1, max: 253 })),
    port: field(4, uint({ max: 65_535 })),
    tls: field(5, flag)
  }
)
export type Home = Of<typeof home>

const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.?$/i
const ADDRESS =
  /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]{1,253})\/tcp\/(\d{1,5})\/(tls\/ws|wss|ws)\/p2p\/([1-9A-HJ-NP-Za-km-z]{1,64})$/

const hostToBytes = (net: Home['net'], host: string): Uint8Array => {
  if (net === 'ip4' || net === 'ip6') return ipToBytes(net, host)
  if (!NAME.test(host)) throw new AppError('malformed', 'not a host name')
  return utf8(host.toLowerCase())
}

const hostToText = ({ net, host }: Home): string => {
  if (net === 'ip4' || net === 'ip6') return bytesToIp(net, host)
  const name = utf8ToText(host)
  if (!NAME.test(name) || name !== name.toLowerCase()) throw new AppError('malformed', 'not a host name')
  return name
}

/** @throws AppError `malformed` when the text is not the address of a relay that browsers can reach. */
export const textToHome = (address: string): Home => {
  const match = ADDRESS.exec(address.replace(/\/$/, ''))
  if (match === null) throw new AppError('malformed', 'not the address of a relay')
  const [, net = '', host = '', port = '', transport, peer = ''] = match
  if (Number(port) > 65_535 || Number(port) === 0) throw new AppError('malformed', 'not a port')
  const kind = net as Home['net'] // one of the five: the pattern says so
  return {
    peer: peerIdToKey(peer),
    net: kind,
    host: hostToBytes(kind, host),
    port: Number(port),
    tls: transport !== 'ws'
  }
}

/** @throws AppError `malformed` when host and kind do not fit each other. */
export const homeToText = (value: Home): string =>
  `/${value.net}/${hostToText(value)}/tcp/${value.port}/${value.tls ? 'tls/ws' : 'ws'}/p2p/${keyToPeerId(value.peer)}`
