/**
 * Which request goes where: health, the relay's card, metrics, the app. Everything else is refused in one line; no
 * request can make this throw.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Log } from '../src/base/log.ts'
import type { Config } from './config.ts'
import { securityHeaders } from './headers.ts'
import type { Refusals } from './limits.ts'
import type { Web } from './web.ts'

export interface Answer {
  readonly status: number
  readonly body: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpDeps {
  readonly isSecure: boolean
  readonly refusals: Refusals
  readonly log: Log
  readonly web: Web | undefined
  readonly health: () => Answer
  readonly wellKnown: () => Promise<Answer>
  readonly metrics: () => Promise<Answer>
  readonly metricsFor: Config['metricsFor']
}

/** Longer than any address in the app; invites live in the fragment, which is never sent. */
const MAX_URL_CHARS = 2_048

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }
})

const plain = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: `${body}\n`,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers }
})

const isLocal = (address: string | undefined): boolean => /^(?:::ffff:)?127\.|^::1$/.test(address ?? '')

export const createHttp = (deps: HttpDeps): RequestListener => {
  const { isSecure, refusals, log } = deps
  const always = securityHeaders(isSecure)

  const send = (request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void => {
    const data = typeof body === 'string' ? Buffer.from(body) : body
    const hasBody = status !== 204 && status !== 304
    response.writeHead(status, { ...always, ...headers, ...(hasBody ? { 'content-length': data.length } : {}) })
    if (request.method === 'HEAD' || !hasBody) response.end()
    else response.end(data)
    // an unread body must not keep the connection
    request.resume()
  }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const answer = await route(request, deps)
      if (answer.status >= 400) refusals.count('http')
      send(request, response, answer)
    } catch (error) {
      log.error('web.failed', { error: error instanceof Error ? error.name : 'unknown' })
      if (response.headersSent) response.destroy()
      else send(request, response, plain(500, 'something went wrong here'))
    }
  }

  return (request, response) => {
    void respond(request, response)
  }
}

const route = async (request: IncomingMessage, deps: HttpDeps): Promise<Answer> => {
  const { method = '', url = '' } = request
  if (url.length > MAX_URL_CHARS) return plain(414, 'this address is too long')
  const path = pathOf(url)
  if (path === undefined) return plain(400, 'this is no address')

  if (path === '/.well-known/cryptochat.json') {
    // an app from another origin may ask which relay this is
    const open = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }
    if (method === 'OPTIONS')
      return { status: 204, body: '', headers: { ...open, 'access-control-allow-methods': 'GET' } }
    if (!isReading(method)) return notAllowed
    const answer = await deps.wellKnown()
    return { ...answer, headers: { ...answer.headers, ...open } }
  }
  if (!isReading(method)) return notAllowed
  if (path === '/healthz') return deps.health()
  if (path === '/metrics' && mayReadMetrics(request, deps)) return await deps.metrics()
  return await file(request, path, deps.web)
}

const mayReadMetrics = (request: IncomingMessage, { metricsFor }: HttpDeps): boolean =>
  metricsFor === 'everybody' || (metricsFor === 'this machine' && isLocal(request.socket.remoteAddress))

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD'
const notAllowed = plain(405, 'only GET and HEAD', { allow: 'GET, HEAD' })

const pathOf = (url: string): string | undefined => {
  if (!url.startsWith('/')) return undefined
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/s, ''))
    // eslint-disable-next-line no-control-regex -- control characters are what is refused here
    return /[\u0000-\u001f\\]|\/\.{1,2}(?:\/|$)/.test(path) ? undefined : path
  } catch {
    return undefined // not even percent-encoded properly
  }
}

const file = async (request: IncomingMessage, path: string, web: Web | undefined): Promise<Answer> => {
  if (web === undefined) return plain(404, 'this relay serves no app')
  const encodings = headerOf(request, 'accept-encoding')
  const isNavigation = headerOf(request, 'accept').includes('text/html')
  const found = await web.find(path, { encodings, isNavigation })
  if (found === undefined) return plain(404, 'not found')
  const headers = {
    'content-type': found.type,
    'cache-control': found.cacheControl,
    etag: found.etag,
    vary: 'accept-encoding',
    ...(found.encoding === undefined ? {} : { 'content-encoding': found.encoding }),
    ...(path === '/sw.js' ? { 'service-worker-allowed': '/' } : {})
  }
  if (headerOf(request, 'if-none-match') === found.etag) return { status: 304, body: '', headers }
  return { status: 200, body: found.body, headers }
}

const headerOf = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : (value ?? '')
}
