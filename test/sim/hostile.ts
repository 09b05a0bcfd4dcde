/** Somebody whose app was rewritten: what they call "forged" is signed with nothing. They are known to the first person. */
import type { Person } from '../cast.ts'
import { survive } from './deeds.ts'
import { isIn, nodeOf, note, type Run, viewOf } from './run.ts'

/** A group takes them in, knowing nothing. */
export const letIn = async ({ persons: [host], groups: [group], hostile }: Run): Promise<void> => {
  if (host !== undefined && group !== undefined && hostile !== undefined)
    await nodeOf(host).addMembers(group.chat, [hostile.did])
}

export const forge = async (run: Run, hostile: Person): Promise<void> => {
  const [host] = run.persons
  const [group] = run.groups
  if (host === undefined) return
  const text = `forged #${run.step}`
  const isInGroup = group !== undefined && isIn(await viewOf(hostile, group))
  const chat = isInGroup && run.random.fraction() < 0.5 ? group.chat : await hostile.chatWith(host)
  note(run, `${hostile.name} forges ${text}`)
  await survive(() => hostile.messenger.send(chat, { text }))
}
