/** The shared note of a chat, as one person types into it. */
import type { Locator } from '@playwright/test'
import type { Actor } from './person.ts'
import { readChats } from './hook.ts'
import { until } from './processes.ts'
import { STEP_TIMEOUT_MS } from './drivers/driver.ts'

export const byText = ({ page }: Actor, text: string): Locator =>
  page.locator('[data-screen="chat"] [data-id="message"]', { hasText: text })

export const openNote = async (person: Actor, title: string): Promise<Locator> => {
  const chat = await until(
    `a chat with ${title}`,
    async () => (await readChats(person.tab)).find((row) => row.title === title)?.chat,
    STEP_TIMEOUT_MS
  )
  await person.tab.goto(`${person.origin}/note/${chat}`)
  const box = person.page.locator('[data-id="note-text"]')
  await box.waitFor({ state: 'visible' })
  return box
}
