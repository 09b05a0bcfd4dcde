/** RFC 5769 §2: sample request and the two responses to it. FINGERPRINT and MESSAGE-INTEGRITY as published. */
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))

/** 2.1: SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY, FINGERPRINT. */
export const SAMPLE_REQUEST = bytes(`
  00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
  00 24 00 04 6e 00 01 ff
  80 29 00 08 93 2f f9 b1 51 26 3b 36
  00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
  00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
  80 28 00 04 e5 7a 3b cf`)

/** 2.2 and 2.3: how 192.0.2.1:32853 and [2001:db8:1234:5678:11:2233:4455:6677]:32853 look in XOR-MAPPED-ADDRESS. */
export const MAPPED_V4 = {
  address: '192.0.2.1',
  port: 32853,
  value: bytes('00 01 a1 47 e1 12 a6 43')
}
export const MAPPED_V6 = {
  address: '2001:db8:1234:5678:11:2233:4455:6677',
  port: 32853,
  value: bytes('00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9')
}
export const TRANSACTION = bytes('b7 e7 a7 01 bc 34 d6 86 fa 87 df ae')
