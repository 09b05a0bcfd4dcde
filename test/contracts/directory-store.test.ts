import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDirectoryStore } from '../../relay/directory-store.ts'
import { directoryStoreContract } from './directory-store.ts'
import { createMemoryDirectoryStore } from './memory-directory-store.ts'

directoryStoreContract('memory', (options) => ({ store: createMemoryDirectoryStore(options), remove: () => {} }), {
  forgets: true
})

directoryStoreContract('SQLite', (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'cryptochat-store-'))
  const open = () => openDirectoryStore({ file: join(folder, 'directory.sqlite'), ...options })
  return { store: open(), reopen: open, remove: () => rmSync(folder, { recursive: true }) }
})
