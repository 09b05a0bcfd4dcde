import type { VNode } from 'preact'

export const Invitation = ({ link }: { readonly link: string }): VNode => <div data-screen="invite">{link}</div>
