import type { VNode } from 'preact'

export const Welcome = (): VNode => <div data-screen="welcome" />
