/** Makes a world of relays and people, for stories (`world.ts`) and for the benchmarks. Everything started ends with it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumDriver } from './drivers/chromium.ts'
import type { DeviceOptions, Driver } from './drivers/driver.ts'
import { firefoxDriver } from './drivers/firefox.ts'
import { readDebug } from './hook.ts'
import { startTestnet, type TestRelay } from '../testnet.ts'
import { createPerson, type Actor } from './person.ts'
import { isRunning } from './processes.ts'

/** Settings of the relays, as the environment gives them. */
export type RelayEnv = Readonly<Record<string, string>>

export interface World {
  /** Fresh devices, first run done. A name may be `bob@firefox`. */
  people<Names extends readonly string[]>(...names: Names): Promise<{ [Place in keyof Names]: Actor }>
  /** A fresh device on which the app has not been opened yet. */
  newcomer(name: string, options?: NewcomerOptions): Promise<Actor>
  /** `n` relays in all. */
  relays(n: number): Promise<TestRelay[]>
  /** The first relay; it serves the app. */
  readonly relay: TestRelay
  /** A folder that goes with the story. */
  readonly folder: string
}

export interface NewcomerOptions extends Partial<Omit<DeviceOptions, 'log' | 'profile'>> {
  /** Where this person's app comes from; the first relay unless said. */
  readonly origin?: string
}

const DRIVERS: Readonly<Record<string, Driver>> = { chromium: chromiumDriver, firefox: firefoxDriver }

export const createWorld = async (env: RelayEnv = {}): Promise<World & WorldEnd> => {
  const folder = await mkdtemp(join(tmpdir(), 'cryptochat-e2e-'))
  const net = await startTestnet({ relays: 1, app: true, env: { LOG_LEVEL: 'debug', ...env } })
  const everybody: Actor[] = []

  const world: World & WorldEnd = {
    folder,
    get relay() {
      const first = net.relays[0]
      if (first === undefined) throw new Error('the world has no relay')
      return first
    },
    relays: async (n) => {
      while (net.relays.length < n) await net.add()
      return net.relays.slice(0, n)
    },
    newcomer: async (fullName, { origin = world.relay.url.replace(/\/$/, ''), ...rest } = {}) => {
      const [name = fullName, engine = 'chromium'] = fullName.split('@')
      const driver = DRIVERS[engine]
      if (driver === undefined) throw new Error(`no driver for ${engine}`)
      const profile = join(folder, `profile-${everybody.length}-${name}`)
      await mkdir(profile, { recursive: true })
      const person = await createPerson({ name, engine, origin, driver, options: { ...rest, profile } })
      everybody.push(person)
      return person
    },
    people: async <Names extends readonly string[]>(...names: Names) => {
      const people = await Promise.all(names.map((name) => world.newcomer(name)))
      await Promise.all(people.map((person) => person.firstRun()))
      return people as { [Place in keyof Names]: Actor }
    },
    tell: async (into) => {
      await mkdir(into, { recursive: true })
      for (const { number, lines } of net.relays) await writeFile(join(into, `relay-${number}.log`), lines.join('\n'))
      await Promise.all(everybody.map((person) => tellOf(person, into)))
    },
    end: async () => {
      await Promise.all(
        // whoever went away or crashed has ended already
        everybody.filter(({ device }) => isRunning(device.pid)).map(({ device }) => device.kill())
      )
      await net.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
  return world
}

export interface WorldEnd {
  /** Writes what happened into a folder, for whoever looks for the reason of a failure. */
  tell(into: string): Promise<void>
  end(): Promise<void>
}

/** Reading a broken device must not hide what the story found. */
const TELL_TIMEOUT_MS = 4_000

const tellOf = async (person: Actor, into: string): Promise<void> => {
  await writeFile(join(into, `${person.name}.console.log`), person.lines.join('\n'))
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), TELL_TIMEOUT_MS).unref()
  })
  const look = async (): Promise<void> => {
    for (const [at, tab] of person.device.tabs().entries()) {
      await tab.screenshot(join(into, `${person.name}-${at + 1}.png`))
      const debug = await readDebug(tab)
      if (debug === undefined) continue
      const told = debug.lines.map(
        ({ at: time, level, event, fields }) => `${time} ${level} ${event} ${JSON.stringify(fields)}`
      )
      const { lines: _, ...rest } = debug
      await writeFile(join(into, `${person.name}-${at + 1}.node.log`), `${JSON.stringify(rest)}\n${told.join('\n')}`)
    }
  }
  try {
    await Promise.race([look(), late])
  } catch (cause) {
    await writeFile(join(into, `${person.name}.unreadable.txt`), String(cause))
  }
}
