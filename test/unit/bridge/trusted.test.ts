import { afterEach, expect, test, vi } from 'vitest'

const origin = 'https://app.example'
const made: string[] = []

const load = async (): Promise<(address: string) => unknown> => {
  vi.resetModules()
  vi.stubEnv('DEV', false)
  vi.stubGlobal('location', new URL(`${origin}/chat/1`))
  vi.stubGlobal('trustedTypes', {
    createPolicy: (name: string, { createScriptURL }: { createScriptURL(address: string): string }) => {
      made.push(name)
      return { createScriptURL: (address: string) => ({ trusted: createScriptURL(address) }) }
    }
  })
  return (await import('../../../src/bridge/page/trusted.ts')).trustedScript
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  made.length = 0
})

test('our own scripts pass, under the one policy that the header allows', async () => {
  const trustedScript = await load()
  expect(trustedScript('/sw.js')).toEqual({ trusted: `${origin}/sw.js` })
  expect(trustedScript('/assets/node.worker-abc.js')).toEqual({ trusted: `${origin}/assets/node.worker-abc.js` })
  expect(made).toEqual(['cryptochat'])
})

test.each([
  'https://elsewhere.example/assets/x.js',
  '//elsewhere.example/sw.js',
  'data:text/javascript,1',
  'blob:https://app.example/1',
  '/other.js',
  '/assets/../other.js',
  'javascript:alert(1)'
])('%s does not', async (address) => {
  const trustedScript = await load()
  expect(() => trustedScript(address)).toThrow(TypeError)
})
