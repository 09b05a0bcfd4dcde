import type { enTrouble } from './en-trouble.ts'
import type { Translation } from './message.ts'

export const frTrouble: Translation<typeof enTrouble> = {
  'trouble.newerTitle': 'Une version plus récente a utilisé vos discussions',
  'trouble.newerText':
    'Les discussions de ce navigateur appartiennent à une version plus récente de CryptoChat. Rechargez la page pour l’obtenir. Rien n’a été perdu.',
  'trouble.fullTitle': 'Il n’y a plus de place',
  'trouble.fullText':
    'Cet appareil n’a plus de place pour vos discussions. Libérez de l’espace, puis réessayez. Rien n’a été perdu.',
  'trouble.deniedTitle': 'CryptoChat ne peut rien conserver ici',
  'trouble.deniedText':
    'Vos discussions sont conservées uniquement dans ce navigateur, et il refuse. C’est souvent dû à une fenêtre privée ou à des données de site bloquées. Autorisez-les pour cette adresse, puis réessayez.',
  'trouble.waitingTitle': 'CryptoChat est ouvert dans un autre onglet',
  'trouble.waitingText':
    'Cet onglet utilise une autre version. Si vous continuez ici, il s’arrêtera et demandera à être rechargé.',
  'trouble.waitingAction': 'Continuer ici',
  'trouble.outdatedTitle': 'Une version plus récente est ouverte dans un autre onglet',
  'trouble.outdatedText': 'Rechargez cet onglet pour continuer. Vos discussions et brouillons sont conservés.'
}
