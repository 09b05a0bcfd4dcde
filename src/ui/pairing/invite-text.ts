/** Finds the invitation link in what somebody pasted or scanned: alone, or in the middle of a message. */
export const inviteIn = (text: string): string | undefined => {
  const found = /\b(?:https?|web\+cryptochat):\/\/\S+?#[ig]\/[\w-]+/i.exec(text)?.[0]
  return found !== undefined && URL.canParse(found) ? found : undefined
}
