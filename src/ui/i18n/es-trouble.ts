import type { enTrouble } from './en-trouble.ts'
import type { Translation } from './message.ts'

export const esTrouble: Translation<typeof enTrouble> = {
  'trouble.newerTitle': 'Una versión más reciente ha usado tus chats',
  'trouble.newerText':
    'Los chats de este navegador pertenecen a una versión más reciente de CryptoChat. Recarga para obtenerla. No se ha perdido nada.',
  'trouble.fullTitle': 'No queda espacio',
  'trouble.fullText':
    'Este dispositivo no tiene sitio para tus chats. Libera espacio e inténtalo de nuevo. No se ha perdido nada.',
  'trouble.deniedTitle': 'CryptoChat no puede guardar nada aquí',
  'trouble.deniedText':
    'Tus chats se guardan solo en este navegador, y este no lo permite. Suele deberse a una ventana privada o a que los datos del sitio están bloqueados. Permítelos para esta dirección e inténtalo de nuevo.',
  'trouble.waitingTitle': 'CryptoChat está abierto en otra pestaña',
  'trouble.waitingText': 'Esa pestaña usa otra versión. Si continúas aquí, se detendrá y pedirá que la recargues.',
  'trouble.waitingAction': 'Continuar aquí',
  'trouble.outdatedTitle': 'Hay una versión más reciente en otra pestaña',
  'trouble.outdatedText': 'Recarga esta pestaña para continuar. Tus chats y borradores se conservan.'
}
