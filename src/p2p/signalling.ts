/**
 * Turns away WebRTC signalling from devices we do not want to meet directly, before an address of ours is gathered:
 * only people we write with can make our browser show where it is, and with relay only nobody can (DL4).
 * (libp2p's own middleware hook adds the handler once more at every stream, so the handler is wrapped instead.)
 */
import type { StreamHandler, StreamHandlerOptions } from '@libp2p/interface'
import { AppError } from '../base/errors.ts'
import type { Libp2pNode } from './libp2p.ts'

/** As `@libp2p/webrtc` names it; it does not export the name. */
export const SIGNALING_PROTOCOL = '/webrtc-signaling/0.0.1'

interface Registrar {
  getHandler(protocol: string): { readonly handler: StreamHandler; readonly options: StreamHandlerOptions }
}

/** Call it after `start`, when the transport has registered its handler. @throws when the package names it differently */
export const refuseSignalling = async (libp2p: Libp2pNode, isUnwanted: (device: string) => boolean): Promise<void> => {
  // a checked door: the class has a registrar, its public interface does not show it
  const { components } = libp2p as unknown as { components?: { registrar?: Registrar } }
  const registered = components?.registrar?.getHandler(SIGNALING_PROTOCOL)
  if (registered === undefined) throw new AppError('internal', 'libp2p has no registrar')
  const guarded: StreamHandler = (stream, connection) => {
    if (isUnwanted(connection.remotePeer.toString())) {
      stream.abort(new AppError('untrusted', 'no direct connection is wanted'))
      return
    }
    return registered.handler(stream, connection)
  }
  await libp2p.handle(SIGNALING_PROTOCOL, guarded, { ...registered.options, force: true })
}
