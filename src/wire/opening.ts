/**
 * How a device gets into a session: sealed to it alone by a device of a contact or fellow member. It says which conversation
 * and session, and for MLS brings Welcome and tree; to a newcomer of a group also who is in it and where its log begins. One that
 * brings a key package instead is a plea: "I have lost this session's state, take me in again".
 */
import { KiB, MiB } from '../base/bytes.ts'
import { bindings, MAX_BINDING_BYTES } from './binding.ts'
import { MAX_EVENT_BYTES } from './event.ts'
import { MAX_AFTER } from './group.ts'
import { home } from './home.ts'
import { MAX_KEY_PACKAGE_BYTES, MAX_TREE_BYTES, MAX_WELCOME_BYTES } from './mls.ts'
import { place } from './place.ts'
import { MAX_NAME_CHARS } from './profile.ts'
import { bytes, field, fixed, listOf, maybe, message, text, uint, version, type Of } from './schema.ts'
import { session } from './session.ts'

/** Below what pieces can carry, seal included. */
export const MAX_OPENING_BYTES = 3 * MiB + 512 * KiB
/** LG7: how much of the log's end a newcomer is told, so that its gaps end somewhere. */
export const MAX_LATEST = 64
/** RO1: all of a group's `member` events; above that the rest is fetched. */
export const MAX_OPENING_EVENTS = 4096
const MAX_PEOPLE = 1000
/** As long as an order key can be. */
const MAX_ORDER = 4096

/** A member, as whoever speaks of them knows them. Of what it says nothing is believed that is not signed by themselves. */
export const person = message(
  'person',
  { max: 24 * KiB },
  {
    didKey: field(1, fixed(32)),
    /** Of their newest document that the sender knows. */
    documentHash: field(2, fixed(32)),
    homes: field(3, listOf(home, { max: 5 })),
    /** As they call themselves; until they say it themselves. */
    name: maybe(4, text({ max: MAX_NAME_CHARS })),
    /** Of their devices, now and before. */
    bindings: maybe(5, bindings)
  }
)
export type Person = Of<typeof person>

/** The newest `member` events that an event follows. */
const basis = listOf(fixed(32), { max: MAX_AFTER })

/** Where a device's chain stands: what comes next follows this. */
const chain = message(
  'opening-chain',
  { max: 8 * KiB },
  {
    device: field(1, fixed(32)),
    counter: field(2, uint()),
    id: field(3, fixed(32)),
    time: field(4, uint()),
    tick: field(5, uint()),
    order: field(6, text({ max: MAX_ORDER })),
    basis: maybe(7, basis)
  }
)

/** An event that others may name as a parent: its place, not what it says. */
const latest = message(
  'opening-latest',
  { max: 8 * KiB },
  {
    id: field(1, fixed(32)),
    time: field(2, uint()),
    tick: field(3, uint()),
    order: field(4, text({ max: MAX_ORDER })),
    basis: maybe(5, basis)
  }
)

export const openingLog = message(
  'opening-log',
  { max: 2 * MiB },
  {
    /** As events travel. */
    members: field(1, listOf(bytes({ min: 1, max: MAX_EVENT_BYTES }), { max: MAX_OPENING_EVENTS })),
    people: field(2, listOf(person, { max: MAX_PEOPLE })),
    chains: field(3, listOf(chain, { max: MAX_PEOPLE })),
    latest: field(4, listOf(latest, { max: MAX_LATEST })),
    /** As events travel: what says how the group is called and looks now, and its timer. */
    state: maybe(5, listOf(bytes({ min: 1, max: MAX_EVENT_BYTES }), { max: 8 }))
  }
)
export type OpeningLog = Of<typeof openingLog>

export const opening = message(
  'opening',
  { max: MAX_OPENING_BYTES },
  {
    version: field(0, version(1)),
    /** Did key and device of whom it is for. */
    recipient: field(1, fixed(32)),
    device: field(2, fixed(32)),
    sender: field(3, fixed(32)),
    /** ID5: the sender's newest document; its reader must have it to believe the binding. */
    place: field(4, place),
    documentHash: field(5, fixed(32)),
    binding: field(6, bytes({ min: 1, max: MAX_BINDING_BYTES })),
    issued: field(7, uint()),
    conversation: field(8, fixed(32)),
    session: field(9, session),
    welcome: maybe(10, bytes({ min: 1, max: MAX_WELCOME_BYTES })),
    tree: maybe(11, bytes({ min: 1, max: MAX_TREE_BYTES })),
    /** A plea. */
    keyPackage: maybe(12, bytes({ min: 1, max: MAX_KEY_PACKAGE_BYTES })),
    /** Of groups. */
    log: maybe(13, openingLog)
  }
)
export type Opening = Of<typeof opening>
