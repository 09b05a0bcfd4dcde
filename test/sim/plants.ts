/**
 * Wrong behaviours, each of which a simulation must notice. A plant names what it replaces, and makes the replacement from
 * the real thing.
 */
import type { Db } from '../../src/store/database.ts'
import type { MessageRow } from '../../src/store/rows.ts'
import type { Change } from '../../src/store/watch.ts'
import { rollBack, watchDisk } from './torn-disk.ts'

type AnyFunction = (...args: never[]) => unknown
type Module = Readonly<Record<string, AnyFunction>>

export interface Plant {
  /** What is wrong, in words. */
  readonly what: string
  /** Names of exported functions by file. */
  readonly replaces: Readonly<Record<string, readonly string[]>>
  make(file: string, real: Module): Module
  /** It shows only when somebody means harm. */
  readonly needsHostile?: boolean
}

/** Whoever is hostile signs badly what they call forged; to everybody else this changes nothing. */
export const hostility: Plant = {
  what: 'rows with broken signatures are handed over',
  replaces: { 'src/crypto/event.ts': ['makeEvent'] },
  make: (_, real) => ({
    makeEvent: (...args: readonly unknown[]) => {
      const made = call(real, 'makeEvent', args) as Made
      const [{ body }] = args as readonly [{ readonly body: { readonly text?: string } }]
      if (body.text?.startsWith('forged') !== true) return made
      const signature = made.event.signature.map((byte) => byte ^ 1)
      const at = Buffer.from(made.bytes).indexOf(made.event.signature)
      const bytes = new Uint8Array(made.bytes)
      bytes.set(signature, at)
      return { bytes, event: { ...made.event, signature } }
    }
  })
}
interface Made {
  readonly bytes: Uint8Array
  readonly event: { readonly signature: Uint8Array }
}

/** Every so many. */
const RARE = 7

const call = (real: Module, name: string, args: readonly unknown[]): unknown =>
  (real[name] as (...all: readonly unknown[]) => unknown)(...args)

export const plants: Readonly<Record<string, Plant>> = {
  'ack-before-write': {
    what: 'answers leave before what they promise is on disk, so a crash takes the last writes along',
    replaces: { 'src/store/database.ts': ['openDatabase'] },
    make: (_, real) => {
      watchDisk()
      return {
        openDatabase: async (...args: readonly unknown[]) => {
          const [options] = args as readonly [{ readonly indexedDB: IDBFactory }]
          await rollBack(options.indexedDB)
          return call(real, 'openDatabase', args)
        }
      }
    }
  },
  'drop-outbox': {
    what: 'now and then what was written is never queued to be sent',
    replaces: { 'src/store/outbox.ts': ['queueEvents'] },
    make: (_, real) => {
      let count = 0
      return {
        queueEvents: async (...args: readonly unknown[]) =>
          ++count % RARE === 0 ? undefined : await (call(real, 'queueEvents', args) as Promise<unknown>)
      }
    }
  },
  'no-dedupe': {
    what: 'an event that comes a second time is shown a second time',
    replaces: { 'src/store/log.ts': ['applyEvents'] },
    make: (_, real) => ({
      applyEvents: async (...args: readonly unknown[]) => {
        const [db, change, applying] = args as readonly [Db, Change, { readonly events: readonly { id: string }[] }]
        const known = await db.tables.messages.bulkGet(applying.events.map(({ id }) => id))
        const applied = await (call(real, 'applyEvents', args) as Promise<unknown>)
        for (const row of known) {
          if (row === undefined || row.mine) continue
          const again = { ...row, id: `${row.id}~` as MessageRow['id'], order: `${row.order}~` }
          await db.tables.messages.put(again)
          change.messages.push(again)
        }
        return applied
      }
    })
  },
  'skip-verify': {
    what: 'the signature of an event is not looked at',
    replaces: { 'src/crypto/ed25519.ts': ['verifyEd25519Fast'] },
    needsHostile: true,
    make: (_, real) => ({
      verifyEd25519Fast: (...args: readonly unknown[]) =>
        String(args[0]).includes('event') ? Promise.resolve(true) : call(real, 'verifyEd25519Fast', args)
    })
  },
  'keep-removed-key': {
    what: 'whoever is removed from the roster keeps their place in the session',
    replaces: { 'src/messenger/sessions/law.ts': ['lawOf'] },
    make: (_, real) => ({
      lawOf: (...args: readonly unknown[]) => ({ ...(call(real, 'lawOf', args) as object), isDropped: () => false })
    })
  },
  'resend-under-new-id': {
    what: 'a command that is repeated with its nonce writes a second message',
    replaces: { 'src/messenger/send.ts': ['send'] },
    make: (_, real) => ({ send: (...args: readonly unknown[]) => call(real, 'send', args.slice(0, 3)) })
  },
  'fold-by-arrival': {
    what: 'messages stand in the order in which they came',
    replaces: { 'src/model/fold.ts': ['orderKey'] },
    make: () => {
      let count = 0
      return { orderKey: () => String(++count).padStart(12, '0') }
    }
  }
}
