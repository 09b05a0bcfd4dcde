import type { enTrouble } from './en-trouble.ts'
import type { Translation } from './message.ts'

export const deTrouble: Translation<typeof enTrouble> = {
  'trouble.newerTitle': 'Eine neuere Version hat deine Chats benutzt',
  'trouble.newerText':
    'Die Chats in diesem Browser gehören zu einer neueren Version von CryptoChat. Lade neu, um sie zu bekommen. Es ist nichts verloren.',
  'trouble.fullTitle': 'Der Speicher ist voll',
  'trouble.fullText':
    'Auf diesem Gerät ist kein Platz für deine Chats. Gib Speicher frei und versuche es noch einmal. Es ist nichts verloren.',
  'trouble.deniedTitle': 'CryptoChat darf hier nichts speichern',
  'trouble.deniedText':
    'Deine Chats liegen nur in diesem Browser, und er lässt das nicht zu. Meist liegt es an einem privaten Fenster oder an gesperrten Websitedaten. Erlaube sie für diese Adresse und versuche es noch einmal.',
  'trouble.waitingTitle': 'CryptoChat ist in einem anderen Tab geöffnet',
  'trouble.waitingText':
    'Dort läuft eine andere Version. Wenn du hier weitermachst, hält sie an und bittet darum, neu geladen zu werden.',
  'trouble.waitingAction': 'Hier weitermachen',
  'trouble.outdatedTitle': 'In einem anderen Tab läuft eine neuere Version',
  'trouble.outdatedText': 'Lade diesen Tab neu, um weiterzumachen. Deine Chats und Entwürfe bleiben erhalten.'
}
