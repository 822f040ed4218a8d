// Sign in: with name and password, as somebody this browser knows already, or in the demo with one click.
import type { Problem } from '@carillon/client';
import { Mark, Person, ProblemNote } from '@carillon/ui';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBusy, useCenter, useRead } from '../desk/hooks';
import { Looks } from './looks';

import classes from './sign_in.module.css';

export function SignIn({ expired }: { readonly expired: boolean }) {
  const { t } = useTranslation();
  const center = useCenter();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const passwordField = useRef<HTMLInputElement>(null);
  const enter = (name: string, word: string) =>
    void run(async () => {
      setProblem(null);
      const answer = await center.signIn({ username: name, password: word });
      if (answer.ok) return;
      setProblem(answer.problem);
      passwordField.current?.select();
    });
  useEffect(() => {
    document.title = `${t('sign_in.title')} · Carillon`;
  }, [t]);
  return (
    <main className={classes['page']}>
      <div className={classes['card']}>
        <Mark large />
        <h1 className={classes['title']}>{t('sign_in.title')}</h1>
        {expired && (
          <p className={classes['expired']} role="status">
            {t('sign_in.expired')}
          </p>
        )}
        <form
          className={classes['form']}
          onSubmit={(event) => {
            event.preventDefault();
            enter(username, password);
          }}
        >
          <TextInput
            label={t('sign_in.username')}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            withAsterisk={false}
            size="md"
          />
          <PasswordInput
            ref={passwordField}
            label={t('sign_in.password')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
            size="md"
          />
          {problem && <ProblemNote problem={problem} />}
          <Button type="submit" size="md" loading={busy} fullWidth>
            {t('sign_in.enter')}
          </Button>
        </form>
        <Continue />
        <DemoAccounts enter={enter} />
        <footer className={classes['foot']}>
          <a href="/">{t('sign_in.home')}</a>
          <Looks />
        </footer>
      </div>
    </main>
  );
}

// Another tab of this browser may be signed in already; its cookie is here, only this tab does not know whose it is.
function Continue() {
  const { t } = useTranslation();
  const center = useCenter();
  const [known, setKnown] = useState(() => center.session.known());
  const [busy, run] = useBusy();
  if (known.length === 0) return null;
  return (
    <section className={classes['others']} aria-label={t('sign_in.continue_as')}>
      <h2 className={classes['small']}>{t('sign_in.continue_as')}</h2>
      {known.map((one) => (
        <button
          key={one.session_id}
          type="button"
          className={classes['who']}
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await center.resume(one.session_id);
              setKnown(center.session.known());
            })
          }
        >
          <Person name={one.display_name} size={28} />
          <span className={classes['name']}>{one.display_name}</span>
          <span className={classes['about']}>{one.role ? t(`role.${one.role}`) : one.workspace}</span>
        </button>
      ))}
    </section>
  );
}

function DemoAccounts({ enter }: { readonly enter: (username: string, password: string) => void }) {
  const { t } = useTranslation();
  const demo = useRead('/demo').value;
  if (!demo) return null;
  return (
    <section className={classes['others']} aria-label={t('sign_in.demo')}>
      <h2 className={classes['small']}>{t('sign_in.demo')}</h2>
      {demo.accounts.map((account) => (
        <button
          key={account.username}
          type="button"
          className={classes['who']}
          onClick={() => enter(account.username, account.password)}
        >
          <Person name={account.display_name} size={28} />
          <span className={classes['name']}>{account.display_name}</span>
          <span className={classes['about']}>{t(`role.${account.role}`)}</span>
        </button>
      ))}
    </section>
  );
}
