import type { VNode } from 'preact'

export const NewChat = (): VNode => <div data-screen="new-chat" />
