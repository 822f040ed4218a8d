// A worker's SIP telephone: an account for it, its password (shown this once), and what is registered.
import type { Problem } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import { ProblemNote, When } from '@carillon/ui';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCenter, useRead } from '../../desk/hooks';
import classes from './workers_page.module.css';

type DeskPhone = Schemas['DeskPhone'];
const kAgainMs = 5000;

export function DeskPhoneOf({ worker }: { readonly worker: Schemas['Worker'] }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const read = useRead('/workers/{sid}/desk-phone', { path: { sid: worker.sid }, everyMs: kAgainMs });
  const [made, setMade] = useState<DeskPhone | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const phone = read.value?.username ? read.value : null;
  const set = async () => {
    const answer = await rest.put('/workers/{sid}/desk-phone', { path: { sid: worker.sid } });
    setMade(answer.ok ? answer.value : null);
    setProblem(answer.ok ? null : answer.problem);
    read.again();
  };
  const remove = async () => {
    const answer = await rest.delete('/workers/{sid}/desk-phone', { path: { sid: worker.sid } });
    setMade(null);
    setProblem(answer.ok ? null : answer.problem);
    read.again();
  };
  return (
    <section>
      <h3 className={classes['heading']}>{t('desk_phone.title')}</h3>
      <p className={classes['about']}>{t('desk_phone.about')}</p>
      {phone && <Account phone={phone} password={made?.password ?? null} />}
      <p className={classes['buttons']}>
        <Button variant="default" size="xs" onClick={() => void set()}>
          {t(phone ? 'desk_phone.rotate' : 'desk_phone.set')}
        </Button>
        {phone && (
          <Button variant="default" size="xs" color="red" onClick={() => void remove()}>
            {t('desk_phone.remove')}
          </Button>
        )}
      </p>
      {problem && <ProblemNote problem={problem} />}
      {read.problem && <ProblemNote problem={read.problem} />}
    </section>
  );
}

function Account({ phone, password }: { readonly phone: DeskPhone; readonly password: string | null }) {
  const { t } = useTranslation();
  const facts = [
    [t('desk_phone.username'), phone.username],
    [t('desk_phone.password'), password ?? t('desk_phone.password_hidden')],
    [t('desk_phone.server'), phone.servers.join(' ') || '–'],
  ] as const;
  return (
    <>
      <dl className={classes['facts']} aria-live="polite">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {phone.registrations.length === 0 && <p className={classes['about']}>{t('desk_phone.nothing')}</p>}
      <ul className={classes['registrations']}>
        {phone.registrations.map((one) => (
          <li key={one.contact}>
            <bdi>{one.user_agent ?? one.contact}</bdi> <bdi>{one.address}</bdi> {one.transport} ·{' '}
            {t('desk_phone.until')} <When at={one.expires_at} />
          </li>
        ))}
      </ul>
    </>
  );
}
