/** One group as one of its members sees and runs it: clicks go to the screen, who is in it is read from there too. */
import type { ChatId } from '../../src/model/ids.ts'
import type { GroupView } from '../../src/model/group-views.ts'
import { isVisible } from './chat.ts'
import { STEP_TIMEOUT_MS } from './drivers/driver.ts'
import { readChats } from './hook.ts'
import type { Actor } from './person.ts'
import { until } from './processes.ts'

export interface Group {
  /** Adds contacts of this person. */
  add(...names: readonly string[]): Promise<void>
  remove(name: string): Promise<void>
  leave(): Promise<void>
  /** Everybody's name as this person sees it, themselves too, sorted. */
  members(): Promise<readonly string[]>
  /** Waits until exactly these are in it, and all of them hold the keys. */
  has(...names: readonly string[]): Promise<void>
  waitUntilLeft(): Promise<void>
}

/** A commit waits for those who go first, and a newcomer for the majority (RO2). */
const GROUP_TIMEOUT_MS = 90_000

const byId = (id: string): string => `[data-id="${id}"]`
const optionOf = (name: string): string => `${byId('group-member-option')}[data-name="${name}"] input`
const rowOf = (name: string): string => `${byId('member-row')}[data-name="${name}"]`
const screen = (name: string): string => `[data-screen="${name}"]`

export const createGroup = async (by: Actor, name: string, members: readonly Actor[]): Promise<Group> => {
  const { tab, origin } = by
  await tab.goto(`${origin}/new/group`)
  await tab.waitUntil('the form of a new group', isVisible, byId('group-name'))
  await tab.fill(byId('group-name'), name)
  for (const member of members) await tab.click(optionOf(member.name))
  await tab.click(byId('group-create'))
  await tab.waitUntil('the new group to open', isVisible, screen('chat'), GROUP_TIMEOUT_MS)
  return groupOf(by, name)
}

export const groupOf = (by: Actor, name: string): Group => {
  const find = (): Promise<ChatId> =>
    until(
      `${by.name} to have the group ${name}`,
      async () => (await readChats(by.tab)).find((row) => row.title === name && row.kind === 'group')?.chat,
      GROUP_TIMEOUT_MS
    )
  const open = async (): Promise<void> => {
    await by.tab.goto(`${by.origin}/group/${await find()}`)
    await by.tab.waitUntil('the page of the group', isVisible, byId('member-row'))
  }
  const read = async (): Promise<GroupView | undefined> => by.tab.evaluate(readGroup, await find())
  return {
    add: async (...names) => {
      await open()
      await by.tab.click(byId('add-members'))
      for (const one of names) await by.tab.click(optionOf(one))
      await by.tab.click(byId('add-members-confirm'))
      for (const one of names) await by.tab.waitUntil(`${one} to be listed`, isVisible, rowOf(one))
    },
    remove: async (one) => {
      await open()
      await by.tab.click(`${rowOf(one)} ${byId('member-menu')}`)
      await by.tab.click(byId('remove-member'))
      await by.tab.click(byId('confirm-remove'))
      await by.tab.waitUntil(`${one} to be gone`, isGone, rowOf(one))
    },
    leave: async () => {
      await open()
      await by.tab.click(byId('leave-group'))
      await by.tab.click(byId('confirm-leave'))
    },
    members: async () => (await read())?.members.map((one) => one.name).toSorted() ?? [],
    has: async (...names) => {
      const wanted = names.toSorted().join(' ')
      let seen = ''
      await until(
        `${by.name} to see ${wanted} in ${name}`,
        async () => {
          const members = (await read())?.members ?? []
          seen = members
            .map((one) => (one.state === 'in' ? one.name : `${one.name}?`))
            .toSorted()
            .join(' ')
          return seen === wanted
        },
        GROUP_TIMEOUT_MS
      ).catch((cause: unknown) => {
        throw new Error(`${by.name} sees ${seen} in ${name}, not ${wanted}`, { cause })
      })
    },
    waitUntilLeft: async () => {
      const isLeft = async (): Promise<boolean> =>
        (await readChats(by.tab)).some((row) => row.title === name && row.standing === 'left')
      await until(`${by.name} to know that they are out of ${name}`, isLeft, GROUP_TIMEOUT_MS)
    }
  }
}

export const suiteOf = async (by: Actor, name: string): Promise<string | undefined> => {
  const row = await until(
    `a chat with ${name}`,
    async () => (await readChats(by.tab)).find(({ title }) => title === name),
    STEP_TIMEOUT_MS
  )
  return by.tab.evaluate(readSuite, row.chat)
}

// ── run in the page ───────────────────────────────────────────────────────────────────────────────────────────────

const readGroup = async (chat: ChatId): Promise<GroupView | undefined> => {
  for await (const view of globalThis.cryptochat?.node.watchGroup(chat) ?? []) return view
  return undefined
}

const readSuite = async (chat: ChatId): Promise<string | undefined> => {
  for await (const view of globalThis.cryptochat?.node.watchChat(chat) ?? []) return view?.suite?.suite
  return undefined
}

const isGone = (selector: string): boolean => document.querySelector(selector) === null
