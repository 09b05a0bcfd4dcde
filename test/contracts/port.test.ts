import { portContract } from './port.ts'

portContract('bridge over a MessageChannel', () => {
  const { port1, port2 } = new MessageChannel()
  return [port1, port2]
})

let channels = 0
portContract('bridge over a BroadcastChannel between two', () => {
  const name = `port-contract-${++channels}`
  return [new BroadcastChannel(name), new BroadcastChannel(name)]
})
