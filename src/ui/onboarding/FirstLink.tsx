import type { VNode } from 'preact'

export const FirstLink = (): VNode => <div data-screen="link" />
