import type { VNode } from 'preact'
import type { SettingsPage } from '../routes.ts'

export const SettingsScreen = ({ page }: { readonly page: SettingsPage }): VNode => (
  <div data-screen={`settings-${page}`} />
)
