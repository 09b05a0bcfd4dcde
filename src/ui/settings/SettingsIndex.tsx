import type { VNode } from 'preact'

export const SettingsIndex = (): VNode => <div data-screen="settings" />
