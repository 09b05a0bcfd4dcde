/** What every answer of the web server says to browsers (PLATFORM: the policy to reach). */

/** Nothing from elsewhere runs, frames us or is embedded; Trusted Types guard every sink. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self' ws: wss: https:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types cryptochat'
].join('; ')

/** The camera reads invites; nothing else is ever asked of the device. */
const PERMISSIONS = [
  'camera=(self)',
  'microphone=(self)',
  'clipboard-read=(self)',
  'clipboard-write=(self)',
  'geolocation=()',
  'payment=()',
  'usb=()',
  'serial=()',
  'hid=()',
  'midi=()',
  'display-capture=()'
].join(', ')

const YEAR_S = 365 * 24 * 3600

export const securityHeaders = (isSecure: boolean): Readonly<Record<string, string>> => ({
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS,
  ...(isSecure ? { 'strict-transport-security': `max-age=${YEAR_S}` } : {})
})
