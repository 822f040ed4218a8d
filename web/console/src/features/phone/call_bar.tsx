// The call that is going on: who, how long they waited, and the keys of a telephone.
import { endTalk, helpCall, holdCall, muteCall, recordCall, withdrawConsent } from '@carillon/actions';
import type { Schemas } from '@carillon/contract';
import type { OwnCall, WorkItem } from '@carillon/state';
import { callOfTask, coachesOf, isVisitor } from '@carillon/state';
import {
  Elapsed,
  IconHelp,
  IconMicrophone,
  IconMicrophoneOff,
  IconPause,
  IconPhoneOff,
  IconPlay,
  StateMark,
  clockOf,
  useNow,
} from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../desk/action_button';
import { useCenter, useLive, usePhone } from '../../desk/hooks';
import { Keypad } from './keypad';
import { InviteButton, Parties, guestsOf } from './parties';
import { waited } from './standing';
import { useWish } from './wish';
import classes from './call_bar.module.css';

export default function CallBar({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  const { store } = useCenter();
  useLive((live) => live.calls);
  const task = item.task.sid;
  const call = callOfTask(store.get(), task);
  if (!call) return null;
  const { own, customer } = call;
  const { direction } = call.call;
  return (
    <section className={classes['bar']} aria-label={t('call.label')} data-held={customer.on_hold || undefined}>
      <div className={classes['who']}>
        <p className={classes['state']} role="status">
          <State call={call} />
        </p>
        <p className={classes['about']}>
          <Other call={call} />
          {direction === 'inbound' && (
            <>
              <span aria-hidden> · </span>
              {t('call.waited', { time: clockOf(waited(call)) })}
            </>
          )}
          <AskedFor item={item} call={call} />
        </p>
        <RecordingState call={call.call} />
        <Supervisors call={call} />
        <Trouble />
      </div>
      <div className={classes['keys']}>
        <ActionButton
          action={muteCall}
          args={{ task, on: !own.muted }}
          label={t(own.muted ? 'call.unmute' : 'call.mute')}
          variant={own.muted ? 'filled' : 'default'}
          leftSection={own.muted ? <IconMicrophoneOff size={15} /> : <IconMicrophone size={15} />}
        />
        {direction !== 'internal' && (
          <>
            <ActionButton
              action={holdCall}
              args={{ task, on: !customer.on_hold }}
              label={t(customer.on_hold ? 'call.resume' : 'call.hold')}
              variant={customer.on_hold ? 'filled' : 'default'}
              leftSection={customer.on_hold ? <IconPlay size={15} /> : <IconPause size={15} />}
            />
            <RecordingKeys task={task} call={call.call} />
            <InviteButton task={task} call={call} />
          </>
        )}
        <Keypad task={task} connected={own.status === 'connected'} />
        <ActionButton
          action={helpCall}
          args={{ task, on: own.help_since === null }}
          label={t(own.help_since === null ? 'call.help' : 'call.help_withdraw')}
          variant={own.help_since === null ? 'default' : 'filled'}
          leftSection={<IconHelp size={15} />}
        />
        <ActionButton
          action={endTalk}
          args={{ task }}
          label={t('call.hang_up')}
          color="coral"
          leftSection={<IconPhoneOff size={15} />}
        />
      </div>
      <Parties task={task} call={call} />
    </section>
  );
}

// Whom one talks with: the colleague of an internal call, else the customer's number.
function Other({ call }: { readonly call: OwnCall }) {
  const { t } = useTranslation();
  const workers = useLive((live) => live.workers);
  const { from, to, direction } = call.call;
  if (direction === 'internal') {
    return <bdi>{workers[guestsOf(call)[0]?.worker_sid ?? '']?.friendly_name ?? t('call.colleague')}</bdi>;
  }
  return <bdi dir="ltr">{direction === 'outbound' ? to : callerWords(from, t)}</bdi>;
}

// That they asked for this call, and how long ago.
function AskedFor({ item, call }: { readonly item: WorkItem; readonly call: OwnCall }) {
  const asked = item.task.attributes['asked_at'];
  if (call.call.direction !== 'outbound' || call.call.callback_sid === null || typeof asked !== 'string') return null;
  return (
    <>
      <span aria-hidden> · </span>
      <AskedAgo asked={asked} />
    </>
  );
}

function AskedAgo({ asked }: { readonly asked: string }) {
  const { t } = useTranslation();
  const now = useNow();
  return <>{t('callback.asked_ago', { time: clockOf(Math.max(0, (now - Date.parse(asked)) / 1000)) })}</>;
}

function callerWords(from: string, t: (key: string) => string): string {
  if (from === 'anonymous') return t('call.anonymous');
  return isVisitor(from) ? t('call.from_page') : from;
}

// Said as long as it goes on, in words and not only by a key.
function RecordingState({ call }: { readonly call: Schemas['Call'] }) {
  const { t } = useTranslation();
  if (call.recording === 'off') return null;
  return (
    <p className={classes['recording']} role="status" data-state={call.recording}>
      {t(call.recording === 'on' ? 'call.recording' : 'call.recording_paused')}
    </p>
  );
}

// Whether somebody has been called for help, and who of us is in the call besides.
function Supervisors({ call }: { readonly call: OwnCall }) {
  const { t } = useTranslation();
  const modes = [...new Set(coachesOf(call.call).flatMap((leg) => leg.monitoring ?? []))];
  return (
    <div className={classes['supervisors']} role="status">
      {call.own.help_since !== null && (
        <p>
          {t('call.help_asked')} <Elapsed since={call.own.help_since} />
        </p>
      )}
      {modes.map((mode) => (
        <p key={mode}>{t(`call.coach.${mode}`)}</p>
      ))}
    </div>
  );
}

// Begun and stopped where the number leaves it to the agent.
function RecordingKeys({ task, call }: { readonly task: string; readonly call: Schemas['Call'] }) {
  const { t } = useTranslation();
  const { recording } = call;
  const key = (to: Schemas['RecordingState'], word: string) => (
    <ActionButton action={recordCall} args={{ task, recording: to }} label={t(word)} variant="default" />
  );
  const free = call.recording_policy === 'agent_may';
  if (recording === 'off') return free ? key('on', 'call.record') : null;
  return (
    <>
      {recording === 'on' ? key('paused', 'call.record_pause') : key('on', 'call.record_resume')}
      {free && key('off', 'call.record_stop')}
      <ActionButton action={withdrawConsent} args={{ task }} label={t('call.withdraw_consent')} variant="default" />
    </>
  );
}

function State({ call }: { readonly call: OwnCall }) {
  const { t } = useTranslation();
  const { own, customer } = call;
  if (own.status !== 'connected' || own.connected_at === null) {
    return <StateMark mark="ringing" label={t(own.connected_at === null ? 'call.connecting' : 'call.reconnecting')} />;
  }
  const called = call.call.direction === 'internal' ? guestsOf(call)[0] : customer;
  if (called?.status === 'ringing') return <StateMark mark="ringing" label={t('call.ringing')} />;
  // Their page is loading again, or their network stumbles: they have half a minute.
  if (customer.status !== 'connected' && call.call.direction === 'inbound')
    return <StateMark mark="away" label={t('call.customer_lost')} />;
  return (
    <>
      <StateMark
        mark={customer.on_hold ? 'away' : 'talking'}
        label={t(customer.on_hold ? 'call.on_hold' : own.muted ? 'call.muted' : 'call.talking')}
      />{' '}
      <Elapsed since={own.connected_at} />
    </>
  );
}

// What keeps one from hearing or being heard, where one looks just then.
function Trouble() {
  const { t } = useTranslation();
  const { phase, quality } = usePhone();
  const { connect } = useWish();
  if (phase === 'ready' && quality !== 'poor' && quality !== 'lost') return null;
  const theirs = phase === 'off' || phase === 'refused' || phase === 'replaced';
  return (
    <p className={classes['trouble']} role="alert">
      {phase === 'ready' && t(`phone.quality_about.${quality ?? 'good'}`)}
      {phase !== 'ready' && phase !== 'off' && t(`phone.phase.${phase}`)}{' '}
      {theirs && (
        <button type="button" className={classes['connect']} onClick={connect}>
          {t(phase === 'off' ? 'phone.connect' : phase === 'refused' ? 'phone.again' : 'phone.here')}
        </button>
      )}
    </p>
  );
}
