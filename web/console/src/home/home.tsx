// Home: customer, agent, supervisor, side by side in one browser, because every tab is somebody of its own.
import type { Schemas } from '@carillon/contract';
import { IconExternal, IconInbox, IconLive, IconSettings, IconShop, Mark } from '@carillon/ui/plain';
import type { ComponentType, ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './home.module.css';

type Doors = Schemas['DemoDoors'];

// A door signs its tab in as somebody.
export function doorFor(address: string, account: Pick<Schemas['DemoAccount'], 'username'> | undefined): string {
  if (!account || /[?&]as=/.test(address)) return address;
  return `${address}${address.includes('?') ? '&' : '?'}as=${encodeURIComponent(account.username)}`;
}

export function Home({ fetch = globalThis.fetch }: { readonly fetch?: typeof globalThis.fetch }) {
  const { t } = useTranslation();
  const [doors, setDoors] = useState<Doors | 'none' | 'unreachable' | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    document.title = 'Carillon';
    const ask = async () => {
      try {
        const answer = await fetch('/api/v1/demo', { cache: 'no-store' });
        setDoors(answer.ok ? ((await answer.json()) as Doors) : 'none');
      } catch {
        setDoors('unreachable');
      }
    };
    void ask();
  }, [tries, fetch]);
  // No demo: there is only one door.
  useEffect(() => {
    if (doors === 'none') location.replace('/console/');
  }, [doors]);
  return (
    <main className={classes['page']}>
      <header className={classes['head']}>
        <Mark large />
        <a href="/console/" className={classes['plain']}>
          {t('home.sign_in')}
        </a>
      </header>
      {doors === 'unreachable' && (
        <p className={classes['trouble']} role="alert">
          {t('problem.network')}{' '}
          <button type="button" onClick={() => setTries((n) => n + 1)}>
            {t('problem_note.retry')}
          </button>
        </p>
      )}
      {doors !== null && typeof doors === 'object' && <ThreeDoors doors={doors} />}
    </main>
  );
}

function ThreeDoors({ doors }: { readonly doors: Doors }) {
  const { t } = useTranslation();
  const of = (role: Schemas['Role']) => doors.accounts.filter((account) => account.role === role);
  const admins = of('admin');
  return (
    <>
      <section className={classes['intro']}>
        <h1>{t('home.title')}</h1>
        <p>{t('home.about')}</p>
      </section>
      <div className={classes['doors']}>
        <Door
          icon={IconShop}
          tone="bronze"
          title={t('home.customer')}
          text={t('home.customer_about')}
          links={[{ label: t('home.open_shop'), href: doors.customer_url, main: true }]}
        />
        <Door
          icon={IconInbox}
          tone="verdigris"
          title={t('home.agent')}
          text={t('home.agent_about')}
          links={of('agent').map((account, i) => ({
            label: t('home.as', { name: account.display_name }),
            about: account.about,
            href: doorFor(doors.agent_url, account),
            main: i === 0,
          }))}
        />
        <Door
          icon={IconLive}
          tone="ink"
          title={t('home.supervisor')}
          text={t('home.supervisor_about')}
          links={of('supervisor').map((account, i) => ({
            label: t('home.as', { name: account.display_name }),
            about: account.about,
            href: doorFor(doors.supervisor_url, account),
            main: i === 0,
          }))}
        />
      </div>
      <section className={classes['how']}>
        <h2>{t('home.how')}</h2>
        <ol>
          <li>{t('home.step_1')}</li>
          <li>{t('home.step_2')}</li>
          <li>{t('home.step_3')}</li>
        </ol>
        {doors.traffic && <p className={classes['traffic']}>{t('home.traffic')}</p>}
      </section>
      <footer className={classes['foot']}>
        {admins[0] && (
          <a href={doorFor(doors.admin_url, admins[0])} target="_blank" rel="noopener">
            <IconSettings size={15} aria-hidden /> {t('home.admin')}
          </a>
        )}
        <a href="/api/docs" target="_blank" rel="noopener">
          {t('home.api')}
        </a>
      </footer>
    </>
  );
}

interface DoorProps {
  readonly icon: ComponentType<{ size?: number | string }>;
  readonly tone: string;
  readonly title: ReactNode;
  readonly text: string;
  readonly links: readonly {
    readonly label: string;
    readonly about?: string;
    readonly href: string;
    readonly main: boolean;
  }[];
}

// noopener, or the new tab would begin with a copy of this one's storage, and be the same person.
function Door({ icon: Icon, tone, title, text, links }: DoorProps) {
  return (
    <section className={classes['door']} data-tone={tone}>
      <span className={classes['icon']} aria-hidden>
        <Icon size={22} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      <div className={classes['links']}>
        {links.map((link) => (
          <a
            key={link.href}
            href={link.href}
            target="_blank"
            rel="noopener"
            className={link.main ? classes['main'] : classes['other']}
            title={link.about}
          >
            {link.label}
            <IconExternal size={15} aria-hidden />
          </a>
        ))}
      </div>
    </section>
  );
}
