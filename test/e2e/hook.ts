/**
 * What a story asks of the page's own NodeApi (`globalThis.cryptochat.node`), where the screen alone cannot answer: a
 * list that is virtual, a path, an id. The functions run in the page, so each holds everything it needs.
 */
import type { NodeApi } from '../../src/bridge/api.ts'
import type { ChatId, MessageId } from '../../src/model/ids.ts'
import type { ChatRow, DebugView, MessageView, NetworkView, Timeline } from '../../src/model/views.ts'
import { STEP_TIMEOUT_MS, type Tab } from './drivers/driver.ts'

declare global {
  var cryptochat: { readonly node: NodeApi } | undefined
}

export const waitForNode = (tab: Tab): Promise<void> =>
  tab.waitUntil('the page to have its node', () => globalThis.cryptochat?.node, undefined, STEP_TIMEOUT_MS * 2)

/** Every chat of this device, requests and archived ones too. */
export const readChats = (tab: Tab): Promise<readonly ChatRow[]> =>
  tab.evaluate(async () => {
    for await (const list of globalThis.cryptochat?.node.watchChats() ?? []) {
      return [...list.rows, ...list.requests, ...list.archived]
    }
    return []
  }, undefined)

export const readNetwork = (tab: Tab): Promise<NetworkView | undefined> =>
  tab.evaluate(async () => {
    for await (const view of globalThis.cryptochat?.node.watchNetwork() ?? []) return view
    return undefined
  }, undefined)

export const readDebug = (tab: Tab): Promise<DebugView | undefined> =>
  tab.evaluate(async () => {
    for await (const view of globalThis.cryptochat?.node.watchDebug() ?? []) return view
    return undefined
  }, undefined)

/** A fresh link, made when a relay is there to be named in it. */
export const createInvite = async (tab: Tab): Promise<string> => {
  await tab.waitUntil(
    'a reservation at a relay',
    async () => {
      for await (const view of globalThis.cryptochat?.node.watchNetwork() ?? []) {
        return view.relays.some((relay) => relay.reserved)
      }
      return false
    },
    undefined
  )
  return tab.evaluate(async () => {
    const invite = await globalThis.cryptochat?.node.createInvite()
    return invite?.link ?? ''
  }, undefined)
}

export const reactTo = (tab: Tab, target: { chat: ChatId; message: MessageId; emoji: string }): Promise<void> =>
  tab.evaluate(async ({ chat, message, emoji }) => {
    await globalThis.cryptochat?.node.react(chat, message, emoji)
  }, target)

/** The whole timeline, oldest first, whatever part of it is drawn. */
export const readTimeline = (tab: Tab, chat: ChatId): Promise<readonly MessageView[]> =>
  tab.evaluate(async (id) => {
    const node = globalThis.cryptochat?.node
    const pages: MessageView[][] = []
    let around: MessageId | 'end' = 'end'
    for (;;) {
      if (node === undefined) break
      let snapshot: Timeline | undefined
      for await (const one of node.watchTimeline(id, { around, before: 200, after: 0 })) {
        snapshot = one
        break
      }
      const first: MessageView | undefined = snapshot?.messages[0]
      if (snapshot === undefined || first === undefined) break
      // the anchor of a later page is the first of the page before it
      const known = pages[0]?.[0]?.id
      pages.unshift(snapshot.messages.filter((message) => message.id !== known))
      if (snapshot.atStart || first.id === around) break
      around = first.id
    }
    return pages.flat()
  }, chat)

/** The newest messages, as many as a screen and a burst need. */
export const readTail = (tab: Tab, chat: ChatId): Promise<readonly MessageView[]> =>
  tab.evaluate(async (id) => {
    for await (const view of globalThis.cryptochat?.node.watchTimeline(id, { around: 'end', before: 50, after: 0 }) ??
      []) {
      return view.messages
    }
    return []
  }, chat)
