/**
 * Opens the real App on a fake node. The query says which world:
 * `?state=normal|empty|overfull|first-run|offline`, `&messages=100000`, `&locale=ar`, `&theme=dark`, `&update`, `&trouble=insecure|start`.
 * `&lock=passphrase|passkey|locked`, `&replaced`. The rest of the address is the app's own.
 */
import { render } from 'preact'
import { App } from '../../src/ui/App.tsx'
import { Trouble } from '../../src/ui/onboarding/Trouble.tsx'
import '../../src/ui/style/main.css'
import { createFakeNode } from './fake-node.ts'
import { makeWorld } from './worlds.ts'

const query = new URLSearchParams(location.search)
const root = document.querySelector('#app')
if (root === null) throw new Error('no #app')

const trouble = query.get('trouble')
if (trouble === 'insecure' || trouble === 'start') {
  render(<Trouble kind={trouble} detail="example: the database could not be opened" />, root)
} else {
  // kept over a reload of the same tab, so that addresses without a query stay in the same world
  const wanted = query.has('state') ? location.search : (sessionStorage.getItem('world') ?? '?state=normal')
  sessionStorage.setItem('world', wanted)
  const chosen = new URLSearchParams(wanted)
  const node = createFakeNode(makeWorld(chosen.get('state') ?? 'normal', chosen), chosen)
  Object.assign(globalThis, { cryptochat: { node } })
  render(
    <App
      node={node}
      updates={{
        watch: (tell) => {
          tell(chosen.has('update'))
          return () => undefined
        },
        apply: () => location.reload()
      }}
    />,
    root
  )
}
