import type { Schemas } from '@carillon/contract';
import { IconCustomer, ProblemNote, titleOf } from '@carillon/ui';
import type { Problem } from '@carillon/client';
import { NumberInput, Select, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonField, NameField, NumberField, ResourcePage } from '../../desk/admin';
import type { Form } from '../../desk/admin';
import { useCenter, useForget, useMe, useRead } from '../../desk/hooks';
import { DeskPhoneOf } from './desk_phone';
import classes from './workers_page.module.css';

type Worker = Schemas['Worker'];

const kFresh = {
  friendly_name: '',
  user_sid: null as string | null,
  attributes: { skills: [] } as Worker['attributes'],
  total_capacity: null as number | null,
  requires_connection: true,
};
type Values = typeof kFresh;

// ["orders", "technical"] reads as "orders, technical"; what is deeper stays as it is.
function told(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export default function WorkersPage() {
  const { t } = useTranslation();
  return (
    <ResourcePage
      kind="/workers"
      icon={IconCustomer}
      words="workers"
      search
      nameOf={(w: Worker) => w.friendly_name}
      columns={[
        { id: 'name', header: t('field.name'), sort: (w) => w.friendly_name, cell: (w) => w.friendly_name },
        {
          id: 'attributes',
          header: t('workers.attributes'),
          wide: true,
          cell: (w) => (
            <span className={classes['attributes']}>
              {Object.entries(w.attributes).map(([key, value]) => (
                <span key={key}>
                  <small>{titleOf(key)}</small> <bdi>{told(value)}</bdi>
                </span>
              ))}
            </span>
          ),
        },
        {
          id: 'activity',
          header: t('workers.activity'),
          spare: true,
          sort: (w) => w.activity_name,
          cell: (w) => w.activity_name,
        },
        {
          id: 'capacity',
          header: t('workers.capacity'),
          numeric: true,
          sort: (w) => w.total_capacity,
          cell: (w) => w.total_capacity,
        },
      ]}
      fresh={kFresh}
      valuesOf={(w) => ({
        friendly_name: w.friendly_name,
        user_sid: w.user_sid,
        attributes: w.attributes,
        total_capacity: w.total_capacity as number | null,
        requires_connection: w.requires_connection,
      })}
      bodyOf={(values) => values}
      fields={(form, worker) => <Fields form={form} worker={worker} />}
      below={(worker) => (
        <>
          <Channels worker={worker} />
          <DeskPhoneOf key={worker.sid} worker={worker} />
        </>
      )}
    />
  );
}

function Fields({ form, worker }: { readonly form: Form<Values>; readonly worker: Worker | null }) {
  const { t } = useTranslation();
  const memberships =
    useRead('/memberships', { query: { page_size: 200 }, enabled: worker === null }).value?.items ?? [];
  const { values, set, error } = form;
  return (
    <>
      <NameField form={form} />
      {worker === null && (
        <Select
          label={t('workers.user')}
          description={t('workers.user_about')}
          placeholder={t('workers.bot')}
          data={memberships
            .filter((m) => m.worker_sid === null)
            .map((m) => ({ value: m.user_sid, label: m.display_name }))}
          value={values.user_sid}
          onChange={(v) => set('user_sid', v)}
          error={error('user_sid')}
          clearable
          searchable
        />
      )}
      <JsonField
        label={t('workers.attributes')}
        about={t('workers.attributes_about')}
        value={values.attributes}
        onChange={(v) => set('attributes', v as Worker['attributes'])}
        error={error('attributes')}
      />
      <NumberField
        label={t('workers.capacity')}
        about={t('workers.capacity_about')}
        value={values.total_capacity}
        onChange={(v) => set('total_capacity', v)}
        error={error('total_capacity')}
        min={1}
        max={1000}
        empty={t('workers.as_workspace')}
      />
      <Switch
        label={t('workers.requires_connection')}
        description={t('workers.requires_connection_about')}
        checked={values.requires_connection}
        onChange={(event) => set('requires_connection', event.currentTarget.checked)}
      />
    </>
  );
}

// How many of each channel at once; saved on leaving the field.
function Channels({ worker }: { readonly worker: Worker }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const me = useMe();
  const forget = useForget();
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (task_channel_sid: string, configured_capacity: number) => {
    const answer = await rest.patch('/workers/{sid}/channels/{task_channel_sid}', {
      path: { sid: worker.sid, task_channel_sid },
      body: { configured_capacity },
    });
    setProblem(answer.ok ? null : answer.problem);
    forget('/workers');
  };
  return (
    <section>
      <h3 className={classes['heading']}>{t('workers.channels')}</h3>
      <p className={classes['about']}>
        {t(me.workspace?.capacity_model === 'per_channel' ? 'workers.channels_about' : 'workers.channels_costed')}
      </p>
      <div className={classes['channels']}>
        {worker.channels.map((channel) => (
          <NumberInput
            key={channel.task_channel_sid}
            label={channel.task_channel_unique_name}
            defaultValue={channel.configured_capacity}
            min={0}
            max={1000}
            allowDecimal={false}
            onBlur={(event) => {
              const value = Number(event.currentTarget.value);
              if (Number.isInteger(value) && value !== channel.configured_capacity)
                void save(channel.task_channel_sid, value);
            }}
          />
        ))}
      </div>
      {problem && <ProblemNote problem={problem} />}
    </section>
  );
}
