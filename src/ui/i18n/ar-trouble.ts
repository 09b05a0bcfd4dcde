import type { enTrouble } from './en-trouble.ts'
import type { Translation } from './message.ts'

export const arTrouble: Translation<typeof enTrouble> = {
  'trouble.newerTitle': 'استخدم إصدار أحدث محادثاتك',
  'trouble.newerText':
    'المحادثات في هذا المتصفح تخص إصدارًا أحدث من CryptoChat. أعد التحميل للحصول عليه. لم يُفقد أي شيء.',
  'trouble.fullTitle': 'لا توجد مساحة كافية',
  'trouble.fullText': 'لا توجد على هذا الجهاز مساحة لمحادثاتك. أخلِ بعض المساحة ثم حاول مرة أخرى. لم يُفقد أي شيء.',
  'trouble.deniedTitle': 'لا يُسمح لـ CryptoChat بحفظ أي شيء هنا',
  'trouble.deniedText':
    'تُحفظ محادثاتك في هذا المتصفح فقط، وهو يرفض ذلك. السبب المعتاد هو نافذة خاصة أو حظر بيانات المواقع. اسمح بها لهذا العنوان ثم حاول مرة أخرى.',
  'trouble.waitingTitle': 'CryptoChat مفتوح في علامة تبويب أخرى',
  'trouble.waitingText': 'تعمل تلك العلامة بإصدار آخر. إذا تابعت هنا فستتوقف وتطلب إعادة تحميلها.',
  'trouble.waitingAction': 'المتابعة هنا',
  'trouble.outdatedTitle': 'يعمل إصدار أحدث في علامة تبويب أخرى',
  'trouble.outdatedText': 'أعد تحميل علامة التبويب هذه للمتابعة. محادثاتك ومسوداتك محفوظة.'
}
