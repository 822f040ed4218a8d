// The calls of a contact, their evidence and recordings, for who may listen. The sound is fetched when it is asked for: each listening is written down.
import type { Schemas } from '@carillon/contract';
import { IconPlay, Panel, When, dateOf, measureOf, useProblemWords } from '@carillon/ui';
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { rights } from '../../desk/feature';
import { HoldButton } from '../../desk/hold_dialog';
import { useCenter, useMe, useRead } from '../../desk/hooks';
import classes from './contact_page.module.css';

export function Recordings({ contact }: { readonly contact: string }) {
  const me = useMe();
  const may = rights.supervisor(me);
  const calls = useRead('/calls', { query: { contact_sid: contact }, enabled: may });
  const items = calls.value?.items ?? [];
  const recorded = items.find((one) => one.recording_sid !== null);
  const asked = items.find((one) => one.legs.some((leg) => leg.consent !== null));
  return (
    <>
      {asked && <ConsentOfCall call={asked} />}
      {recorded && <RecordingsOfCall call={recorded.sid} contact={contact} />}
      {items.length > 0 && <EvidenceLinks calls={items} />}
    </>
  );
}

// What each party was told or has said about being recorded.
function ConsentOfCall({ call }: { readonly call: Schemas['Call'] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('contact.consent')}>
      <ul className={classes['recordings']}>
        {call.legs.map(
          (leg) =>
            leg.consent !== null && (
              <li key={leg.sid}>
                <bdi dir="ltr">{leg.address ?? leg.worker_sid}</bdi>: {t(`contact.consent_is.${leg.consent}`)}
              </li>
            ),
        )}
      </ul>
    </Panel>
  );
}

function EvidenceLinks({ calls }: { readonly calls: readonly Schemas['Call'][] }) {
  const { t } = useTranslation();
  return (
    <p className={classes['calls']}>
      {calls.map((call) => (
        <Link key={call.sid} to={`/calls/${call.sid}`}>
          {t('evidence.open')} · <When at={call.created_at} />
        </Link>
      ))}
    </p>
  );
}

function RecordingsOfCall({ call, contact }: { readonly call: string; readonly contact: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const items = useRead('/calls/{sid}/recordings', { path: { sid: call } }).value?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title={t('contact.recordings')} aside={rights.admin(me) && <HoldButton what={{ contact_sid: contact }} />}>
      <ul className={classes['recordings']}>
        {items.map((one) => (
          <li key={one.sid}>
            <Recording recording={one} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Recording({ recording }: { readonly recording: Schemas['Recording'] }) {
  const { t, i18n } = useTranslation();
  const { rest } = useCenter();
  const words = useProblemWords();
  const [sound, setSound] = useState('');
  const [fault, setFault] = useState('');
  useEffect(() => () => URL.revokeObjectURL(sound), [sound]);
  const listen = async () => {
    const answer = await rest.listen(recording.sid);
    if (answer.ok) setSound(URL.createObjectURL(answer.value));
    else setFault(words(answer.problem));
  };
  const state =
    recording.deleted_at !== null
      ? t('contact.recording_deleted')
      : recording.ended_at === null
        ? t('contact.recording_made')
        : measureOf(recording.length_s, i18n.language);
  return (
    <>
      <span className={classes['about']}>
        <When at={recording.started_at} /> · {state}
        {recording.ended_at !== null && !recording.whole && ` · ${t('contact.recording_part')}`}
      </span>
      {sound ? (
        <audio controls autoPlay src={sound} aria-label={t('contact.recording')} />
      ) : (
        recording.deleted_at === null &&
        recording.ended_at !== null && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlay size={13} />}
            aria-label={`${t('contact.listen')}: ${dateOf(recording.started_at, i18n.language)}`}
            onClick={() => void listen()}
          >
            {t('contact.listen')}
          </Button>
        )
      )}
      {fault && <p role="alert">{fault}</p>}
    </>
  );
}
