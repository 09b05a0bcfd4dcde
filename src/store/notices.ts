/** ID4: lines that nobody wrote and that only this device has: what happened to somebody's keys. No event stands behind them. */
import { orderKey } from '../model/fold.ts'
import type { ChatId, DeviceId, Did, MessageId } from '../model/ids.ts'
import { bytesToBase64url } from '../base/bytes.ts'
import type { Db } from './database.ts'
import { toLastLine } from './projection.ts'
import type { KeysNotice, MessageRow } from './rows.ts'
import type { Change } from './watch.ts'

/** Inside a write over chats and messages: the newest line of the chat, whatever anybody claims about time. */
export const putKeysNotice = async (
  db: Db,
  change: Change,
  { chat: id, who, is, idBytes, now }: { chat: ChatId; who: Did; is: KeysNotice; idBytes: Uint8Array; now: number }
): Promise<void> => {
  const chat = await db.tables.chats.get(id)
  if (chat === undefined) return
  const latest = chat.heads.map(({ order }) => order)
  const row: MessageRow = {
    id: bytesToBase64url(idBytes) as MessageId,
    chat: id,
    order: orderKey({ time: now, tick: 0 }, idBytes, chat.last === undefined ? latest : [...latest, chat.last.order]),
    mine: false,
    author: who,
    device: '' as DeviceId,
    counter: 0,
    time: now,
    arrivedAt: now,
    text: '',
    replyTo: undefined,
    removed: false,
    needsNewer: false,
    edits: [],
    reactions: [],
    failed: false,
    system: { kind: 'keys', is }
  }
  await db.tables.messages.put(row)
  await db.tables.chats.put({ ...chat, total: chat.total + 1, last: toLastLine(row), activeAt: now })
  change.messages.push(row)
  change.chats.add(id)
}
