/**
 * Every frame that crosses between a page and its node, and the only place where they are read. Pages and workers of
 * two builds can meet, so a frame is data from outside: it is what it should be, or it is refused.
 */
import { ERROR_CODES, type PlainError } from '../base/errors.ts'

/** Asks of the page's RPC half. Values and arguments are structured clones. */
export type RpcRequest =
  | { readonly kind: 'call' | 'open'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'abort' | 'pull' | 'stop'; readonly id: number }

export type RpcReply =
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly error: PlainError }

export type PageControl =
  /** First of all: which build the page is, and the Web Lock it holds for as long as it lives. */
  | { readonly kind: 'hello'; readonly build: string; readonly lock: string }
  | { readonly kind: 'ping'; readonly count: number }
  /** Comes with a MessagePort: this page offers to host WebRTC. */
  | { readonly kind: 'rtc'; readonly visible: boolean }
  /** The page came back into sight, perhaps with the machine from its sleep. */
  | { readonly kind: 'wake' }
  /** The page is out of sight: another tab is in front, or the screen is dark. */
  | { readonly kind: 'hidden' }
  /** The person agreed to an update: stop, give the database away. */
  | { readonly kind: 'retire' }
  /** Tells a node that waits for ownership to have the owner retire, or with `force` (the owner hangs) to steal it. */
  | { readonly kind: 'take-over'; readonly force: boolean }

/** Why a node could not start. */
export interface StartFailure {
  readonly reason: 'newer-database' | 'storage-full' | 'storage-denied' | 'other'
  readonly message: string
}

export type NodeStatus =
  | { readonly state: 'starting' | 'waiting' | 'ready' | 'retired' }
  | { readonly state: 'failed'; readonly failure: StartFailure }

export type NodeControl =
  /** Answers `hello`: the node's build, and the Web Lock it holds for as long as it lives. */
  | { readonly kind: 'welcome'; readonly build: string; readonly lock: string; readonly worker: 'shared' | 'dedicated' }
  | { readonly kind: 'pong'; readonly count: number }
  | { readonly kind: 'status'; readonly status: NodeStatus }
  /** A passphrase is being stretched, which lets a worker do nothing else: so long, silence is no sign of hanging. */
  | { readonly kind: 'busy'; readonly ms: number }
  /** A node of another build asked to take over: a person has to agree. */
  | { readonly kind: 'update-ready' }

export type PageFrame = RpcRequest | PageControl
export type NodeFrame = RpcReply | NodeControl

const REASONS: readonly string[] = ['newer-database', 'storage-full', 'storage-denied', 'other']
const CODES: readonly string[] = ERROR_CODES
const MAX_NAME = 64
const MAX_ARGS = 8

type Fields = Readonly<Record<string, unknown>>
const isFields = (data: unknown): data is Fields => typeof data === 'object' && data !== null
const isText = (value: unknown, max = 200): boolean => typeof value === 'string' && value.length <= max
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const isStatus = (status: unknown): boolean => {
  if (!isFields(status)) return false
  if (status['state'] !== 'failed') return ['starting', 'waiting', 'ready', 'retired'].includes(String(status['state']))
  const failure = status['failure']
  return isFields(failure) && REASONS.includes(String(failure['reason'])) && typeof failure['message'] === 'string'
}

const PAGE_FRAMES: Readonly<Record<PageFrame['kind'], (frame: Fields) => boolean>> = {
  call: (f) =>
    isCount(f['id']) && isText(f['name'], MAX_NAME) && Array.isArray(f['args']) && f['args'].length <= MAX_ARGS,
  open: (f) =>
    isCount(f['id']) && isText(f['name'], MAX_NAME) && Array.isArray(f['args']) && f['args'].length <= MAX_ARGS,
  abort: (f) => isCount(f['id']),
  pull: (f) => isCount(f['id']),
  stop: (f) => isCount(f['id']),
  hello: (f) => isText(f['build']) && isText(f['lock']),
  ping: (f) => isCount(f['count']),
  rtc: (f) => typeof f['visible'] === 'boolean',
  wake: () => true,
  hidden: () => true,
  retire: () => true,
  'take-over': (f) => typeof f['force'] === 'boolean'
}

const NODE_FRAMES: Readonly<Record<NodeFrame['kind'], (frame: Fields) => boolean>> = {
  value: (f) => isCount(f['id']),
  end: (f) => isCount(f['id']),
  error: (f) => {
    const error = f['error']
    return (
      isCount(f['id']) &&
      isFields(error) &&
      CODES.includes(String(error['code'])) &&
      typeof error['message'] === 'string'
    )
  },
  welcome: (f) => isText(f['build']) && isText(f['lock']) && (f['worker'] === 'shared' || f['worker'] === 'dedicated'),
  pong: (f) => isCount(f['count']),
  status: (f) => isStatus(f['status']),
  busy: (f) => isCount(f['ms']),
  'update-ready': () => true
}

const reader =
  <Frame extends { readonly kind: string }>(checks: Readonly<Record<string, (frame: Fields) => boolean>>) =>
  (data: unknown): Frame | undefined => {
    if (!isFields(data) || typeof data['kind'] !== 'string' || !Object.hasOwn(checks, data['kind'])) return undefined
    return checks[data['kind']]?.(data) === true ? (data as unknown as Frame) : undefined
  }

/** What a page sent, or undefined when it is not a frame of ours. */
export const readPageFrame = reader<PageFrame>(PAGE_FRAMES)
/** What a node sent, or undefined when it is not a frame of ours. */
export const readNodeFrame = reader<NodeFrame>(NODE_FRAMES)
