/**
 * The messenger's directory: the same question to several relays at once, over a connection each. A relay that is down or
 * slow costs a bounded wait; what answers differ in is for the caller to judge, who verifies all of it anyway.
 */
import type { Clock } from '../base/clock.ts'
import { bytesToHex } from '../base/bytes.ts'
import type { Log } from '../base/log.ts'
import type { Did, Directory, HomeAddress } from '../messenger/net.ts'
import { readRelayAddress } from './addresses.ts'
import { shortened } from './discovery/relays.ts'
import type { Relays } from './discovery/relays.ts'
import { createDirectoryClient } from './protocols/directory/client.ts'
import type { DirectoryClient } from './protocols/directory/client.ts'

export interface DirectoryDeps {
  readonly relays: Relays
  readonly clock: Clock
  readonly log: Log
}

/** A dial and a question each, at most. */
const ASK_MS = 5_000
/** After a good answer the others have this long to know better. */
const GRACE_MS = 400
/** HN2 names five homes; ours come on top. */
const MAX_ASKED = 8

export interface Asking extends Directory {
  /** Asks every relay; the answers of those that did, in the order they came. */
  askAll<T>(
    homes: readonly HomeAddress[],
    question: (client: DirectoryClient, signal: AbortSignal, peer: string) => Promise<T>,
    options?: { readonly isEnough?: (answer: T) => boolean; readonly signal?: AbortSignal }
  ): Promise<readonly T[]>
}

export const createDirectory = ({ relays, clock, log }: DirectoryDeps): Asking => {
  const askAll: Asking['askAll'] = async (homes, question, { isEnough, signal: given } = {}) => {
    const ending = new AbortController()
    const signal = AbortSignal.any([
      ending.signal,
      AbortSignal.timeout(ASK_MS),
      ...(given === undefined ? [] : [given])
    ])
    const answers: Awaited<ReturnType<typeof question>>[] = []
    const enough = Promise.withResolvers<void>()
    const asked = relaysToAsk(homes).map(async ({ peer, address }) => {
      try {
        const connection = await relays.connect(address, signal)
        const answer = await question(createDirectoryClient(connection), signal, peer)
        answers.push(answer)
        if (isEnough?.(answer) === true) enough.resolve()
      } catch (error) {
        log.debug('p2p.directory-no-answer', {
          relay: shortened(peer),
          why: error instanceof Error ? error.message : ''
        })
      }
    })
    const graceOver = enough.promise.then(() => clock.sleep(GRACE_MS, signal)).catch(() => undefined)
    await Promise.race([Promise.all(asked), graceOver])
    ending.abort()
    return answers
  }

  const relaysToAsk = (
    homes: readonly HomeAddress[]
  ): readonly { readonly peer: string; readonly address: string }[] => {
    const byPeer = new Map<string, { readonly peer: string; readonly address: string }>()
    for (const home of [...homes, ...relays.homes()]) {
      const read = readRelayAddress(home)
      if (read !== undefined && !byPeer.has(read.peer)) byPeer.set(read.peer, read)
    }
    return [...byPeer.values()].slice(0, MAX_ASKED)
  }

  return {
    askAll,
    publish: async ({ head, document }) => {
      const outcomes = await askAll([], async (client, signal) => {
        const first = await client.publish({ head }, { signal })
        return first === 'needed' ? await client.publish({ head, document }, { signal }) : first
      })
      return outcomes.filter(isKept).length
    },
    heads: async (did, homes) => {
      const lists = await askAll(homes, (client, signal) => client.heads(did, { signal }), { isEnough: hasAny })
      return [...new Map(lists.flat().map((head) => [bytesToHex(head), head])).values()]
    },
    didsByFingerprint: async (fingerprint) => {
      const lists = await askAll([], (client, signal) => client.didsByFingerprint(fingerprint, { signal }), {
        isEnough: hasAny
      })
      return [...new Set(lists.flat())] as Did[]
    },
    document: async (hash, homes) => {
      const found = await askAll(homes, (client, signal) => client.document(hash, { signal }), { isEnough: isThere })
      return found.find(isThere)
    },
    putCard: async ({ id, writer, sealed, endsAt }) => {
      const put = { id, writer, sealed, endsAt, issued: clock.now() }
      const outcomes = await askAll([], (client, signal) => client.putCard(put, { signal }))
      return outcomes.filter(isKept).length
    },
    card: async (id, homes) => {
      const answers = await askAll(homes, (client, signal) => client.card(id, { signal }), { isEnough: isThere })
      if (answers.length === 0) return 'unreachable'
      return answers.find(isThere)
    }
  }
}

/** `known`: it was there before. */
const isKept = (outcome: string): boolean => outcome === 'ok' || outcome === 'known'
const hasAny = (list: readonly unknown[]): boolean => list.length > 0
const isThere = <T>(value: T | undefined): value is T => value !== undefined
