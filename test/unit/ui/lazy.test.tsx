// @vitest-environment jsdom
/** Screens that are loaded when they are opened. */
import { cleanup, render, waitFor } from '@testing-library/preact'
import { render as draw } from 'preact'
import type { VNode } from 'preact'
import { afterEach, expect, test } from 'vitest'
import { lazyScreen } from '../../../src/ui/lazy.tsx'

afterEach(cleanup)

const Words = ({ text }: { readonly text: string }): VNode => <p>{text}</p>

test('what was fetched ahead and comes between the first drawing and its effect is shown all the same', async () => {
  const coming = Promise.withResolvers<typeof Words>()
  const Lazy = lazyScreen<{ readonly text: string }>(() => coming.promise)
  const ahead = Lazy.load()
  const root = document.body.appendChild(document.createElement('div'))
  // not by the testing library, which would run the effects at once
  draw(<Lazy text="there it is" />, root)
  coming.resolve(Words)
  await ahead
  await waitFor(() => expect(root.textContent).toBe('there it is'))
  draw(null, root)
  root.remove()
})

test('a load that fails can be tried again', async () => {
  let tries = 0
  const Lazy = lazyScreen<{ readonly text: string }>(async () => {
    if (++tries === 1) throw new Error('offline')
    return Words
  })
  const { container, getByRole } = render(<Lazy text="second try" />)
  await waitFor(() => getByRole('button'))
  getByRole('button').click()
  await waitFor(() => expect(container.textContent).toBe('second try'))
})
