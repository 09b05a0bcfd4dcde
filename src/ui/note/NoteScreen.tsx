/** The shared note of a chat. */
import type { VNode } from 'preact'
import type { ChatId } from '../../model/ids.ts'

export const NoteScreen = ({ chat }: { readonly chat: ChatId }): VNode => (
  <div class="screen" data-screen="note">
    {chat}
  </div>
)
