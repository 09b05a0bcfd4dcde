/** A passkey opens the store: made, used behind the lock, taken away. The authenticator is Chromium's own virtual one. */
import type { Page } from '@playwright/test'
import { expect, test } from './world.ts'
import { lock, SLOW_MS } from './secure.ts'

/** WebAuthn wants a domain; Chromium takes subdomains of localhost for secure. */
const HOST = 'passkeys.localhost'

const addAuthenticator = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
      automaticPresenceSimulation: true
    }
  })
}

test('a passkey locks and opens the device, and can be taken away with itself', async ({ world }) => {
  test.setTimeout(120_000)
  const { hostname, port } = new URL(world.relay.url)
  const alice = await world.newcomer('alice', {
    origin: `http://${HOST}:${port}`,
    args: [`--host-resolver-rules=MAP ${HOST} ${hostname}`]
  })
  await alice.firstRun()
  const { page } = alice
  const byId = (id: string) => page.locator(`[data-id="${id}"]`)
  await addAuthenticator(page)

  await page.goto(`${alice.origin}/settings/security`)
  await expect(byId('lock-state')).toHaveAttribute('data-locks', 'false')
  await byId('passkey-add').click()
  await expect(byId('lock-state')).toHaveAttribute('data-locks', 'true', { timeout: SLOW_MS })

  await lock(alice)
  await expect(byId('unlock-input')).toHaveCount(0)
  await byId('unlock-passkey').click()
  await page.locator('[data-screen="settings-security"]').waitFor({ timeout: SLOW_MS })

  await byId('passkey-remove').click()
  await byId('owner-passkey').click()
  await expect(byId('lock-state')).toHaveAttribute('data-locks', 'false', { timeout: SLOW_MS })
})
