/** How a link came here: one that was scanned from the owner's screen verifies its owner (ID7). Page memory only. */
const scanned = new Set<string>()

export const openedLinks = {
  wasScanned: (link: string): boolean => scanned.has(link),
  markScanned: (link: string): void => {
    scanned.add(link)
  }
}
