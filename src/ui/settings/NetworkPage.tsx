/** How this device is connected: relays, contacts and the paths to them. Here, and only here, are the technical words. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Avatar as AvatarView } from '../../model/avatar.ts'
import type { NetworkView, PeerView, RelayView } from '../../model/views.ts'
import { t } from '../i18n/i18n.ts'
import { Avatar } from '../kit/Avatar.tsx'
import { Button, IconButton } from '../kit/Button.tsx'
import { Notice, Skeleton } from '../kit/Feedback.tsx'
import { Clock, Info, Trash2 } from '../kit/icons.ts'
import { Section } from '../kit/List.tsx'
import { TextField } from '../kit/TextField.tsx'
import { showToast } from '../kit/toasts.ts'
import { attempt } from '../state/attempt.ts'
import { useCommands, useContacts, useNetwork } from '../state/node.tsx'
import { relayName } from './relay-name.ts'

const STATES = {
  offline: 'network.offlineText',
  connecting: 'network.connectingText',
  relayed: 'network.relayedText',
  direct: 'network.directText'
} as const
const SOURCES = {
  origin: 'network.origin',
  learned: 'network.learned',
  manual: 'network.manual',
  invite: 'network.invite'
} as const
const RELAY_STATES = {
  connected: 'network.connected',
  connecting: 'network.connecting',
  unreachable: 'network.unreachable'
} as const
const PATHS = { direct: 'network.direct', relayed: 'network.relayed', none: 'network.none' } as const
const OUTCOMES = {
  added: 'network.added',
  known: 'network.known',
  malformed: 'network.malformed',
  unreachable: 'network.unreachableNow'
} as const

const State = ({ network }: { readonly network: NetworkView }): VNode => (
  <Section title={t('network.state')}>
    <div class="row" data-id="network-state" data-state={network.state}>
      <i class={`dot ${network.state}`} />
      <span class="row-text">{t(STATES[network.online ? network.state : 'offline'])}</span>
    </div>
    {network.waiting > 0 && <Notice icon={Clock}>{t('network.waiting', { count: network.waiting })}</Notice>}
    {!network.canBeDirect && <Notice icon={Info}>{t('network.noDirect')}</Notice>}
  </Section>
)

const Relay = ({ relay }: { readonly relay: RelayView }): VNode => {
  const { removeRelay } = useCommands()
  const name = relayName(relay)
  const words = [
    t(RELAY_STATES[relay.state]),
    relay.reserved ? t('network.reserved') : '',
    relay.roundTripMs === undefined ? '' : t('network.roundTrip', { ms: Math.round(relay.roundTripMs) })
  ].filter((part) => part !== '')
  return (
    <div class="row" data-id="relay-row" data-peer={relay.peer} data-state={relay.state} data-reserved={relay.reserved}>
      <i class={`dot ${relay.state}`} />
      <span class="row-text">
        <span class="row-title" dir="ltr">
          {name}
        </span>
        <span class="row-detail">{words.join(' · ')}</span>
        <span class="row-detail">{t(SOURCES[relay.source])}</span>
        {relay.lastError !== undefined && relay.state === 'unreachable' && (
          <span class="row-detail wrong" dir="ltr">
            {relay.lastError}
          </span>
        )}
        <details class="row-more">
          <summary>{t('debug.addresses')}</summary>
          <span class="machine mono" dir="ltr">
            {relay.peer}
          </span>
          {relay.addresses.map((address) => (
            <span key={address} class="machine mono" dir="ltr">
              {address}
            </span>
          ))}
        </details>
      </span>
      {relay.source !== 'origin' && (
        <IconButton
          icon={Trash2}
          size={18}
          label={t('network.removeRelay', { name })}
          data-id="relay-remove"
          onClick={() => void attempt(removeRelay(relay.peer))}
        />
      )}
    </div>
  )
}

const AddRelay = (): VNode => {
  const { addRelay } = useCommands()
  const [address, setAddress] = useState('')
  const [problem, setProblem] = useState<'known' | 'malformed' | 'unreachable'>()
  const [busy, setBusy] = useState(false)
  const add = async (): Promise<void> => {
    if (address.trim() === '') return
    setBusy(true)
    const outcome = await attempt(addRelay(address.trim()))
    setBusy(false)
    if (outcome === undefined) return
    if (outcome === 'added') {
      setAddress('')
      showToast({ text: t(OUTCOMES[outcome]) })
    } else setProblem(outcome)
  }
  return (
    <div class="block inline-form">
      <TextField
        label={t('network.addLabel')}
        value={address}
        onInput={(next) => {
          setAddress(next)
          setProblem(undefined)
        }}
        placeholder={t('network.addPlaceholder')}
        error={problem === undefined ? undefined : t(OUTCOMES[problem])}
        autoComplete="off"
        dir="ltr"
        onEnter={() => void add()}
        data-id="relay-input"
      />
      <Button busy={busy} disabled={address.trim() === ''} data-id="relay-add" onClick={() => void add()}>
        {t('network.add')}
      </Button>
    </div>
  )
}

const Peer = ({ peer, avatar }: { readonly peer: PeerView; readonly avatar: AvatarView }): VNode => (
  <div class="row" data-id="peer-row" data-path={peer.path}>
    <Avatar name={peer.name ?? '?'} avatar={avatar} size={36} />
    <span class="row-text">
      <span class="row-title">
        <bdi>{peer.name ?? t('network.unknownPeer')}</bdi>
      </span>
      <span class="machine mono tiny muted" dir="ltr">
        {peer.device}
      </span>
    </span>
    <span class="row-end">
      {t(PATHS[peer.path])}
      {peer.roundTripMs !== undefined && ` · ${t('network.roundTrip', { ms: Math.round(peer.roundTripMs) })}`}
    </span>
  </div>
)

export const NetworkPage = (): VNode => {
  const network = useNetwork()
  const contacts = useContacts() ?? []
  if (network === undefined) return <Skeleton rows={5} />
  return (
    <>
      <State network={network} />
      <Section title={t('network.relays')} note={t('network.relaysNote')}>
        {network.relays.length === 0 && <p class="block muted">{t('network.noRelays')}</p>}
        {network.relays.map((relay) => (
          <Relay key={relay.peer} relay={relay} />
        ))}
        <AddRelay />
      </Section>
      <Section title={t('network.peers')}>
        {network.peers.length === 0 && <p class="block muted">{t('network.noPeers')}</p>}
        {network.peers.map((peer) => (
          <Peer
            key={peer.device}
            peer={peer}
            avatar={contacts.find(({ did }) => did === peer.did)?.avatar ?? { hue: 220 }}
          />
        ))}
      </Section>
    </>
  )
}
