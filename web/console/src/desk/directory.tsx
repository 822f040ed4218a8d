// Directory: colleagues and what they do now, by name, and numbers that are in none; for who invites, hands over or calls.
import type { Schemas } from '@carillon/contract';
import { Empty, IconSearch, Person, ProblemNote, StateMark } from '@carillon/ui';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './directory.module.css';
import { useLive, usePages } from './hooks';

// What was typed as what the server may call: a number with what people put between digits, or a SIP address.
export function addressIn(typed: string): string | null {
  const text = typed.trim();
  if (/^sips?:[^\s@]+@[^\s@]+$/i.test(text)) return text;
  return /^\+?[\d\s()/.-]+$/.test(text) && text.replace(/\D/g, '').length >= 2 ? text : null;
}

export interface Choice {
  readonly label: string;
  // Of the button, for who hears it: "Call Alice".
  readonly name: (who: string) => string;
  readonly pick: (who: string) => void;
}

interface ColleaguesProps {
  readonly typed: string;
  readonly busy: boolean;
  readonly choice: Choice;
  // What else counts of a colleague here.
  readonly more?: (worker: Schemas['Worker']) => ReactNode;
}

export function Colleagues({ typed, busy, choice, more }: ColleaguesProps) {
  const { t } = useTranslation();
  const me = useLive((live) => live.workerSid);
  const [q] = useDebouncedValue(typed.trim(), 250);
  const pages = usePages('/workers', { query: q ? { q } : {}, everyMs: 5000 });
  const workers = pages.items
    .filter((w) => w.sid !== me)
    .toSorted(
      (a, b) =>
        Number(b.available) - Number(a.available) ||
        Number(b.connected) - Number(a.connected) ||
        a.friendly_name.localeCompare(b.friendly_name),
    );
  return (
    <>
      {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
      {pages.loading && <Skeleton height={44} mb={6} />}
      <Rows>
        {workers.map((worker) => (
          <Row
            key={worker.sid}
            face={<Person name={worker.friendly_name} size={32} />}
            title={worker.friendly_name}
            facts={
              <>
                <Doing worker={worker} />
                {more?.(worker)}
              </>
            }
          >
            <Pick of={worker.sid} name={worker.friendly_name} choice={choice} off={busy || !worker.available} />
          </Row>
        ))}
      </Rows>
      {!pages.loading && !pages.problem && workers.length === 0 && <Empty title={t('transfer.no_match')} small />}
    </>
  );
}

export function Outside({ typed, busy, choice }: ColleaguesProps) {
  const { t } = useTranslation();
  const address = addressIn(typed);
  if (address === null) return null;
  return (
    <Rows>
      <Row title={<bdi dir="ltr">{address}</bdi>} facts={t('directory.outside')}>
        <Pick of={address} name={address} choice={choice} off={busy} />
      </Row>
    </Rows>
  );
}

export function Rows({ children }: { readonly children: ReactNode }) {
  return <ul className={classes['list']}>{children}</ul>;
}

interface RowProps {
  readonly face?: ReactNode;
  readonly title: ReactNode;
  readonly facts: ReactNode;
  // Nobody should go there just now.
  readonly bad?: boolean;
  readonly children: ReactNode;
}

export function Row({ face, title, facts, bad = false, children }: RowProps) {
  return (
    <li className={classes['row']}>
      {face}
      <span className={classes['text']}>
        <span className={classes['name']}>{title}</span>
        <span className={classes['facts']} data-tone={bad ? 'bad' : undefined}>
          {facts}
        </span>
      </span>
      {children}
    </li>
  );
}

interface PickProps {
  readonly of: string;
  readonly name: string;
  readonly choice: Choice;
  readonly off: boolean;
}

export function Pick({ of, name, choice, off }: PickProps) {
  return (
    <Button
      size="compact-sm"
      variant="light"
      disabled={off}
      onClick={() => choice.pick(of)}
      aria-label={choice.name(name)}
    >
      {choice.label}
    </Button>
  );
}

function Doing({ worker }: { readonly worker: Schemas['Worker'] }) {
  const mark = worker.available ? 'idle' : worker.activity_class === 'system' ? 'offline' : 'away';
  return <StateMark mark={mark} label={worker.activity_name} />;
}

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter?: () => void;
}

export function DirectorySearch({ label, value, onChange, onEnter }: SearchProps) {
  return (
    <TextInput
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) onEnter?.();
      }}
      placeholder={label}
      aria-label={label}
      leftSection={<IconSearch size={15} />}
      mb="xs"
      maxLength={256}
      data-autofocus
    />
  );
}
