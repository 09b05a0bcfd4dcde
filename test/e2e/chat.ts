/** One conversation as its person sees and uses it: clicks and keys go to the screen, answers are read from it. */
import type { ChatId, MessageId } from '../../src/model/ids.ts'
import type { MessageView } from '../../src/model/views.ts'
import { STEP_TIMEOUT_MS, type Tab } from './drivers/driver.ts'
import { reactTo, readChats, readTail, readTimeline } from './hook.ts'
import { until } from './processes.ts'

export type Status = 'queued' | 'held' | 'delivered' | 'read' | 'failed'

export interface Chat {
  /** Types and sends; back when the text cannot be lost any more. */
  write(text: string): Promise<void>
  /** Every text of the conversation in the order shown, both sides; removed messages have none. */
  texts(): Promise<string[]>
  last(): Promise<string | undefined>
  /** Of the newest own message with this text. */
  status(text: string): Promise<Status>
  /** Waits for the message, and for its status to be at least this far. */
  waitFor(text: string, status?: Status, options?: { readonly timeoutMs?: number }): Promise<void>
  reply(text: string, answer: string): Promise<void>
  react(text: string, emoji: string): Promise<void>
  edit(text: string, to: string): Promise<void>
  remove(text: string): Promise<void>
}

export interface ChatDeps {
  readonly name: string
  readonly origin: string
  /** The tab to act in: the first that is open. */
  readonly tab: () => Tab
}

const LADDER: readonly Status[] = ['queued', 'held', 'delivered', 'read']
const isAsFar = (status: Status, wanted: Status): boolean =>
  status === wanted || (wanted !== 'failed' && status !== 'failed' && LADDER.indexOf(status) >= LADDER.indexOf(wanted))

const COMPOSER = '[data-screen="chat"] [data-id="composer"]'
const byId = (id: string): string => `[data-id="${id}"]`
const messageWith = (id: MessageId): string => `[data-id="message"][data-message="${id}"]`

export const createChat = ({ name, origin, tab }: ChatDeps): Chat => {
  const chatId = async (): Promise<ChatId | undefined> =>
    (await readChats(tab())).find((row) => row.title === name)?.chat

  const open = async (): Promise<ChatId> => {
    const id = await until(`a chat with ${name}`, chatId, STEP_TIMEOUT_MS)
    if (await tab().evaluate(isOnScreen, id)) return id
    const row = `${byId('chat-row')}[data-chat="${id}"]`
    if (!(await tab().evaluate(isVisible, row)) && (await tab().evaluate(isVisible, byId('back')))) {
      await tab().click(byId('back'))
    }
    try {
      await tab().waitUntil(`the row of ${name}`, isVisible, row, 3_000)
      await tab().click(row)
    } catch {
      // another page of the app is in front of the list: an address leads there from everywhere
      await tab().goto(`${origin}/chat/${id}`)
    }
    await tab().waitUntil(`the chat with ${name} to open`, isOnScreen, id)
    return id
  }

  const messages = async (): Promise<readonly MessageView[]> => {
    const id = await chatId()
    return id === undefined ? [] : readTimeline(tab(), id)
  }

  const find = async (text: string, where: (message: MessageView) => boolean = () => true): Promise<MessageId> =>
    until(
      `a message "${text}"`,
      async () =>
        (await messages()).findLast((message) => !message.removed && message.text === text && where(message))?.id,
      STEP_TIMEOUT_MS
    )

  const press = async (text: string): Promise<void> => {
    await tab().fill(COMPOSER, text)
    await tab().click(`[data-screen="chat"] ${byId('send')}`)
    await tab().waitUntil('the composer to be empty', isEmptied, COMPOSER)
  }

  /** The bubble is there at once; the message is safe when the device holds it. */
  const send = async (id: ChatId, text: string): Promise<void> => {
    const before = new Set((await readTail(tab(), id)).map((message) => message.id))
    await press(text)
    await until(
      `"${text}" to be kept`,
      async () => (await readTail(tab(), id)).some((one) => one.mine && one.text === text && !before.has(one.id)),
      STEP_TIMEOUT_MS
    )
  }

  const openMenu = async (message: MessageId): Promise<void> => {
    const button = `${messageWith(message)} ${byId('message-menu')}`
    await tab().hover(messageWith(message))
    if (await tab().evaluate(isVisible, button)) await tab().click(button)
    else await tab().openContextMenu(`${messageWith(message)} ${byId('text')}`)
  }

  const chooseFromMenu = async (message: MessageId, action: string): Promise<void> => {
    await openMenu(message)
    await tab().click(byId(action))
  }

  const chat: Chat = {
    write: async (text) => {
      await send(await open(), text)
    },
    texts: async () => {
      if ((await chatId()) === undefined) return []
      await open()
      return until(
        `the screen of ${name} to show what the device holds`,
        async () => {
          const held = await messages()
          const drawn = await tab().evaluate(drawnMessages, undefined)
          if (!isPartOf(drawn, held)) return undefined
          return held.filter((message) => !message.removed).map((message) => message.text)
        },
        STEP_TIMEOUT_MS
      )
    },
    last: async () => (await chat.texts()).at(-1),
    status: async (text) => {
      await open()
      const id = await find(text, (message) => message.mine)
      const shown = await tab().evaluate(drawnStatus, messageWith(id))
      return toStatus(shown ?? (await messages()).find((message) => message.id === id)?.delivery)
    },
    waitFor: async (text, status, { timeoutMs = STEP_TIMEOUT_MS } = {}) => {
      await until(`a chat with ${name}`, chatId, timeoutMs)
      await open()
      let seen: string | undefined = 'nothing'
      try {
        await until(
          `"${text}"`,
          async () => {
            const found = (await messages()).findLast(
              (one) => !one.removed && one.text === text && (status === undefined || one.mine)
            )
            seen = found === undefined ? 'nothing' : found.delivery
            if (found === undefined || status === undefined) return found !== undefined
            const shown = await tab().evaluate(drawnStatus, messageWith(found.id))
            seen = shown ?? seen
            return isAsFar(toStatus(seen), status)
          },
          timeoutMs
        )
      } catch (cause) {
        const held = (await messages()).map((one) => `${one.mine ? 'me' : name}: ${one.text} [${one.delivery ?? ''}]`)
        const wanted = status === undefined ? 'be there' : `be ${status}`
        throw new Error(
          `waited ${timeoutMs} ms for "${text}" to ${wanted}; last seen: ${seen}\n${held.slice(-8).join('\n')}`,
          { cause }
        )
      }
    },
    reply: async (text, answer) => {
      const id = await open()
      await chooseFromMenu(await find(text), 'action-reply')
      await send(id, answer)
    },
    react: async (text, emoji) => {
      const id = await open()
      const message = await find(text)
      const quick = `${byId('action-react')}[data-emoji="${emoji}"]`
      await openMenu(message)
      try {
        await tab().click(quick, 2_000)
      } catch {
        // not one of the quick ones
        await tab().press('Escape')
        await reactTo(tab(), { chat: id, message, emoji })
      }
      await tab().waitUntil(
        `the reaction ${emoji}`,
        isVisible,
        `${messageWith(message)} ${byId('reaction')}[data-emoji="${emoji}"]`
      )
    },
    edit: async (text, to) => {
      await open()
      await chooseFromMenu(await find(text, (message) => message.mine), 'action-edit')
      await press(to)
      await find(to, (message) => message.mine)
    },
    remove: async (text) => {
      await open()
      const message = await find(text)
      await chooseFromMenu(message, 'action-remove')
      await tab().waitUntil('the question whom to remove it for', isVisible, byId('remove-me'))
      const forEveryone = await tab().evaluate(isVisible, byId('remove-everyone'))
      await tab().click(byId(forEveryone ? 'remove-everyone' : 'remove-me'))
      await until(
        `"${text}" to be gone`,
        async () => !(await messages()).some((one) => one.id === message && !one.removed),
        STEP_TIMEOUT_MS
      )
    }
  }
  return chat
}

const toStatus = (state: string | undefined): Status => {
  if (state === 'sealed' || state === undefined || state === 'nothing') return 'queued'
  return state as Status
}

/** What is drawn must be held, and be in the order of what is held. */
const isPartOf = (drawn: readonly string[], held: readonly MessageView[]): boolean => {
  if (held.length > 0 && drawn.length === 0) return false
  const places = drawn.map((id) => held.findIndex((message) => message.id === id))
  return places.every((place, at) => place >= 0 && place > (places[at - 1] ?? -1))
}

// ── run in the page ───────────────────────────────────────────────────────────────────────────────────────────────

export const isVisible = (selector: string): boolean =>
  [...document.querySelectorAll(selector)].some((element) => element.checkVisibility({ visibilityProperty: true }))

const isOnScreen = (chat: string): boolean =>
  location.pathname === `/chat/${chat}` &&
  document.querySelector('[data-screen="chat"]')?.checkVisibility({ visibilityProperty: true }) === true

const isEmptied = (selector: string): boolean => {
  const box = document.querySelector(selector)
  return box instanceof HTMLTextAreaElement && box.value === ''
}

const drawnMessages = (): string[] =>
  [...document.querySelectorAll('[data-screen="chat"] [data-id="message"]')].flatMap((element) =>
    element instanceof HTMLElement ? [element.dataset['message'] ?? ''] : []
  )

const drawnStatus = (selector: string): string | undefined => {
  const element = document.querySelector(selector)
  return element instanceof HTMLElement ? element.dataset['status'] : undefined
}
