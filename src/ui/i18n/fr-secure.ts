/** French: lock, passphrase and passkeys, backup and restore, OpenPGP texts, filters of the search. */
import type { enSecure } from './en-secure.ts'
import type { Translation } from './message.ts'

export const frSecure: Translation<typeof enSecure> = {
  'lock.title': 'CryptoChat est verrouillé',
  'lock.text': 'Vos discussions sont chiffrées sur cet appareil. Rien ne peut être lu avant le déverrouillage.',
  'lock.passphrase': 'Phrase secrète',
  'lock.show': 'Afficher la saisie',
  'lock.hide': 'Masquer la saisie',
  'lock.capsLock': 'Verr. Maj est activé.',
  'lock.unlock': 'Déverrouiller',
  'lock.passkey': 'Déverrouiller avec une clé d’accès',
  'lock.wrong': 'Ce n’est pas la phrase secrète. Vérifiez Verr. Maj et la langue du clavier.',
  'lock.passkeyFailed': 'La clé d’accès n’a pas ouvert. Réessayez, ou utilisez un autre moyen.',
  'lock.passkeyWrong': 'Cette clé d’accès n’est pas celle de ces discussions.',
  'lock.noPasskeys':
    'Ces discussions ne s’ouvrent qu’avec une clé d’accès, et il n’y en a pas dans ce navigateur ou à cette adresse. Utilisez le navigateur et l’adresse où elle a été créée.',
  'lock.forgotten': 'Je n’arrive pas à entrer',
  'lock.forgottenText':
    'Personne ne peut retrouver une phrase secrète ni remplacer une clé d’accès. Il ne reste qu’à effacer cet appareil et à recommencer, ou à restaurer ensuite une sauvegarde.',
  'lock.wipe': 'Effacer cet appareil…',

  'wipe.title': 'Tout effacer sur cet appareil ?',
  'wipe.text':
    'Votre identité, vos discussions et toutes les clés de cet appareil disparaîtront. Sans sauvegarde, personne ne peut les retrouver. Les personnes à qui vous avez écrit gardent leurs copies.',
  'wipe.word': 'effacer',
  'wipe.type': 'Tapez « {word} » pour confirmer',
  'wipe.button': 'Tout effacer',
  'wipe.failed': 'L’effacement a échoué. Fermez toutes les autres fenêtres de l’application et réessayez.',

  'guard.title': 'Verrouillage',
  'guard.openTitle': 'Rien ne verrouille cet appareil',
  'guard.openText':
    'Ce qui est gardé ici est chiffré, mais sa clé est gardée à côté. Quiconque peut utiliser ce navigateur, ou copie ses fichiers, peut lire vos discussions. Une phrase secrète ou une clé d’accès y remédie.',
  'guard.closedTitle': 'Un verrou protège vos discussions',
  'guard.closedText':
    'Ce qui est gardé ici n’est lisible qu’après déverrouillage. Quiconque est devant l’appareil déverrouillé lit aussi.',
  'guard.passphrase': 'Phrase secrète',
  'guard.passphraseOn': 'Définie',
  'guard.passphraseOff': 'Non définie',
  'guard.change': 'Changer',
  'guard.remove': 'Retirer',
  'guard.setTitle': 'Définir une phrase secrète',
  'guard.changeTitle': 'Changer la phrase secrète',
  'guard.removeTitle': 'Retirer la phrase secrète ?',
  'guard.removeText': 'Vos clés d’accès ouvrent toujours cet appareil.',
  'guard.removeLastText':
    'Plus rien ne verrouillera alors cet appareil : quiconque peut utiliser ce navigateur, ou copie ses fichiers, pourra lire vos discussions.',
  'guard.current': 'Phrase secrète actuelle',
  'guard.new': 'Nouvelle phrase secrète',
  'guard.repeat': 'La même encore une fois',
  'guard.newHint':
    'Cinq mots pris au hasard sont solides et faciles à retenir. Personne ne peut les retrouver pour vous.',
  'guard.weak': 'Facile à deviner',
  'guard.fair': 'Pourrait être plus longue',
  'guard.strong': 'Difficile à deviner',
  'guard.short': 'Utilisez au moins 8 caractères.',
  'guard.different': 'Les deux ne sont pas identiques.',
  'guard.wrong': 'La phrase secrète actuelle n’est pas la bonne.',
  'guard.wasSet': 'La phrase secrète est définie.',
  'guard.wasRemoved': 'La phrase secrète a été retirée.',
  'guard.confirmTitle': 'Confirmez que c’est vous',
  'guard.confirmPasskey': 'Confirmer avec une clé d’accès',
  'guard.continue': 'Continuer',
  'guard.passkeys': 'Clés d’accès',
  'guard.passkeyNote':
    'Une clé d’accès ouvre cet appareil avec votre empreinte, votre visage, un code PIN ou une clé de sécurité. Votre système la garde, pas nous.',
  'guard.passkeyNumber': 'Clé d’accès {number}',
  'guard.passkeyAdd': 'Ajouter une clé d’accès',
  'guard.passkeyAdded': 'La clé d’accès a été ajoutée.',
  'guard.passkeyRemove': 'Retirer la clé d’accès {number}',
  'guard.passkeyRemoved': 'La clé d’accès a été retirée ici. Supprimez-la aussi dans les réglages de votre système.',
  'guard.passkeyLastText':
    'C’est le dernier verrou de cet appareil. Sans lui, quiconque peut utiliser ce navigateur peut lire vos discussions.',
  'guard.passkeyCancelled': 'Aucune clé d’accès n’a été créée. Rien n’a changé.',
  'guard.passkeyNoPrf':
    'Cette clé d’accès ne sait pas garder un secret pour une application (il lui manque l’extension PRF) et ne peut donc pas déverrouiller vos discussions. Prenez-en une autre, ou une phrase secrète.',
  'guard.passkeyMissing':
    'Il n’y a pas de clés d’accès dans ce navigateur ou à cette adresse. Utilisez une phrase secrète.',
  'guard.lockNow': 'Verrouiller maintenant',
  'guard.lockNowText': 'Dans toutes les fenêtres de ce navigateur',
  'guard.timeout': 'Verrouiller tout seul',
  'guard.timeoutNote':
    'Compté tant qu’aucune fenêtre de l’application n’est visible. Fermer le navigateur verrouille toujours.',
  'guard.never': 'Jamais',
  'guard.after': { one: 'Après {count} minute', other: 'Après {count} minutes' },
  'guard.wipe': 'Effacer cet appareil',
  'guard.wipeText': 'Identité, discussions et clés, définitivement',

  'settings.backup': 'Sauvegarde',
  'settings.backupText': 'Tout dans un fichier chiffré',
  'backup.make': 'Faire une sauvegarde',
  'backup.text':
    'Un fichier avec votre identité, vos contacts, groupes, messages et réglages. Il permet de continuer dans un autre navigateur, ou si celui-ci a perdu ses données.',
  'backup.inside':
    'Le fichier est chiffré avec une phrase secrète choisie ici. Personne ne peut la retrouver : sans elle le fichier ne vaut rien, avec elle quiconque a le fichier peut se faire passer pour vous.',
  'backup.outside':
    'Un seul appareil peut utiliser votre compte. Le compte passe là où la sauvegarde est restaurée, et cet appareil est exclu.',
  'backup.passphrase': 'Phrase secrète de la sauvegarde',
  'backup.save': 'Enregistrer la sauvegarde',
  'backup.working': 'Écriture de la sauvegarde… {size}',
  'backup.cancel': 'Arrêter',
  'backup.cancelled': 'La sauvegarde a été arrêtée. Le fichier inachevé est inutilisable.',
  'backup.doneTitle': 'La sauvegarde est enregistrée',
  'backup.done': '{name}, {size}. Gardez-la là où vous la retrouverez sans cet appareil.',
  'backup.again': 'En faire une autre',
  'backup.failed': 'La sauvegarde n’a pas abouti, son fichier est inutilisable. Rien n’a changé ici.',
  'backup.last': 'Dernière sauvegarde depuis ce navigateur : {when}',
  'backup.never': 'Aucune sauvegarde n’a encore été faite depuis ce navigateur.',
  'backup.remindTitle': 'Vos discussions ne sont que dans ce navigateur',
  'backup.remindText': 'Une sauvegarde les ramène s’il les perd.',
  'backup.remindMake': 'Faire une sauvegarde',
  'backup.remindLater': 'Plus tard',

  'restore.title': 'Restaurer une sauvegarde',
  'restore.text': 'Choisissez le fichier et tapez la phrase secrète que vous lui avez donnée.',
  'restore.file': 'Fichier de sauvegarde',
  'restore.choose': 'Choisir un fichier',
  'restore.other': 'Choisir un autre fichier',
  'restore.noFile': 'Choisissez d’abord le fichier de sauvegarde.',
  'restore.noPassphrase': 'Tapez la phrase secrète.',
  'restore.passphrase': 'Phrase secrète de la sauvegarde',
  'restore.takeover':
    'Votre compte passe ici. L’appareil qui l’utilisait est exclu : il garde ce qu’il a, mais n’envoie et ne reçoit plus rien.',
  'restore.start': 'Restaurer',
  'restore.back': 'Commencer sans sauvegarde',
  'restore.reading': 'Lecture du fichier…',
  'restore.finishing': 'Tout est remis à sa place…',
  'restore.wrong': 'La phrase secrète n’ouvre pas ce fichier. Rien n’a été changé.',
  'restore.damaged': 'Ce fichier est abîmé, tronqué, ou n’est pas une sauvegarde. Rien n’a été changé.',
  'restore.newer':
    'Cette sauvegarde vient d’une version plus récente de CryptoChat. Mettez l’application à jour ici, puis réessayez. Rien n’a été changé.',
  'restore.taken': 'Il y a déjà un compte dans ce navigateur, rien n’a donc été restauré.',
  'restore.unreadable': 'Le fichier n’a pas pu être lu. Choisissez-le à nouveau. Rien n’a été changé.',
  'restore.failed': 'Rien n’a été restauré ni changé. Veuillez réessayer.',
  'restore.doneTitle': 'Bon retour, {name}',
  'restore.done': { one: '{count} message est de retour.', other: '{count} messages sont de retour.' },
  'restore.donePeople':
    'Vos contacts apprennent l’existence du nouvel appareil quand vous êtes en ligne ensemble. D’ici là, un message peut prendre plus de temps.',
  'restore.doneOther': 'Votre autre appareil est désormais exclu. Vous pouvez l’effacer.',
  'restore.toChats': 'Aller à mes discussions',

  'replaced.title': 'Votre compte est passé sur un autre appareil',
  'replaced.text': 'Vous pouvez tout lire ici, mais plus rien n’est envoyé ni reçu.',
  'replaced.more': 'Ce que cela veut dire',
  'replaced.how':
    'Une sauvegarde de votre compte a été restaurée sur un autre appareil, qui a pris le relais. Deux appareils avec les mêmes clés perdraient des messages, celui-ci s’est donc arrêté.',
  'replaced.stranger':
    'Si ce n’était pas vous, quelqu’un a votre sauvegarde et sa phrase secrète. Prévenez vos contacts par un autre moyen et recommencez avec une nouvelle identité.',
  'replaced.unsent': 'Non envoyé d’ici',
  'replaced.unsentNone': 'Tout ce que vous avez écrit ici avait été envoyé.',
  'replaced.unsentTo': 'À {name}',
  'replaced.wipe': 'Effacer cet appareil…',

  'pgp.copy': 'Copier en OpenPGP',
  'pgp.copyDraft': 'Copier le brouillon en OpenPGP',
  'pgp.copied': 'Copié : signé, et chiffré pour {name}',
  'pgp.open': 'Ouvrir un texte OpenPGP',
  'pgp.openText':
    'Collez ce qui commence par -----BEGIN PGP MESSAGE-----. Il est ouvert ici et n’est envoyé nulle part.',
  'pgp.paste': 'Texte OpenPGP',
  'pgp.openButton': 'Ouvrir',
  'pgp.failed':
    'Impossible de l’ouvrir. Soit ce n’est pas un texte OpenPGP complet, soit il n’a pas été chiffré pour vous.',
  'pgp.text': 'Ce qu’il dit',
  'pgp.good': 'Signé par {name}. La signature est juste.',
  'pgp.goodSelf': 'Signé par vous. La signature est juste.',
  'pgp.unknown': 'Signé, mais avec une clé inconnue ici. N’importe qui a pu le faire.',
  'pgp.bad':
    'La signature est fausse. Quelqu’un a modifié le texte ou se fait passer pour un autre. Ne vous y fiez pas.',
  'pgp.none': 'Non signé. N’importe qui a pu l’écrire.',
  'pgp.signer': 'Clé de la signature',
  'pgp.toChat': 'Aller à la discussion',
  'pgp.another': 'En ouvrir un autre',

  'find.filters': 'Filtres',
  'find.chat': 'Discussion',
  'find.anyChat': 'Toutes les discussions',
  'find.person': 'Écrit par',
  'find.anyone': 'Tout le monde',
  'find.from': 'Du',
  'find.to': 'Au',
  'find.clear': 'Effacer les filtres',
  'find.more': 'Recherche dans les messages plus anciens…',
  'find.many': 'Seuls les {count} plus récents sont affichés. Plus de mots ou un filtre en trouvent de plus anciens.'
}
