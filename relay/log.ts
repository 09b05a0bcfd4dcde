/** Structured logs on stderr, one JSON line an event. No dids, no texts, no pair of peer ids (base/log.ts). */
import pino from 'pino'
import type { Log, LogFields } from '../src/base/log.ts'

export const createRelayLog = (level: string): Log => {
  // written at once: the last line before a crash is the one that matters
  const out = pino({ level, base: null }, pino.destination({ fd: 2, sync: true }))
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}): void => {
      out[name]({ event, ...fields })
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
