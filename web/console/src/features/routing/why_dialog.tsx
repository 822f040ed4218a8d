// "Why is nobody ringing?": for a queue or for one task, as the server sees it now, asked again while it is looked at.
import type { Schemas } from '@carillon/contract';
import { Countdown, Person, ProblemNote, StateMark, measureOf } from '@carillon/ui';
import type { StateMarkName as Mark } from '@carillon/ui';
import { Modal, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { createContext, useCallback, useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../desk/hooks';
import classes from './why_dialog.module.css';

type Question = { readonly queue: string } | { readonly task: string };

const Ask = createContext<(question: Question) => void>(() => undefined);

export function useWhy(): (question: Question) => void {
  return useContext(Ask);
}

export function WhyProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = useCallback((q: Question) => setQuestion(q), []);
  return (
    <Ask.Provider value={ask}>
      {children}
      <Modal opened={question !== null} onClose={() => setQuestion(null)} title={t('why.title')} size="lg">
        {question && 'queue' in question && <OfQueue sid={question.queue} />}
        {question && 'task' in question && <OfTask sid={question.task} />}
      </Modal>
    </Ask.Provider>
  );
}

const kAgainMs = 3000;

function OfQueue({ sid }: { readonly sid: string }) {
  const { t } = useTranslation();
  const { value, problem, again } = useRead('/task-queues/{sid}/why-idle', { path: { sid }, everyMs: kAgainMs });
  if (problem) return <ProblemNote problem={problem} retry={again} />;
  if (!value) return <Skeleton height={120} />;
  return (
    <div className={classes['why']}>
      <p className={classes['queue']}>{value.task_queue_friendly_name}</p>
      <p className={classes['verdict']} data-verdict={value.verdict}>
        {t(`why.idle.${value.verdict}`, {
          count: value.waiting,
          eligible: value.eligible_workers,
          staffed: value.staffed_workers,
        })}
      </p>
      <Facts
        facts={[
          [t('why.waiting'), value.waiting],
          [t('why.eligible'), value.eligible_workers],
          [t('why.staffed'), value.staffed_workers],
          [t('why.idle_workers'), value.idle_workers],
        ]}
      />
      {value.first_task && (
        <>
          <h3 className={classes['heading']}>{t('why.first')}</h3>
          <Answer why={value.first_task} />
        </>
      )}
    </div>
  );
}

function OfTask({ sid }: { readonly sid: string }) {
  const { value, problem, again } = useRead('/tasks/{sid}/why', { path: { sid }, everyMs: kAgainMs });
  if (problem) return <ProblemNote problem={problem} retry={again} />;
  if (!value) return <Skeleton height={120} />;
  return (
    <div className={classes['why']}>
      <Answer why={value} />
    </div>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes['facts']}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Answer({ why }: { readonly why: Schemas['Why'] }) {
  const { t, i18n } = useTranslation();
  const wait = why.estimated_wait;
  const measure = (seconds: number) => measureOf(seconds, i18n.language);
  const facts: [string, ReactNode][] = [[t('why.stands'), why.target]];
  if (why.position_in_queue !== null) facts.push([t('why.place'), why.position_in_queue]);
  if (wait) facts.push([t('why.expected'), `${measure(wait.low_s)} – ${measure(wait.high_s)}`]);
  return (
    <>
      <Facts facts={facts} />
      {why.next_change_at && (
        <p className={classes['next']}>
          {t('why.next')} <Countdown until={why.next_change_at} />: {why.next_change}
        </p>
      )}
      <h3 className={classes['heading']}>{t('why.candidates', { count: why.candidates.length })}</h3>
      {why.candidates.length === 0 && <p className={classes['nobody']}>{t('why.nobody')}</p>}
      <ul className={classes['candidates']}>
        {why.candidates.map((candidate) => (
          <Candidate key={candidate.worker_sid} candidate={candidate} />
        ))}
      </ul>
    </>
  );
}

const kMarks: Readonly<Record<Schemas['WhyVerdict'], Mark>> = {
  assigned: 'talking',
  offered: 'ringing',
  matchable: 'idle',
  offered_elsewhere: 'ringing',
  held_back: 'wrapping',
  passed_over: 'wrapping',
  capacity: 'talking',
  not_responding: 'bad',
  not_available: 'away',
  not_eligible: 'offline',
};

function Candidate({ candidate }: { readonly candidate: Schemas['WhyCandidate'] }) {
  const { t } = useTranslation();
  return (
    <li className={classes['candidate']}>
      <Person name={candidate.worker_friendly_name} size={28} />
      <span className={classes['text']}>
        <span className={classes['name']}>{candidate.worker_friendly_name}</span>
        <span className={classes['detail']}>{candidate.detail}</span>
      </span>
      <StateMark mark={kMarks[candidate.verdict]} label={t(`why.verdict.${candidate.verdict}`)} />
    </li>
  );
}
