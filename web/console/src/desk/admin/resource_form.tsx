// The form of one thing: saved as a whole, faults at their fields, somebody else's change never written over.
import type { Problem } from '@carillon/client';
import { ProblemNote } from '@carillon/ui';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBusy, useCenter } from '../hooks';
import { differences, useForm } from './form';
import type { Thing } from './kind';
import { change, make, remove } from './kind';
import type { ResourcePageProps } from './resource_page';
import { RemoveButton } from './remove_button';
import classes from './resource_page.module.css';

interface ResourceFormProps<T extends Thing, V extends object> extends ResourcePageProps<T, V> {
  readonly thing: T | null;
  readonly onDone: () => void;
  readonly onStale: () => void;
  readonly close: () => void;
}

export function ResourceForm<T extends Thing, V extends object>(props: ResourceFormProps<T, V>) {
  const { kind, thing, fresh, valuesOf, fields, nameOf, fixed, below, onDone, onStale, onMade, close } = props;
  const bodyOf = props.bodyOf ?? ((values: V) => values);
  const { t } = useTranslation();
  const { rest } = useCenter();
  const [first] = useState(() => (thing ? valuesOf(thing) : (fresh as V)));
  // The version one read goes with the values one read, however the list changes meanwhile.
  const [read] = useState(thing);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const form = useForm(first, problem);
  const save = () =>
    void run(async () => {
      setProblem(null);
      const answer = read
        ? await change(rest, kind, read, differences(bodyOf(first), bodyOf(form.values)))
        : await make(rest, kind, bodyOf(form.values));
      if (!answer.ok) return setProblem(answer.problem);
      notifications.show({ message: t('form.saved'), color: 'verdigris', autoClose: 2500 });
      if (!read) onMade?.(answer.value);
      onDone();
    });
  const reload = () => {
    onStale();
    close();
  };
  const locked = read ? (fixed?.(read) ?? false) : false;
  return (
    <>
      <form
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {fields(form, thing)}
        {form.rest && (
          <ProblemNote
            problem={form.rest}
            {...(form.rest.status === 412 ? { retry: reload, label: t('form.newest') } : {})}
          />
        )}
        <div className={classes['buttons']}>
          <Button type="submit" loading={busy} disabled={read !== null && !form.changed}>
            {t(read ? 'form.save' : 'form.create')}
          </Button>
          <Button variant="default" onClick={close}>
            {t('form.cancel')}
          </Button>
          {read && !locked && (
            <RemoveButton name={nameOf(read)} remove={() => remove(rest, kind, read)} onDone={onDone} />
          )}
        </div>
      </form>
      {thing && below && <div className={classes['below']}>{below(thing, close)}</div>}
    </>
  );
}
