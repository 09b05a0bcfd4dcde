/** Hands a text to the person as a file. */
export const saveFile = (name: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // the browser has taken it by the next task
  setTimeout(() => URL.revokeObjectURL(url))
}
