// The form of one of the lists that say what may be called: read, changed and saved as a whole.
import type { Problem } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import { Panel, ProblemNote } from '@carillon/ui';
import { Button, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Form } from '../../desk/admin';
import { PageHead, useForm } from '../../desk/admin';
import { useBusy, useCenter, useForget, useRead } from '../../desk/hooks';
import classes from './dialling.module.css';

// What explains a field stands below it, so that the fields of a row stand in line.
export const kBelow: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

export type Dialling = Pick<Schemas['Dialling'], 'destinations' | 'emergency'>;

interface DiallingFormProps<L extends keyof Dialling> {
  readonly list: L;
  // Beginning of its keys in the catalogue: <words>.title, .about.
  readonly words: string;
  readonly children: (form: Form<Pick<Dialling, L>>) => ReactNode;
}

export function DiallingForm<L extends keyof Dialling>(props: DiallingFormProps<L>) {
  const { words, list } = props;
  const read = useRead('/dialling');
  return (
    <>
      <PageHead words={words} />
      <Panel>
        {read.problem && <ProblemNote problem={read.problem} retry={read.again} />}
        {read.loading && <Skeleton height={200} />}
        {read.value && <Rules key={`${list} ${read.value.version}`} dialling={read.value} {...props} />}
      </Panel>
    </>
  );
}

function Rules<L extends keyof Dialling>({
  dialling,
  list,
  children,
}: DiallingFormProps<L> & { readonly dialling: Schemas['Dialling'] }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const [refused, setRefused] = useState<{ readonly problem: Problem; readonly of: string } | null>(null);
  const [busy, run] = useBusy();
  const form = useForm({ [list]: dialling[list] } as Pick<Dialling, L>, refused?.problem ?? null);
  // What was wrong with the whole is said until something is changed.
  const said = JSON.stringify(form.values);
  const stale = refused !== null && refused.of !== said;
  const save = () =>
    void run(async () => {
      const answer = await rest.patch('/dialling', { body: form.values, ifMatch: dialling.version });
      setRefused(answer.ok ? null : { problem: answer.problem, of: said });
      if (!answer.ok) return;
      notifications.show({ message: t('form.saved'), color: 'verdigris', autoClose: 2500 });
      forget('/dialling');
    });
  const whole = form.fault(list);
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {children(form)}
      {whole?.field === list && !stale && (
        <p className={classes['fault']} role="alert">
          {form.error(list)}
        </p>
      )}
      {form.rest && !stale && (
        <ProblemNote
          problem={form.rest}
          {...(form.rest.status === 412 ? { retry: () => forget('/dialling'), label: t('form.newest') } : {})}
        />
      )}
      <Button type="submit" loading={busy} disabled={!form.changed} className={classes['save'] ?? ''}>
        {t('form.save')}
      </Button>
    </form>
  );
}
