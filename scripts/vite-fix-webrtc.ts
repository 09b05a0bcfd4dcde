/**
 * Build-time fix of @libp2p/webrtc 6.0.33: the dialling side waits for its `init` channel to open, which the other side may
 * have opened and closed already, and hangs (5–16 % of dials). Fixed: whatever it is now, end it, and go on only while
 * the connection stands. The build fails when the package changes, so that somebody looks again.
 */
interface Plugin {
  readonly name: string
  readonly enforce: 'pre'
  transform(this: { error(message: string): never }, code: string, id: string): { code: string; map: null } | undefined
}

const FILE = '@libp2p/webrtc/dist/src/private-to-private/initiate-connection.js'
const FROM = "if (channel.readyState !== 'open') {"
const UP_TO = "onProgress?.(new CustomProgressEvent('webrtc:close-signaling-stream'))"
/** The whole of what is replaced, without white space: any change of it is noticed. */
const EXPECTED =
  "if(channel.readyState!=='open'){log.trace('waitforinitchanneltoopen');awaitpEvent(channel,'open',{signal});}log.trace('closinginitchannel');channel.close();//waitforinitchanneltoclosebeforeproceeding,otherwisethechannel//idcanbereusedbeforebothsideshaveseenthechannelcloselog.trace('waitingforinitchanneltoclose');awaitpEvent(channel,'close',{signal});"

const FIXED = `if (channel.readyState === 'connecting') {
            await Promise.race([pEvent(channel, 'open', { signal }), pEvent(channel, 'close', { signal })]);
        }
        if (channel.readyState !== 'closed') {
            const closed = pEvent(channel, 'close', { signal });
            channel.close();
            await closed;
        }
        if (peerConnection.connectionState === 'closed' || peerConnection.connectionState === 'failed') {
            throw new SDPHandshakeFailedError('The connection failed while it was made');
        }
        `

export const fixInitiator = (code: string): string | undefined => {
  const from = code.indexOf(FROM)
  const upTo = code.indexOf(UP_TO)
  if (from < 0 || upTo < from) return undefined
  if (code.slice(from, upTo).replaceAll(/\s/g, '') !== EXPECTED) return undefined
  return code.slice(0, from) + FIXED + code.slice(upTo)
}

/** For `plugins` and for `worker.plugins`: a worker is a build of its own. */
export const fixWebrtc = (): Plugin => ({
  name: 'cryptochat-fix-webrtc',
  enforce: 'pre',
  transform(code, id) {
    if (!(id.split('?')[0] ?? '').replaceAll('\\', '/').endsWith(FILE)) return undefined
    const fixed = fixInitiator(code)
    return fixed === undefined
      ? this.error('@libp2p/webrtc changed: look at scripts/vite-fix-webrtc.ts again')
      : { code: fixed, map: null }
  }
})
