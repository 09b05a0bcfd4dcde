/** Settings, drafts, and what the person set on a chat: local rows (until the own conversation of DV2 carries them). */
import type { ChatId } from '../model/ids.ts'
import { LOCALES } from '../model/views.ts'
import type { Draft, Settings } from '../model/views.ts'
import { AppError } from '../base/errors.ts'
import { updateChat } from '../store/chats.ts'
import { getRecord, updateRecord } from '../store/records.ts'
import { DEFAULT_SETTINGS } from '../store/rows.ts'
import { watch } from '../store/watch.ts'
import type { Context } from './context.ts'

export const getSettings = async (ctx: Context): Promise<Settings> => ({
  ...DEFAULT_SETTINGS,
  ...(await getRecord<Partial<Settings>>(ctx.db, 'settings'))
})

export const watchSettings = (ctx: Context): AsyncIterable<Settings> =>
  watch(ctx.db.changes, { concerns: ({ topics }) => topics.has('settings'), read: () => getSettings(ctx) })

const ALLOWED: { readonly [K in keyof Settings]: (value: unknown) => boolean } = {
  theme: (value) => value === 'system' || value === 'light' || value === 'dark',
  locale: (value) => value === 'system' || LOCALES.includes(value as never),
  enterSends: (value) => typeof value === 'boolean',
  readReceipts: (value) => typeof value === 'boolean',
  relayOnly: (value) => typeof value === 'boolean'
}

export const setSettings = async (ctx: Context, change: Partial<Settings>): Promise<void> => {
  for (const [key, value] of Object.entries(change)) {
    if (!(key in ALLOWED) || !ALLOWED[key as keyof Settings](value)) throw new AppError('malformed', `setting ${key}`)
  }
  await updateRecord<Partial<Settings>>(ctx.db, 'settings', (before) => ({ ...before, ...change }))
  ctx.settings = { ...ctx.settings, ...change }
}

/** A draft is as long as a message may be; longer ones are cut rather than lost. */
const MAX_DRAFT_CHARS = 16 * 1024

export const saveDraft = async (ctx: Context, chat: ChatId, { text, replyTo }: Draft): Promise<void> => {
  await updateChat(ctx.db, chat, ({ draft }) =>
    draft.text === text && draft.replyTo === replyTo
      ? undefined
      : { draft: { text: text.slice(0, MAX_DRAFT_CHARS), ...(replyTo && { replyTo }) } }
  )
}

export interface ChatChange {
  readonly pinned?: boolean
  readonly archived?: boolean
  readonly markedUnread?: boolean
  readonly mutedUntil?: number | 'always' | null
}

export const setChat = async (ctx: Context, chat: ChatId, { mutedUntil, ...marks }: ChatChange): Promise<void> => {
  await updateChat(ctx.db, chat, () => ({
    ...(marks.pinned !== undefined && { pinned: marks.pinned }),
    ...(marks.archived !== undefined && { archived: marks.archived }),
    ...(marks.markedUnread !== undefined && { markedUnread: marks.markedUnread }),
    ...(mutedUntil !== undefined && { mutedUntil: mutedUntil ?? undefined })
  }))
}
