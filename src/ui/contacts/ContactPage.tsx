import type { VNode } from 'preact'
import type { Did } from '../../model/ids.ts'

export const ContactPage = ({ did }: { readonly did: Did }): VNode => <div data-screen="contact">{did}</div>
