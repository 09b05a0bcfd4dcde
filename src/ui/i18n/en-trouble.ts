/** What the plain pages say that need no node (`onboarding/Trouble.tsx`), beyond the two that the shell holds. */
export const enTrouble = {
  'trouble.newerTitle': 'A newer version has used your chats',
  'trouble.newerText':
    'The chats in this browser belong to a newer version of CryptoChat. Reload to get it. Nothing was lost.',
  'trouble.fullTitle': 'There is no space left',
  'trouble.fullText': 'This device has no room for your chats. Free some space, then try again. Nothing was lost.',
  'trouble.deniedTitle': 'CryptoChat may not keep anything here',
  'trouble.deniedText':
    'Your chats are kept in this browser only, and it refuses to. A private window or blocked site data is the usual reason. Allow site data for this address, then try again.',
  'trouble.waitingTitle': 'CryptoChat is open in another tab',
  'trouble.waitingText': 'That tab runs another version. If you continue here, it stops and asks to be reloaded.',
  'trouble.waitingAction': 'Continue here',
  'trouble.outdatedTitle': 'A newer version runs in another tab',
  'trouble.outdatedText': 'Reload this tab to go on. Your chats and drafts are kept.'
} as const
