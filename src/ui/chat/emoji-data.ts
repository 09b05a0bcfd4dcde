/**
 * The emoji of the picker with English words to find them by. A small set of our own, loaded when the picker opens:
 * whatever else a person types with the system's keyboard works as well.
 */
export type EmojiGroup = 'faces' | 'people' | 'nature' | 'food' | 'activity' | 'things' | 'symbols'

export interface EmojiEntry {
  readonly emoji: string
  readonly words: string
}

const DATA: Readonly<Record<EmojiGroup, string>> = {
  faces: `😀 grin happy smile|😃 smile happy open|😄 laugh happy smile eyes|😁 beam grin teeth|😆 laugh squint haha|😅 sweat laugh relief|🤣 rofl rolling floor laugh|😂 joy tears laugh cry|🙂 slight smile|🙃 upside down silly|🫠 melting|😉 wink|😊 blush smile happy|😇 angel halo innocent|🥰 love hearts adore|😍 heart eyes love|🤩 star struck wow|😘 kiss love|😗 kiss|😚 kiss closed eyes|😙 kiss smile|🥲 smile tear|😋 yum delicious tongue|😛 tongue|😜 wink tongue crazy|🤪 zany crazy goofy|😝 squint tongue|🤑 money rich|🤗 hug|🤭 giggle oops hand|🫢 gasp surprise|🫣 peek shy|🤫 shush quiet secret|🤔 think hmm|🫡 salute|🤐 zipper mouth secret|🤨 eyebrow doubt|😐 neutral meh|😑 expressionless|😶 no mouth silent|🫥 dotted line invisible|😏 smirk|😒 unamused|🙄 eye roll|😬 grimace awkward|🤥 lie pinocchio|😌 relieved calm|😔 pensive sad|😪 sleepy|🤤 drool|😴 sleep zzz|😷 mask sick|🤒 fever ill|🤕 bandage hurt|🤢 nausea sick|🤮 vomit sick|🤧 sneeze cold|🥵 hot heat|🥶 cold freeze|🥴 woozy drunk|😵 dizzy dead|🤯 mind blown explode|🤠 cowboy|🥳 party celebrate birthday|🥸 disguise|😎 cool sunglasses|🤓 nerd geek|🧐 monocle inspect|😕 confused|🫤 diagonal mouth unsure|😟 worried|🙁 frown sad|😮 surprise open mouth wow|😯 hushed|😲 astonished|😳 flushed embarrassed|🥺 pleading please|🥹 holding tears moved|😦 frown open|😨 fear scared|😰 anxious sweat|😥 sad relief|😢 cry sad tear|😭 sob cry loud|😱 scream fear|😖 confounded|😣 persevere|😞 disappointed sad|😓 sweat downcast|😩 weary tired|😫 tired|🥱 yawn bored|😤 triumph huff|😡 rage angry red|😠 angry|🤬 curse swear|😈 devil smile|👿 devil angry|💀 skull dead|💩 poo|🤡 clown|👻 ghost|👽 alien|🤖 robot|😺 cat happy|😹 cat joy|😻 cat love|🙈 see no evil monkey|🙉 hear no evil monkey|🙊 speak no evil monkey`,
  people: `👋 wave hello bye hi|🤚 back hand|✋ hand stop high five|🖖 vulcan spock|👌 ok perfect|🤌 pinched italian|🤏 pinch small|✌️ victory peace|🤞 crossed fingers luck|🫰 finger heart|🤟 love you|🤘 rock horns|🤙 call me|👈 left point|👉 right point|👆 up point|👇 down point|☝️ index up|🫵 you point|👍 thumbs up yes like good|👎 thumbs down no dislike bad|✊ fist raised|👊 fist bump|🤛 left fist|🤜 right fist|👏 clap applause bravo|🙌 raised hands hooray|🫶 heart hands love|👐 open hands|🤲 palms up|🤝 handshake deal|🙏 pray please thanks|✍️ write|💅 nails|🤳 selfie|💪 muscle strong|👂 ear|👃 nose|👀 eyes look|👁️ eye|🧠 brain|🫀 heart organ|👶 baby|🧒 child|👦 boy|👧 girl|🧑 person|👨 man|👩 woman|🧓 older|👴 grandpa old man|👵 grandma old woman|🙍 frown person|🙅 no gesture|🙆 ok gesture|💁 tip hand|🙋 raise hand question|🙇 bow sorry|🤦 facepalm|🤷 shrug dunno|👮 police|🕵️ detective|💂 guard|👷 builder worker|🤴 prince|👸 princess|🦸 superhero|🧙 mage wizard|🧚 fairy|🧜 merperson|🧝 elf|🧛 vampire|🧟 zombie|💆 massage|💇 haircut|🚶 walk|🏃 run|💃 dance woman|🕺 dance man|🧘 yoga meditate|🛌 bed sleep|👫 couple|👪 family|🗣️ speak|👤 silhouette|🫂 hug people`,
  nature: `🐶 dog|🐱 cat|🐭 mouse|🐹 hamster|🐰 rabbit|🦊 fox|🐻 bear|🐼 panda|🐨 koala|🐯 tiger|🦁 lion|🐮 cow|🐷 pig|🐸 frog|🐵 monkey|🐔 chicken|🐧 penguin|🐦 bird|🐤 chick|🦆 duck|🦅 eagle|🦉 owl|🦇 bat|🐺 wolf|🐗 boar|🐴 horse|🦄 unicorn|🐝 bee|🐛 bug caterpillar|🦋 butterfly|🐌 snail|🐞 ladybird|🐜 ant|🕷️ spider|🐢 turtle|🐍 snake|🦎 lizard|🐙 octopus|🦑 squid|🦀 crab|🐠 fish tropical|🐟 fish|🐬 dolphin|🐳 whale|🦈 shark|🐊 crocodile|🐘 elephant|🦒 giraffe|🐪 camel|🦘 kangaroo|🐑 sheep|🐐 goat|🦔 hedgehog|🐾 paw|🌵 cactus|🎄 christmas tree|🌲 tree evergreen|🌳 tree|🌴 palm|🌱 seedling|🍀 clover luck|🍁 maple leaf|🍂 autumn leaf|🌸 blossom cherry|🌹 rose|🌻 sunflower|🌷 tulip|💐 bouquet flowers|🌍 earth world|🌙 moon|⭐ star|🌟 glowing star|✨ sparkles|⚡ lightning|🔥 fire hot lit|🌈 rainbow|☀️ sun|⛅ cloud sun|☁️ cloud|🌧️ rain|⛈️ storm|❄️ snow|⛄ snowman|💧 drop|🌊 wave sea`,
  food: `🍏 apple green|🍎 apple red|🍐 pear|🍊 orange|🍋 lemon|🍌 banana|🍉 watermelon|🍇 grapes|🍓 strawberry|🫐 blueberry|🍒 cherry|🍑 peach|🥭 mango|🍍 pineapple|🥥 coconut|🥝 kiwi|🍅 tomato|🥑 avocado|🥦 broccoli|🥕 carrot|🌽 corn|🌶️ chilli hot|🥔 potato|🧄 garlic|🧅 onion|🍄 mushroom|🥜 nuts|🍞 bread|🥐 croissant|🥨 pretzel|🧀 cheese|🥚 egg|🍳 cooking egg|🥞 pancakes|🥓 bacon|🍗 chicken leg|🍖 meat|🍔 burger|🍟 fries chips|🍕 pizza|🌭 hot dog|🥪 sandwich|🌮 taco|🌯 burrito|🥗 salad|🍝 spaghetti pasta|🍜 noodles ramen|🍲 stew soup|🍛 curry|🍣 sushi|🍚 rice|🥟 dumpling|🍦 ice cream|🍩 doughnut|🍪 cookie|🎂 birthday cake|🍰 cake|🧁 cupcake|🍫 chocolate|🍬 sweet candy|🍿 popcorn|🍯 honey|☕ coffee|🍵 tea|🥛 milk|🍺 beer|🍻 beers cheers|🥂 champagne cheers|🍷 wine|🍸 cocktail|🍹 tropical drink|🧃 juice|🍾 bottle celebrate|🍴 fork knife`,
  activity: `⚽ football soccer|🏀 basketball|🏈 american football|⚾ baseball|🎾 tennis|🏐 volleyball|🏉 rugby|🎱 billiards|🏓 table tennis|🏸 badminton|🥅 goal|⛳ golf|🎣 fishing|🤿 diving|🥊 boxing|🥋 martial arts|🎽 running shirt|🛹 skateboard|⛸️ ice skate|🎿 ski|🏂 snowboard|🏋️ weights gym|🚴 bike cycling|🏊 swim|🏄 surf|🚣 rowing boat|🧗 climb|🏆 trophy win|🥇 gold medal first|🥈 silver|🥉 bronze|🎖️ medal|🎫 ticket|🎪 circus|🎭 theatre|🎨 art paint|🎬 film|🎤 microphone sing|🎧 headphones music|🎹 piano|🥁 drum|🎷 saxophone|🎺 trumpet|🎸 guitar|🎻 violin|🎲 dice|♟️ chess|🎯 target dart|🎳 bowling|🎮 game|🧩 puzzle|🎉 party tada celebrate|🎊 confetti|🎈 balloon|🎁 gift present|🎃 pumpkin halloween|🚗 car|🚕 taxi|🚌 bus|🚓 police car|🚑 ambulance|🚒 fire engine|🚚 truck|🚜 tractor|🏍️ motorcycle|🚲 bicycle|🚄 train|🚉 station|✈️ plane flight|🚀 rocket|🚁 helicopter|⛵ sailboat|🛶 canoe kayak|🚢 ship|⚓ anchor|🏠 house home|🏢 office|🏥 hospital|🏫 school|⛪ church|🏖️ beach|🏕️ camping|⛰️ mountain|🌋 volcano|🏝️ island|🌃 night city|🌅 sunrise|🗺️ map`,
  things: `⌚ watch|📱 phone mobile|💻 laptop|⌨️ keyboard|🖥️ computer|🖨️ printer|📷 camera|📸 flash photo|🎥 video|📞 telephone call|📺 tv|📻 radio|⏰ alarm clock|⌛ hourglass|🔋 battery|🔌 plug|💡 idea bulb|🔦 torch|🕯️ candle|💸 money|💵 dollar|💶 euro|💳 card|💎 gem|⚖️ scales|🔧 wrench|🔨 hammer|🛠️ tools|⚙️ gear|🧲 magnet|💣 bomb|🔪 knife|🛡️ shield|🔮 crystal ball|💊 pill|💉 syringe|🩹 plaster|🧬 dna|🔬 microscope|🔭 telescope|🧹 broom|🧺 basket|🧻 paper|🚿 shower|🛁 bath|🔑 key|🚪 door|🛋️ sofa|🛏️ bed|🧸 teddy|🖼️ picture|🛍️ shopping bags|🛒 trolley|✉️ letter|📧 email|📦 package|📫 mailbox|📝 note memo|📄 page|📅 calendar|📈 chart up|📉 chart down|📊 bar chart|📌 pin|📎 paperclip|✂️ scissors|📏 ruler|🗑️ bin trash|🔒 lock|🔓 unlock|🔍 search|📚 books|📖 book|👓 glasses|🕶️ sunglasses|👔 tie|👕 shirt|👖 jeans|👗 dress|👟 shoe|👠 heel|👑 crown|🎩 hat|🎓 graduate|💍 ring|💄 lipstick|👜 bag|☂️ umbrella`,
  symbols: `❤️ heart love red|🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|🤍 white heart|🤎 brown heart|💔 broken heart|❤️‍🔥 heart fire|❤️‍🩹 mending heart|💕 two hearts|💞 revolving hearts|💓 beating heart|💗 growing heart|💖 sparkling heart|💘 arrow heart|💝 heart ribbon|💯 hundred|💢 anger|💥 boom|💫 dizzy|💦 sweat drops|💨 dash|💬 speech|💭 thought|💤 sleep zzz|✅ check yes done|☑️ check box|✔️ tick|❌ cross no|❎ cross box|➕ plus|➖ minus|✖️ times|➗ divide|❓ question|❔ question white|❗ exclamation|‼️ double exclamation|⁉️ question exclamation|⚠️ warning|🚫 forbidden|⛔ no entry|🔞 eighteen|☢️ radioactive|☣️ biohazard|⬆️ up|⬇️ down|⬅️ left|➡️ right|🔄 refresh|🔁 repeat|🔀 shuffle|▶️ play|⏸️ pause|⏹️ stop|🔊 loud|🔇 mute|🔔 bell|🔕 no bell|🎵 note music|🎶 notes music|♻️ recycle|🆗 ok|🆕 new|🆒 cool|🆘 sos|🔴 red circle|🟠 orange circle|🟡 yellow circle|🟢 green circle|🔵 blue circle|🟣 purple circle|⚫ black circle|⚪ white circle|🏁 finish flag|🚩 flag red|🏳️‍🌈 rainbow flag pride|🏴‍☠️ pirate flag|🕊️ dove peace|☮️ peace|☯️ yin yang`
}

export const EMOJI_GROUPS = Object.keys(DATA) as readonly EmojiGroup[]

const parse = (data: string): readonly EmojiEntry[] =>
  data.split('|').map((entry) => {
    const space = entry.indexOf(' ')
    return { emoji: entry.slice(0, space), words: entry.slice(space + 1) }
  })

export const EMOJI: Readonly<Record<EmojiGroup, readonly EmojiEntry[]>> = {
  faces: parse(DATA.faces),
  people: parse(DATA.people),
  nature: parse(DATA.nature),
  food: parse(DATA.food),
  activity: parse(DATA.activity),
  things: parse(DATA.things),
  symbols: parse(DATA.symbols)
}

/** Entries all of whose searched words begin a word of theirs; those named by it first. */
export const findEmoji = (query: string): readonly EmojiEntry[] => {
  const wanted = query.toLowerCase().split(/\s+/u).filter(Boolean)
  if (wanted.length === 0) return []
  const rank = ({ words }: EmojiEntry): number => (words.startsWith(wanted[0] ?? '') ? 0 : 1)
  return EMOJI_GROUPS.flatMap((group) => EMOJI[group])
    .filter(({ words }) => wanted.every((one) => words.split(' ').some((word) => word.startsWith(one))))
    .toSorted((a, b) => rank(a) - rank(b))
}

/** None, then the five of Unicode. */
export const SKIN_TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿'] as const
export type SkinTone = (typeof SKIN_TONES)[number]

export const withSkinTone = (emoji: string, tone: SkinTone): string => {
  const bare = emoji.replace('\uFE0F', '')
  return tone !== '' && /^\p{Emoji_Modifier_Base}$/u.test(bare) ? `${bare}${tone}` : emoji
}
