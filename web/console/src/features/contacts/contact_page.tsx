// A contact's page: the evidence. What happened when, who did what, what was said, what came of it.
import { setDisposition } from '@carillon/actions';
import type { Schemas } from '@carillon/contract';
import { IconBack, Panel, Person, ProblemNote, Stat, Stats, StateMark, When, measureOf } from '@carillon/ui';
import { ActionIcon, Select, Skeleton } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { useAct, useForget, useRead } from '../../desk/hooks';
import { markOfBucket } from './history';
import { Recordings } from './recordings';
import { Steps } from './steps';
import { Transcript } from './transcript';
import classes from './contact_page.module.css';

export default function ContactPage() {
  const { t } = useTranslation();
  const { sid = '' } = useParams<{ sid: string }>();
  const read = useRead('/contacts/{sid}', { path: { sid } });
  const name = read.value?.summary.customer_display_name || t('work.unknown_customer');
  useEffect(() => {
    document.title = `${name} · Carillon`;
  }, [name]);
  return (
    <div className={classes['page']}>
      {read.problem && <ProblemNote problem={read.problem} retry={read.again} />}
      {read.loading && <Skeleton height={200} />}
      {read.value && <Detail detail={read.value} name={name} />}
    </div>
  );
}

function Detail({ detail, name }: { readonly detail: Schemas['ContactDetail']; readonly name: string }) {
  const { t } = useTranslation();
  const { summary } = detail;
  const { contact } = summary;
  return (
    <>
      <header className={classes['head']}>
        <ActionIcon
          component={Link}
          to="/history"
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('history.back')}
          className={classes['back']}
        >
          <IconBack size={18} />
        </ActionIcon>
        <Person name={name} size={44} />
        <div className={classes['who']}>
          <h1 className={classes['name']}>
            {contact.customer_sid ? (
              <Link to={`/customers/${contact.customer_sid}`}>
                <bdi>{name}</bdi>
              </Link>
            ) : (
              <bdi>{name}</bdi>
            )}
          </h1>
          <p className={classes['about']}>
            {t(`channel.${contact.channel}`, contact.channel)} · <When at={contact.created_at} />
            {contact.reason && ` · ${t([`ended.${contact.reason}`, `reason.${contact.reason}`])}`}
          </p>
        </div>
      </header>
      <Numbers summary={summary} />
      <div className={classes['columns']}>
        <Panel title={t('contact.steps')}>
          <Steps detail={detail} />
          <Outcomes detail={detail} />
        </Panel>
        <Panel title={t('contact.transcript')} flush>
          <Transcript
            conversation={contact.conversation_sid}
            contact={contact.sid}
            spoken={contact.channel === 'voice'}
          />
        </Panel>
      </div>
      {contact.channel === 'voice' && <Recordings contact={contact.sid} />}
      {detail.notes.length > 0 && (
        <Panel title={t('customer.notes')}>
          <ul className={classes['notes']}>
            {detail.notes.map((note) => (
              <li key={note.sid}>
                <p dir="auto">{note.text}</p>
                <small>
                  {note.author.display_name} · <When at={note.created_at} />
                </small>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Numbers({ summary }: { readonly summary: Schemas['ContactSummary'] }) {
  const { t, i18n } = useTranslation();
  const measure = (seconds: number) => measureOf(seconds, i18n.language);
  return (
    <Stats label={t('contact.numbers')}>
      <Stat
        label={t('history.result')}
        value={
          <span className={classes['result']}>
            <StateMark mark={markOfBucket(summary.bucket)} label={t(`bucket.${summary.bucket ?? 'open'}`)} />
          </span>
        }
      />
      <Stat
        label={t('history.wait')}
        value={measure(summary.wait_s)}
        tone={summary.within_service_level === false ? 'bad' : 'plain'}
        hint={
          summary.within_service_level === null
            ? undefined
            : t(summary.within_service_level ? 'history.within' : 'history.missed')
        }
      />
      <Stat label={t('history.talk')} value={measure(summary.talk_s)} />
      <Stat label={t('contact.wrap')} value={measure(summary.wrap_s)} />
      {summary.suspended_s > 0 && <Stat label={t('contact.suspended')} value={measure(summary.suspended_s)} />}
    </Stats>
  );
}

// What came of each segment; it may be corrected later.
function Outcomes({ detail }: { readonly detail: Schemas['ContactDetail'] }) {
  const { t } = useTranslation();
  const act = useAct();
  const forget = useForget();
  const dispositions = useRead('/dispositions', { query: { page_size: 200 } }).value?.items ?? [];
  if (detail.segments.length === 0) return null;
  return (
    <div className={classes['outcomes']}>
      {detail.segments.map((segment) => (
        <Select
          key={segment.reservation_sid}
          label={t('contact.outcome_of', { name: segment.worker_friendly_name })}
          placeholder={t('contact.not_given')}
          data={dispositions.map((d) => ({ value: d.sid, label: d.friendly_name }))}
          value={segment.disposition_sid}
          onChange={(disposition) =>
            void act(setDisposition, { task: segment.task_sid, disposition }).then(() => forget('/contacts'))
          }
          clearable
        />
      ))}
    </div>
  );
}
