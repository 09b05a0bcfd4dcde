/**
 * The shared note of a chat (LG2). What a page changes is on disk before the call answers; it becomes an event when nothing
 * was typed for a moment, so that a word is not five events. What is shown is the fold of all note events in the order of
 * the log, kept in table `notes` as far as it goes, and on top of it what waits here.
 */
import { AppError } from '../base/errors.ts'
import type { Content } from '../model/fold.ts'
import type { NoteView } from '../model/group-views.ts'
import type { ChatId, Did } from '../model/ids.ts'
import { shownTime } from '../model/hybrid-time.ts'
import { knownChat } from '../store/chats.ts'
import type { EventRow, NoteRow } from '../store/rows.ts'
import { eventsAbout } from '../store/timeline.ts'
import { watch } from '../store/watch.ts'
import type { Change } from '../store/watch.ts'
import { MAX_NOTE_UPDATE_BYTES } from '../wire/note.ts'
import { inBackground, needOwn } from './context.ts'
import type { Context } from './context.ts'
import { createNames } from './names.ts'
import { append, WRITING } from './append.ts'

/** Yjs is loaded when there is a note; never inside a write. */
const loadDoc = (): Promise<typeof import('./note-doc.ts')> => import('./note-doc.ts')

/** Long enough for a sentence, short enough that the others see it grow. */
const QUIET_MS = 1000
const LONGEST_MS = 3000
/** Some books; who wants more of it than that wants a file. */
const MAX_NOTE_BYTES = 4 * 1024 * 1024

export interface Notes {
  watch(chat: ChatId): AsyncIterable<NoteView>
  change(chat: ChatId, update: Uint8Array): Promise<void>
  start(): void
  stop(): void
}

export const createNotes = (ctx: Context): Notes => {
  const waiting = new Map<ChatId, { since: number; timer: AbortController }>()

  const later = (chat: ChatId): void => {
    const before = waiting.get(chat)
    before?.timer.abort()
    const [now, timer] = [ctx.clock.now(), new AbortController()]
    const since = before?.since ?? now
    waiting.set(chat, { since, timer })
    ctx.clock.sleep(Math.max(0, Math.min(QUIET_MS, since + LONGEST_MS - now)), timer.signal).then(
      () => publish(chat),
      () => {}
    )
  }

  const publish = (chat: ChatId): void => {
    waiting.delete(chat)
    inBackground(ctx, 'note.failed', () => publishPending(ctx, chat))
  }

  /** A newcomer has nothing older than its joining: who took somebody in says the note again. */
  const follow = (change: Change): void => {
    const added = change.messages.filter(({ system, device }) => system?.kind === 'added' && device === ctx.device.id)
    for (const chat of new Set(added.map((row) => row.chat))) {
      inBackground(ctx, 'note.failed', () => sayWhole(ctx, chat))
    }
  }
  const unfollow = ctx.db.changes.listen(follow)

  return {
    watch: (chat) =>
      watch(ctx.db.changes, {
        concerns: (change) => change.chats.has(chat) || change.contacts.size > 0,
        read: () => viewOf(ctx, chat)
      }),
    change: async (chat, update) => {
      if (update.length > MAX_NOTE_UPDATE_BYTES) throw new AppError('too-large', 'more than one change of a note')
      const { isNoteUpdate } = await loadDoc()
      if (!isNoteUpdate(update)) throw new AppError('malformed', 'not a change of a note')
      await ctx.db.write(['notes', 'chats'], async (change) => {
        knownChat(ctx.db, chat)
        const row = await ctx.db.tables.notes.get(chat)
        await ctx.db.tables.notes.put({ ...(row ?? emptyNote(chat)), pending: [...(row?.pending ?? []), update] })
        change.chats.add(chat)
      })
      later(chat)
    },
    start: () => {
      for (const { id } of ctx.db.memory.chats.values()) {
        inBackground(ctx, 'note.failed', async () => {
          await publishPending(ctx, id)
          await sayWhole(ctx, id)
        })
      }
    },
    stop: () => {
      unfollow()
      for (const { timer } of waiting.values()) timer.abort()
    }
  }
}

const emptyNote = (chat: ChatId): NoteRow => ({ chat, state: new Uint8Array(), upTo: '', count: 0 })

/** One write an event: what it says waits no longer. */
const publishPending = async (ctx: Context, chat: ChatId): Promise<void> => {
  for (;;) {
    const row = await ctx.db.tables.notes.get(chat)
    const pending = row?.pending ?? []
    if (row === undefined || pending.length === 0 || ctx.own === undefined) return
    const { mergeNote } = await loadDoc()
    const fits = countFitting(pending, mergeNote)
    const update = mergeNote(pending.slice(0, fits))
    try {
      await ctx.db.write([...WRITING, 'notes'], async (change) => {
        const now = (await ctx.db.tables.notes.get(chat)) ?? row
        const left = { ...now, pending: (now.pending ?? []).slice(fits) }
        await append(ctx, change, knownChat(ctx.db, chat), { kind: 'note', update }, async () => {
          await ctx.db.tables.notes.put(left)
        })
      })
    } catch (error) {
      if (!(error instanceof AppError) || !HOPELESS.has(error.code)) throw error
      // we may not write here any more: what nobody else will ever see is not the note
      await ctx.db.write(['notes', 'chats'], async (change) => {
        const now = (await ctx.db.tables.notes.get(chat)) ?? row
        await ctx.db.tables.notes.put({ ...now, pending: [] })
        change.chats.add(chat)
      })
      return
    }
    ctx.wake(chat)
  }
}

const HOPELESS: ReadonlySet<string> = new Set(['conflict', 'untrusted', 'not-found'])

const countFitting = (
  pending: readonly Uint8Array[],
  mergeNote: (updates: readonly Uint8Array[]) => Uint8Array
): number => {
  let fits = 1
  while (fits < pending.length && mergeNote(pending.slice(0, fits + 1)).length <= MAX_NOTE_UPDATE_BYTES) fits++
  return fits
}

type NoteEvent = EventRow & { readonly content: Extract<Content, { kind: 'note' }> }

/** With effect, in the order of the log. */
const noteEvents = async (ctx: Context, chat: ChatId): Promise<readonly NoteEvent[]> =>
  (await eventsAbout(ctx.db, chat, 'note'))
    .filter((row): row is NoteEvent => row.content?.kind === 'note' && row.void === undefined)
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))

/** The fold of all of them; made anew when one came that belongs before what was folded. */
const refresh = async (ctx: Context, chat: ChatId, events: readonly NoteEvent[]): Promise<NoteRow> => {
  const row = (await ctx.db.tables.notes.get(chat)) ?? emptyNote(chat)
  const isKnown = events.filter(({ order }) => order <= row.upTo).length === row.count
  const fresh = isKnown ? events.slice(row.count) : events
  const last = events.at(-1)
  if (isKnown && fresh.length === 0) return row
  const before = isKnown && row.count > 0 ? row.state : undefined
  const { foldNote } = await loadDoc()
  const state = foldNote(
    before,
    fresh.map(({ content }) => content.update)
  )
  const isTooLarge = state.length > MAX_NOTE_BYTES
  if (isTooLarge) ctx.log.warn('note.too-large', { bytes: state.length })
  const next = {
    chat,
    state: isTooLarge ? row.state : state,
    upTo: last?.order ?? '',
    count: events.length
  }
  return await ctx.db.write(['notes'], async () => {
    const pending = (await ctx.db.tables.notes.get(chat))?.pending
    const whole: NoteRow = { ...next, ...(pending && { pending }) }
    await ctx.db.tables.notes.put(whole)
    return whole
  })
}

const viewOf = async (ctx: Context, chat: ChatId): Promise<NoteView> => {
  const events = await noteEvents(ctx, chat)
  const { state, count, pending = [] } = await refresh(ctx, chat, events)
  const parts = [...(count > 0 ? [state] : []), ...pending]
  const { foldNote } = await loadDoc()
  const update = foldNote(undefined, parts)
  const own = needOwn(ctx).did
  const authors = [...new Set<Did>([...events.map(({ author }) => author), ...(pending.length > 0 ? [own] : [])])]
  const names = createNames(ctx, authors)
  const last = events.at(-1)
  return {
    update,
    authors: authors.map((did) => ({ did, name: names.of(did), mine: did === own })),
    ...(last && { changedAt: shownTime(last.time, last.arrivedAt) })
  }
}

/** LG7 *from joining*: unless somebody has said the whole note since, we say it to those whom this device took in. */
const sayWhole = async (ctx: Context, chat: ChatId): Promise<void> => {
  const events = await noteEvents(ctx, chat)
  if (events.length === 0 || ctx.own === undefined || knownChat(ctx.db, chat).kind !== 'group') return
  const added = (await eventsAbout(ctx.db, chat, 'member')).filter(
    ({ device, content }) => device === ctx.device.id && content?.kind === 'member' && content.change.kind === 'add'
  )
  const newest = added.reduce((latest, { order }) => (order > latest ? order : latest), '')
  const isSaid = events.some(({ order, content }) => content.isWhole === true && order > newest)
  if (newest === '' || isSaid) return
  const { isNoteUpdate, packUpdates } = await loadDoc()
  const before = events.filter(({ order }) => order < newest).map(({ content }) => content.update)
  const parts = packUpdates(before.filter(isNoteUpdate), MAX_NOTE_UPDATE_BYTES)
  for (const [index, update] of parts.entries()) {
    const isLast = index === parts.length - 1
    await ctx.db.write(WRITING, (change) =>
      append(ctx, change, knownChat(ctx.db, chat), { kind: 'note', update, ...(isLast && { isWhole: true }) })
    )
  }
  if (parts.length > 0) ctx.wake(chat)
}
