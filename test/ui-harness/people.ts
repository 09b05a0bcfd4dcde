/** Who lives in the harness: names of every kind, and something each of them would say. */
export interface Figure {
  readonly name: string
  readonly hue: number
  readonly lines: readonly string[]
  readonly verified?: boolean
}

export const PEOPLE: readonly Figure[] = [
  {
    name: 'Lena Marković',
    hue: 350,
    verified: true,
    lines: [
      'Did the boat survive the weir?',
      'Barely. The bow has a scratch the length of my arm, but she floats.',
      'Tomás owes us a dinner 😄',
      'He says Saturday, his place. Bring the route for spring?',
      'And the photos from the gorge, the originals please, I want to print two of them.'
    ]
  },
  { name: 'Tomás Ferreira', hue: 255, lines: ['I can bring the second boat', 'The river is at 1.40 m, perfect'] },
  {
    name: 'Aya Bensaïd',
    hue: 150,
    lines: ['Did you read https://example.org/late-trains ?', '*Unbelievable*, isn’t it']
  },
  {
    name: 'Hannah Weiß',
    hue: 65,
    lines: ['The keys are with the neighbour', 'Could you water the plants on Thursday?']
  },
  { name: 'Opa 💛', hue: 20, lines: ['👍', 'Wann kommt ihr?', '❤️'] },
  { name: 'Jun Satō', hue: 300, verified: true, lines: ['See you in the new year then!', 'Bis bald'] },
  {
    name: 'نور الهدى',
    hue: 200,
    lines: ['مرحبا! كيف حالك اليوم؟', 'سأصل في الساعة 8:30 مساءً إلى محطة Gare de Lyon', 'إن شاء الله']
  },
  {
    name: 'Maximiliane Katharina von Hohenstein-Bartholdy zu Reichenbach',
    hue: 110,
    lines: [
      'I have written this down in one very long paragraph, because the question deserves a proper answer and not just a thumbs-up: yes, we should rent the house by the lake, but only if everybody agrees on the dates before the end of the month, since the owner wants a deposit.',
      'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
    ]
  },
  { name: '李明', hue: 30, lines: ['晚上一起吃饭吗?', '我七点到,老地方见'] },
  { name: 'מיכל כהן', hue: 280, lines: ['שלום, מה נשמע?', 'ok תודה'] },
  { name: 'k', hue: 90, lines: ['k', 'ok'] },
  { name: 'Зоя Петрова', hue: 330, lines: ['Привет!', 'Напиши, когда доедешь'] }
]
