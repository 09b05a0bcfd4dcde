import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fixInitiator } from '../../../scripts/vite-fix-webrtc.ts'

const source = async (): Promise<string> => {
  const index = fileURLToPath(import.meta.resolve('@libp2p/webrtc'))
  return await readFile(index.replace(/index\.js$/, 'private-to-private/initiate-connection.js'), 'utf8')
}

test('the installed @libp2p/webrtc is the one that the build knows how to fix', async () => {
  expect(fixInitiator(await source())).toContain("if (channel.readyState === 'connecting')")
})

test('a changed package is noticed', async () => {
  expect(fixInitiator((await source()).replace('channel.close()', 'channel.shut()'))).toBeUndefined()
})
