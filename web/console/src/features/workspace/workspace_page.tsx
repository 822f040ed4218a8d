import type { Problem } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import { Panel, ProblemNote } from '@carillon/ui';
import { Button, Group, Select, Skeleton, Stack, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NameField, NumberField, PageHead, differences, useForm } from '../../desk/admin';
import { useBusy, useCenter, useForget, useLive, useRead } from '../../desk/hooks';

type Workspace = Schemas['Workspace'];

export default function WorkspacePage() {
  const read = useRead('/workspace');
  return (
    <>
      <PageHead words="workspace" />
      <Panel>
        {read.problem && <ProblemNote problem={read.problem} retry={read.again} />}
        {read.loading && <Skeleton height={300} />}
        {read.value && <Settings key={read.value.version} workspace={read.value} />}
      </Panel>
    </>
  );
}

function zonesOf(own: string): string[] {
  const all = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [...new Set([own, 'UTC', ...all])].sort();
}

function Settings({ workspace }: { readonly workspace: Workspace }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const queues = useLive((live) => live.taskQueues);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const {
    friendly_name,
    time_zone,
    capacity_model,
    total_capacity,
    last_resort_queue_sid,
    idle_after_s,
    gone_after_s,
    reopen_within_s,
    recordings_kept_days,
    voicemails_kept_days,
    agent_sees_monitoring,
  } = workspace;
  const first = {
    friendly_name,
    time_zone,
    capacity_model,
    total_capacity,
    last_resort_queue_sid,
    idle_after_s,
    gone_after_s,
    reopen_within_s,
    recordings_kept_days,
    voicemails_kept_days,
    agent_sees_monitoring,
  };
  const form = useForm(first, problem);
  const { values, set, error } = form;
  const save = () =>
    void run(async () => {
      const answer = await rest.patch('/workspace', { body: differences(first, values), ifMatch: workspace.version });
      setProblem(answer.ok ? null : answer.problem);
      if (!answer.ok) return;
      notifications.show({ message: t('form.saved'), color: 'verdigris', autoClose: 2500 });
      forget('/workspace');
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Stack gap="md" maw={560}>
        <NameField form={form} autoFocus={false} />
        <Select
          label={t('workspace.time_zone')}
          description={t('workspace.time_zone_about')}
          data={zonesOf(values.time_zone)}
          value={values.time_zone}
          onChange={(v) => v && set('time_zone', v)}
          allowDeselect={false}
          searchable
          limit={60}
          error={error('time_zone')}
        />
        <Group grow align="flex-start">
          <Select
            label={t('workspace.capacity_model')}
            description={t(`capacity_about.${values.capacity_model}`)}
            data={(['costed', 'per_channel'] as const).map((m) => ({ value: m, label: t(`capacity_model.${m}`) }))}
            value={values.capacity_model}
            onChange={(v) => v && set('capacity_model', v as Workspace['capacity_model'])}
            allowDeselect={false}
            error={error('capacity_model')}
          />
          <NumberField
            label={t('workspace.total_capacity')}
            value={values.total_capacity}
            onChange={(v) => set('total_capacity', v ?? 1)}
            error={error('total_capacity')}
            min={1}
            max={1000}
          />
        </Group>
        <Select
          label={t('workspace.last_resort')}
          description={t('workspace.last_resort_about')}
          data={Object.values(queues).map((q) => ({ value: q.sid, label: q.friendly_name }))}
          value={values.last_resort_queue_sid}
          onChange={(v) => v && set('last_resort_queue_sid', v)}
          allowDeselect={false}
          error={error('last_resort_queue_sid')}
        />
        <NumberField
          label={t('workspace.idle_after')}
          about={t('workspace.idle_after_about')}
          value={values.idle_after_s}
          onChange={(v) => set('idle_after_s', v ?? 60)}
          error={error('idle_after_s')}
          min={60}
          max={86_400}
          unit="seconds"
        />
        <NumberField
          label={t('workspace.gone_after')}
          about={t('workspace.gone_after_about')}
          value={values.gone_after_s}
          onChange={(v) => set('gone_after_s', v ?? 30)}
          error={error('gone_after_s')}
          min={30}
          max={3600}
          unit="seconds"
        />
        <NumberField
          label={t('workspace.reopen_within')}
          about={t('workspace.reopen_within_about')}
          value={values.reopen_within_s}
          onChange={(v) => set('reopen_within_s', v ?? 0)}
          error={error('reopen_within_s')}
          max={31_536_000}
          unit="seconds"
        />
        {(['recordings_kept_days', 'voicemails_kept_days'] as const).map((field) => (
          <NumberField
            key={field}
            label={t(`workspace.${field}`)}
            about={t('workspace.kept_about')}
            value={values[field]}
            onChange={(v) => set(field, v ?? 0)}
            error={error(field)}
            max={36_500}
          />
        ))}
        <Switch
          label={t('workspace.agent_sees_monitoring')}
          description={t('workspace.agent_sees_monitoring_about')}
          checked={values.agent_sees_monitoring}
          onChange={(event) => set('agent_sees_monitoring', event.currentTarget.checked)}
        />
        {form.rest && (
          <ProblemNote
            problem={form.rest}
            {...(form.rest.status === 412 ? { retry: () => forget('/workspace') } : {})}
          />
        )}
        <Button type="submit" loading={busy} disabled={!form.changed} style={{ alignSelf: 'flex-start' }}>
          {t('form.save')}
        </Button>
      </Stack>
    </form>
  );
}
