/** English: the conversation, composer, delivery panel. Keys begin with `chat.`. */
export const enChat = {
  'chat.composer': 'Message'
} as const
