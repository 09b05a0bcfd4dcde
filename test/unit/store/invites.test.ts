import { expect, test } from 'vitest'
import type { Did, InviteId } from '../../../src/model/ids.ts'
import { judgeUse } from '../../../src/store/invites.ts'
import type { InviteRow } from '../../../src/store/rows.ts'

const invite = (usedBy: readonly string[]): InviteRow => ({
  id: 'invite' as InviteId,
  link: '',
  createdAt: 0,
  endsAt: 1000,
  maxUses: 1,
  usedBy: usedBy as readonly Did[],
  revoked: false,
  token: 'token',
  secret: new Uint8Array(16),
  published: 1
})

test('ID7 a use beyond the last is counted, but a leaked link cannot fill the disk', () => {
  expect(judgeUse(invite([]), 'did:a' as Did, 0)).toBe('good')
  expect(judgeUse(invite(['did:a']), 'did:a' as Did, 0)).toBe('good')
  expect(judgeUse(invite(['did:a']), 'did:b' as Did, 0)).toBe('spent')
  const many = Array.from({ length: 500 }, (_, index) => `did:${index}`)
  expect(judgeUse(invite(many), 'did:new' as Did, 0)).toBe('void')
  expect(judgeUse(invite(many), 'did:7' as Did, 0)).toBe('spent')
})
