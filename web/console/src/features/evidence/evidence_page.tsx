// All that is known of a call, for whoever has to find out what went wrong with it.
import type { Schemas } from '@carillon/contract';
import { IconBack, Panel, ProblemNote, StateMark, When, preciseTimeOf, useProblemWords } from '@carillon/ui';
import type { StateMarkName } from '@carillon/ui';
import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { useCenter, useLive, useRead } from '../../desk/hooks';
import { Ladder } from './ladder';
import { Quality } from './quality';
import { RecordingPlayer } from './recording_player';
import classes from './evidence_page.module.css';

type Evidence = Schemas['CallEvidence'];

export default function EvidencePage() {
  const { t } = useTranslation();
  const { sid = '' } = useParams<{ sid: string }>();
  const read = useRead('/calls/{sid}/evidence', { path: { sid } });
  useEffect(() => {
    document.title = `${t('evidence.title')} · Carillon`;
  }, [t]);
  return (
    <div className={classes['page']}>
      {read.problem && <ProblemNote problem={read.problem} retry={read.again} />}
      {read.loading && <Skeleton height={200} />}
      {read.value && <Found evidence={read.value} />}
    </div>
  );
}

function Found({ evidence }: { readonly evidence: Evidence }) {
  const { t } = useTranslation();
  const nameOf = useNames(evidence);
  return (
    <>
      <Head evidence={evidence} />
      {!evidence.kept && <p className={classes['note']}>{t('evidence.not_kept')}</p>}
      <Panel title={t('evidence.legs')} flush>
        <Legs evidence={evidence} />
      </Panel>
      {evidence.kept && (
        <Panel title={t('evidence.ladder')}>
          <Ladder parties={evidence.parties} />
        </Panel>
      )}
      {evidence.kept && (
        <Panel title={t('evidence.quality')}>
          <Quality parties={evidence.parties} nameOf={nameOf} />
        </Panel>
      )}
      {evidence.recordings.length > 0 && (
        <Panel title={t('contact.recordings')}>
          <div className={classes['stack']}>
            {evidence.recordings.map((one) => (
              <RecordingPlayer key={one.sid} recording={one} />
            ))}
          </div>
        </Panel>
      )}
      <Panel title={t('evidence.routing')}>
        <Routing evidence={evidence} />
      </Panel>
    </>
  );
}

function useNames(evidence: Evidence): (party: Schemas['CallParty']) => string {
  const { t } = useTranslation();
  const workers = useLive((live) => live.workers);
  return (party) => {
    if (party.worker_sid) return workers[party.worker_sid]?.friendly_name ?? t('evidence.browser');
    const leg = evidence.call.legs.find((one) => one.sid === party.leg_sid);
    return leg?.role === 'customer'
      ? evidence.call.from_name || evidence.call.from
      : leg?.address || t('evidence.telephone');
  };
}

function Head({ evidence }: { readonly evidence: Evidence }) {
  const { t } = useTranslation();
  const { call } = evidence;
  return (
    <header className={classes['head']}>
      {call.contact_sid && (
        <ActionIcon
          component={Link}
          to={`/history/${call.contact_sid}`}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('evidence.back')}
          className={classes['back']}
        >
          <IconBack size={18} />
        </ActionIcon>
      )}
      <div className={classes['who']}>
        <h1 className={classes['name']}>{t('evidence.title')}</h1>
        <p className={classes['about']}>
          <bdi>{call.from_name || call.from}</bdi> · <bdi>{call.to}</bdi> · <When at={call.created_at} />
          {evidence.live && ` · ${t('evidence.live')}`}
          {call.reason && ` · ${t([`ended.${call.reason}`, `reason.${call.reason}`])}`}
        </p>
      </div>
      <Downloads evidence={evidence} />
    </header>
  );
}

function Downloads({ evidence }: { readonly evidence: Evidence }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const words = useProblemWords();
  const [fault, setFault] = useState('');
  const { sid } = evidence.call;
  const capture = async () => {
    const answer = await rest.sipCapture(sid);
    if (answer.ok) save(answer.value, `${sid}.pcapng`);
    else setFault(words(answer.problem));
  };
  return (
    <div className={classes['downloads']}>
      {evidence.kept && (
        <Button variant="default" size="xs" onClick={() => void capture()}>
          {t('evidence.capture')}
        </Button>
      )}
      <Button
        variant="default"
        size="xs"
        onClick={() => save(new Blob([JSON.stringify(evidence, null, 2)], { type: 'application/json' }), `${sid}.json`)}
      >
        {t('evidence.json')}
      </Button>
      {fault && <p role="alert">{fault}</p>}
    </div>
  );
}

function save(blob: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Who was in the call, from when to when, and what ended it: transfers and consultations are legs that follow one another.
function Legs({ evidence }: { readonly evidence: Evidence }) {
  const { t, i18n } = useTranslation();
  const workers = useLive((live) => live.workers);
  const { call } = evidence;
  const others = evidence.call_sids.filter((sid) => sid !== call.sid);
  const time = (at: string | null) => (at === null ? '–' : preciseTimeOf(at, i18n.language));
  return (
    <>
      <div className={classes['scroll']} tabIndex={0} role="group" aria-label={t('evidence.legs')}>
        <table className={classes['table']}>
          <thead>
            <tr>
              {['party', 'began', 'connected', 'ended', 'why'].map((column) => (
                <th key={column} scope="col">
                  {t(`evidence.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {call.legs.map((leg) => (
              <tr key={leg.sid}>
                <th scope="row">
                  {t(`evidence.role.${leg.role}`)}{' '}
                  <bdi className={classes['soft']}>
                    {leg.worker_sid ? (workers[leg.worker_sid]?.friendly_name ?? '') : (leg.address ?? '')}
                  </bdi>
                  {leg.invited_by_sid && (
                    <small className={classes['by']}>
                      {t('evidence.invited_by', { name: workers[leg.invited_by_sid]?.friendly_name ?? '' })}
                    </small>
                  )}
                  {leg.monitoring && <small className={classes['by']}>{t(`monitoring.${leg.monitoring}`)}</small>}
                </th>
                <td className="numbers">{time(leg.created_at)}</td>
                <td className="numbers">{time(leg.connected_at)}</td>
                <td className="numbers">{time(leg.ended_at)}</td>
                <td>{leg.reason ? t([`ended.${leg.reason}`, `reason.${leg.reason}`]) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {others.length > 0 && (
        <p className={classes['others']}>
          {t('evidence.other_calls')}{' '}
          {others.map((sid, i) => (
            <Link key={sid} to={`/calls/${sid}`}>
              {t('evidence.call_number', { number: i + 1 })}
            </Link>
          ))}
        </p>
      )}
    </>
  );
}

const kMarks: Readonly<Record<Schemas['ReservationStatus'], StateMarkName>> = {
  pending: 'ringing',
  accepted: 'talking',
  suspended: 'away',
  wrapping: 'wrapping',
  completed: 'idle',
  rejected: 'bad',
  timeout: 'bad',
  canceled: 'offline',
  rescinded: 'offline',
};

function Routing({ evidence }: { readonly evidence: Evidence }) {
  const { t, i18n } = useTranslation();
  if (evidence.routing.length === 0 && evidence.reservations.length === 0) {
    return <p className={classes['soft']}>{t('evidence.no_routing')}</p>;
  }
  return (
    <div className={classes['stack']}>
      {evidence.reservations.length > 0 && (
        <ol className={classes['offers']} aria-label={t('evidence.offers')}>
          {evidence.reservations.map((one) => (
            <li key={one.sid}>
              <span className="numbers">{preciseTimeOf(one.created_at, i18n.language)}</span>
              <span>{one.worker_friendly_name}</span>
              <StateMark mark={kMarks[one.status]} label={t(`reservation.${one.status}`)} />
            </li>
          ))}
        </ol>
      )}
      {evidence.routing.map((moment) => (
        <details key={moment.at + moment.moment} className={classes['moment']}>
          <summary>
            <span className="numbers">{preciseTimeOf(moment.at, i18n.language)}</span>{' '}
            {t(`evidence.moment.${moment.moment}`)}: {moment.why.task_queue_friendly_name ?? ''} {moment.why.target}
          </summary>
          <h3>{t('why.candidates', { count: moment.why.candidates.length })}</h3>
          <ul>
            {moment.why.candidates.map((candidate) => (
              <li key={candidate.worker_sid}>
                {candidate.worker_friendly_name}: {t(`why.verdict.${candidate.verdict}`)}{' '}
                <span className={classes['soft']}>{candidate.detail}</span>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
