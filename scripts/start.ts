/** `npm start`: builds when needed, then becomes the relay that also serves the app. */
import { ensureBuilt } from './ensure-built.ts'

ensureBuilt()
await import('../relay/main.ts')
