// The inbox of messages that callers left, newest first.
import { dial } from '@carillon/actions';
import type { Schemas } from '@carillon/contract';
import { Empty, IconMail, IconPhone, IconTrash, Panel, ProblemNote, When, measureOf } from '@carillon/ui';
import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { ActionButton } from '../../desk/action_button';
import { addressIn } from '../../desk/directory';
import { rights } from '../../desk/feature';
import { useCenter, useForget, useMe, usePages, useRead, useTell } from '../../desk/hooks';
import { Player } from './player';
import classes from './voicemails_page.module.css';

type Voicemail = Schemas['Voicemail'];
type State = Schemas['VoicemailState'];

const kStates: readonly State[] = ['new', 'heard', 'done'];
const kLookAgainMs = 15_000;

export default function VoicemailsPage() {
  const { t } = useTranslation();
  const [state, setState] = useState<State>('new');
  // What one has just heard is no news any more, and stays until one looks elsewhere: it still sounds, and wants to be done.
  const [heard, setHeard] = useState<readonly Voicemail[]>([]);
  const pages = usePages('/voicemails', { query: { state: [state] }, pageSize: 50, everyMs: kLookAgainMs });
  const shown = withHeard(pages.items, heard);
  useEffect(() => {
    document.title = `${t('voicemail.title')} · Carillon`;
  }, [t]);
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('voicemail.title')}</h1>
      <SegmentedControl
        value={state}
        onChange={(v) => {
          setState(v as State);
          setHeard([]);
        }}
        data={kStates.map((one) => ({ value: one, label: t(`voicemail.state.${one}`) }))}
        className={classes['states']}
      />
      {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
      {!pages.loading && !pages.problem && shown.length === 0 && (
        <Panel>
          <Empty icon={IconMail} title={t(`voicemail.none.${state}`)}>
            {t('voicemail.none_about')}
          </Empty>
        </Panel>
      )}
      <ul className={classes['list']} aria-label={t('voicemail.title')}>
        {shown.map((one) => (
          <li key={one.sid}>
            <Message
              message={one}
              onHeard={() => state === 'new' && setHeard((now) => [...now, { ...one, state: 'heard' }])}
              onMarked={() => setHeard((now) => now.filter((other) => other.sid !== one.sid))}
            />
          </li>
        ))}
      </ul>
      {pages.more && (
        <Button variant="default" onClick={pages.more} loading={pages.loadingMore}>
          {t('list.more')}
        </Button>
      )}
    </div>
  );
}

// Newest first, each once.
function withHeard(items: readonly Voicemail[], heard: readonly Voicemail[]): readonly Voicemail[] {
  const there = new Set(items.map((one) => one.sid));
  return [...items, ...heard.filter((one) => !there.has(one.sid))].toSorted((a, b) =>
    b.created_at.localeCompare(a.created_at),
  );
}

interface MessageProps {
  readonly message: Voicemail;
  readonly onHeard: () => void;
  readonly onMarked: () => void;
}

function Message({ message, onHeard, onMarked }: MessageProps) {
  const { t, i18n } = useTranslation();
  const { rest } = useCenter();
  const me = useMe();
  const forget = useForget();
  const tell = useTell();
  const [, go] = useLocation();
  const act = async (answer: ReturnType<typeof rest.patch> | ReturnType<typeof rest.delete>) => {
    const done = await answer;
    if (done.ok) onMarked();
    else tell(done.problem);
    forget('/voicemails');
  };
  const mark = (state: State) => act(rest.patch('/voicemails/{sid}', { path: { sid: message.sid }, body: { state } }));
  const who = message.from_name ?? message.from;
  return (
    <Panel>
      <div className={classes['message']}>
        <div className={classes['who']}>
          <strong dir="auto">{who}</strong>
          <p className={classes['about']}>
            <bdi dir="ltr">{message.from}</bdi>{' '}
            <span className={classes['to']} aria-hidden>
              →
            </span>{' '}
            <bdi dir="ltr">{message.to}</bdi> · <When at={message.created_at} /> ·{' '}
            {measureOf(message.length_s, i18n.language)}
            {message.ended_at !== null && !message.whole && ` · ${t('contact.recording_part')}`}
          </p>
          {rights.supervisor(me) && message.state !== 'new' && <Heard sid={message.sid} />}
        </div>
        <div className={classes['keys']}>
          {message.ended_at === null ? t('contact.recording_made') : <Player sid={message.sid} onHeard={onHeard} />}
          {me.worker && addressIn(message.from) !== null && (
            <ActionButton
              action={dial}
              args={{ to: message.from, ...(message.number_sid ? { number: message.number_sid } : {}) }}
              label={t('voicemail.call_back')}
              aria-label={t('voicemail.call_back_whom', { number: message.from })}
              size="xs"
              variant="default"
              leftSection={<IconPhone size={13} />}
              onDone={() => go('/work')}
            />
          )}
          {message.contact_sid && (
            <Button component={Link} href={`/history/${message.contact_sid}`} variant="subtle" size="xs">
              {t('voicemail.contact')}
            </Button>
          )}
          <Button variant="default" size="xs" onClick={() => void mark(message.state === 'done' ? 'heard' : 'done')}>
            {t(message.state === 'done' ? 'voicemail.reopen' : 'voicemail.done')}
          </Button>
          {rights.supervisor(me) && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('voicemail.delete', { who })}
              onClick={() => void act(rest.delete('/voicemails/{sid}', { path: { sid: message.sid } }))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </div>
      </div>
    </Panel>
  );
}

// Who has listened, for who may know.
function Heard({ sid }: { readonly sid: string }) {
  const { t } = useTranslation();
  const items = useRead('/voicemails/{sid}/listenings', { path: { sid } }).value?.items ?? [];
  if (items.length === 0) return null;
  const names = [...new Set(items.map((one) => one.listener.display_name ?? one.listener.type))];
  return <p className={classes['about']}>{t('voicemail.heard_by', { names: names.join(', ') })}</p>;
}
