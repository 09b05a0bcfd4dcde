/** Waiting for a condition, never for a duration. */
import { expect } from 'vitest'

/** Polls until the matcher is content; long enough for a machine that is busy with browsers. */
export const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 20_000 })
