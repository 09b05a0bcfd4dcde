import type { enTrouble } from './en-trouble.ts'
import type { Translation } from './message.ts'

export const zhHansTrouble: Translation<typeof enTrouble> = {
  'trouble.newerTitle': '你的聊天已由更新的版本使用',
  'trouble.newerText': '此浏览器中的聊天属于更新版本的 CryptoChat。请重新加载以获取该版本。没有丢失任何内容。',
  'trouble.fullTitle': '没有剩余空间',
  'trouble.fullText': '此设备没有空间存放你的聊天。请释放一些空间后重试。没有丢失任何内容。',
  'trouble.deniedTitle': 'CryptoChat 无法在此保存任何内容',
  'trouble.deniedText':
    '你的聊天只保存在此浏览器中，而浏览器拒绝保存。通常是因为使用了隐私窗口或屏蔽了网站数据。请为此地址允许网站数据，然后重试。',
  'trouble.waitingTitle': 'CryptoChat 已在另一个标签页中打开',
  'trouble.waitingText': '那个标签页运行的是另一个版本。如果在此继续，它将停止并提示重新加载。',
  'trouble.waitingAction': '在此继续',
  'trouble.outdatedTitle': '另一个标签页正在运行更新的版本',
  'trouble.outdatedText': '请重新加载此标签页以继续。你的聊天和草稿都会保留。'
}
