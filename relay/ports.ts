/** The one port number twice: TCP for web and libp2p, UDP for STUN. With PORT=0 a number is looked for that has both. */
import { ConfigError } from './config.ts'
import { openDoor } from './door.ts'
import type { Door, DoorDeps } from './door.ts'
import type { RateLimit } from './limits.ts'
import { startStun } from './stun.ts'

export interface Ports {
  readonly door: Door
  close(): Promise<void>
}

/** A browser on the same machine holds many UDP ports; ten misses in a row do not happen. */
const ATTEMPTS = 10

/** @throws ConfigError */
export const openPorts = async (deps: DoorDeps & { readonly stunRate: RateLimit }): Promise<Ports> => {
  const { config, refusals, log, stunRate } = deps
  for (let attempt = 1; ; attempt++) {
    const door = await openDoor(deps)
    try {
      const stun = await startStun({ host: door.host, port: door.port, rate: stunRate, refusals, log })
      return {
        door,
        close: async () => {
          await Promise.all([door.close(), stun.stop()])
        }
      }
    } catch (cause) {
      await door.close()
      if (config.port === 0 && attempt < ATTEMPTS) continue
      throw new ConfigError(`UDP port ${door.port} of ${door.host}, for STUN, cannot be used.`, { cause })
    }
  }
}
