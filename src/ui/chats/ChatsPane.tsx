/** The chat list with its search, filters and menu. */
import type { VNode } from 'preact'
import { useChats } from '../state/node.tsx'
import { Link } from '../Link.tsx'

export const ChatsPane = ({ requests }: { readonly requests: boolean }): VNode => {
  const chats = useChats()
  return (
    <div class="screen" data-screen={requests ? 'requests' : 'chats'}>
      {chats?.rows.map((row) => (
        <Link key={row.chat} to={{ name: 'chat', chat: row.chat }} data-id="chat-row" data-chat={row.chat}>
          {row.title}
        </Link>
      ))}
    </div>
  )
}
