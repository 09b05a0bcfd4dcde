/**
 * The floor under a message: one data channel between the two pages and one strict IndexedDB write, with nothing of ours
 * in between. Every function runs in a page and holds all it needs.
 */

declare global {
  var bare: { readonly peer: RTCPeerConnection; channel?: RTCDataChannel }
}

export const offerBare = async (): Promise<RTCSessionDescriptionInit> => {
  const peer = new RTCPeerConnection()
  globalThis.bare = { peer, channel: peer.createDataChannel('bare') }
  await peer.setLocalDescription()
  while (peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 10))
  return { type: 'offer', sdp: peer.localDescription?.sdp ?? '' }
}

export const answerBare = async (offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> => {
  const peer = new RTCPeerConnection()
  globalThis.bare = { peer }
  peer.addEventListener('datachannel', ({ channel }) => {
    channel.addEventListener('message', ({ data }) => channel.send(data))
  })
  await peer.setRemoteDescription(offer)
  await peer.setLocalDescription()
  while (peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 10))
  return { type: 'answer', sdp: peer.localDescription?.sdp ?? '' }
}

export const openBare = async (answer: RTCSessionDescriptionInit): Promise<void> => {
  await globalThis.bare.peer.setRemoteDescription(answer)
  while (globalThis.bare.channel?.readyState !== 'open') await new Promise((resolve) => setTimeout(resolve, 10))
}

/** As large as a sealed short message (PLATFORM: 1.7 kB). */
export const measureRoundTrips = async (runs: number): Promise<number[]> => {
  const { channel } = globalThis.bare
  if (channel === undefined) throw new Error('no channel')
  channel.binaryType = 'arraybuffer'
  const message = new Uint8Array(1_700)
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    const back = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }))
    channel.send(message)
    await back
    times.push(performance.now() - start)
  }
  return times
}

export const measureStrictWrites = async (runs: number): Promise<number[]> => {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('bare', 1)
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('rows', { autoIncrement: true }))
    opening.addEventListener('success', () => resolve(opening.result))
    opening.addEventListener('error', () => reject(new Error('no database', { cause: opening.error })))
  })
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await new Promise((resolve, reject) => {
      const writing = database.transaction('rows', 'readwrite', { durability: 'strict' })
      writing.objectStore('rows').put({ bytes: new Uint8Array(1_700) })
      writing.addEventListener('complete', resolve)
      writing.addEventListener('abort', () => reject(new Error('not written', { cause: writing.error })))
    })
    times.push(performance.now() - start)
  }
  database.close()
  indexedDB.deleteDatabase('bare')
  return times
}
