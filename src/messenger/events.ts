/** Between the wire's verified events (bytes) and the log's rows (text ids). */
import { base64urlToBytes, bytesToBase64url } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'
import { deviceIdFromKey, keyFromDeviceId } from '../crypto/device-id.ts'
import { didFromKey, keyFromDid } from '../crypto/did.ts'
import { packEvent } from '../crypto/event.ts'
import type { EventBody, VerifiedEvent } from '../crypto/event.ts'
import type { Content } from '../model/fold.ts'
import type { MessageId } from '../model/ids.ts'
import type { NewEvent } from '../store/log.ts'
import type { EventRow } from '../store/rows.ts'
import { fromMemberChange, toMemberChange } from './groups/bodies.ts'

const idOf = (bytes: Uint8Array): MessageId => bytesToBase64url(bytes) as MessageId

const toContent = (body: VerifiedEvent['body']): Content | undefined => {
  if (body === 'gone') return undefined
  if (body === 'unknown') return { kind: 'unknown' }
  switch (body.kind) {
    case 'message':
      return {
        kind: 'message',
        text: body.text,
        ...(body.replyTo && { replyTo: idOf(body.replyTo) }),
        ...(body.mentions && { mentions: body.mentions.map(didFromKey) })
      }
    case 'edit':
      return { kind: 'edit', target: idOf(body.target), text: body.text }
    case 'reaction':
      return { kind: 'reaction', target: idOf(body.target), emoji: body.emoji ?? null }
    case 'removal':
      return { kind: 'removal', target: idOf(body.target) }
    case 'read-mark':
      return {
        kind: 'read-mark',
        upTo: body.upTo.map(({ device, counter }) => ({ device: deviceIdFromKey(device), counter }))
      }
    case 'pin':
      return { kind: 'pin', message: idOf(body.target), isPinned: body.isPinned }
    case 'topic': {
      const { kind, name, description, photo } = body
      return {
        kind,
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
        ...(photo !== undefined && { photo })
      }
    }
    case 'timer':
      return body
    case 'note':
      return { kind: 'note', update: body.update, ...(body.isWhole === true && { isWhole: true }) }
    case 'member': {
      const { kind, after, ...said } = body
      return { kind, after: after.map(idOf), change: toMemberChange(said) }
    }
  }
}

/** What this device writes; a founding event is made by whoever has its nonce. */
export const toBody = (content: Exclude<Content, { kind: 'unknown' }>): EventBody => {
  switch (content.kind) {
    case 'message':
      return {
        kind: 'message',
        text: content.text,
        ...(content.replyTo && { replyTo: base64urlToBytes(content.replyTo) }),
        ...(content.mentions && { mentions: content.mentions.map(keyFromDid) })
      }
    case 'edit':
      return { kind: 'edit', target: base64urlToBytes(content.target), text: content.text }
    case 'reaction':
      return {
        kind: 'reaction',
        target: base64urlToBytes(content.target),
        ...(content.emoji !== null && { emoji: content.emoji })
      }
    case 'removal':
      return { kind: 'removal', target: base64urlToBytes(content.target) }
    case 'read-mark':
      return {
        kind: 'read-mark',
        upTo: content.upTo.map(({ device, counter }) => ({ device: keyFromDeviceId(device), counter }))
      }
    case 'pin':
      return { kind: 'pin', target: base64urlToBytes(content.message), isPinned: content.isPinned }
    case 'topic':
    case 'timer':
    case 'note':
      return content
    case 'member': {
      const { after, change } = content
      if (change.kind === 'found') throw new AppError('internal', 'a founding event needs its nonce')
      return { kind: 'member', after: after.map(base64urlToBytes), ...fromMemberChange(change) }
    }
  }
}

export const toNewEvent = (event: VerifiedEvent): NewEvent => ({
  id: idOf(event.id),
  idBytes: event.id,
  author: event.author,
  device: event.device,
  counter: event.counter,
  previous: event.previous && idOf(event.previous),
  heads: event.heads.map(idOf),
  time: event.time,
  tick: event.tick,
  kind: event.kind,
  content: toContent(event.body),
  header: event.header,
  signature: event.signature,
  body: event.bodyBytes,
  salt: event.salt
})

/** As it travels; without its body once that is removed (LG5). */
export const toWire = ({
  header,
  signature,
  body,
  salt
}: Pick<EventRow, 'header' | 'signature' | 'body' | 'salt'>): Uint8Array =>
  packEvent({ header, signature, ...(body && salt && { bodyBytes: body, salt }) })
