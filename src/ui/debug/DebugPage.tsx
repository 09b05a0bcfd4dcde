import type { VNode } from 'preact'

export const DebugPage = (): VNode => <div data-screen="debug" />
