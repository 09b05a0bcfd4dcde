/** English: new chat, contacts, settings, debug. */
export const enPages = {
  'pages.title': 'CryptoChat'
} as const
