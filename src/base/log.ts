/**
 * One line, one event, named `room.what`. Keys, plaintext, names and dids are never logged, at any level:
 * fields hold counts, durations, codes and shortened ids.
 */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export interface LogLine {
  readonly at: number
  readonly level: LogLevel
  readonly event: string
  readonly fields: LogFields
}

/** Keeps the last `size` lines for the debug page; `write` may pass them on. */
export interface LogBook extends Log {
  lines(): readonly LogLine[]
}

export const createLogBook = ({
  now,
  size = 500,
  write
}: {
  now: () => number
  size?: number
  write?: (line: LogLine) => void
}): LogBook => {
  const kept: LogLine[] = []
  const add =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      const line = { at: now(), level, event, fields }
      kept.push(line)
      if (kept.length > size) kept.shift()
      write?.(line)
    }
  return { debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error'), lines: () => [...kept] }
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
