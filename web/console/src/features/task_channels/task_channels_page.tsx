import type { Schemas } from '@carillon/contract';
import { IconChat, clockOf } from '@carillon/ui';
import { Group, MultiSelect, Select, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NameField, NumberField, ResourcePage, WrapUpFields } from '../../desk/admin';
import type { Form } from '../../desk/admin';
import { useLive } from '../../desk/hooks';

type Channel = Schemas['TaskChannel'];

const kFresh = {
  unique_name: '',
  friendly_name: '',
  cost: 33,
  exclusive: false,
  default_capacity: 3,
  assign: 'offer' as Channel['assign'],
  answered_on: 'reply' as Channel['answered_on'],
  offer_timeout_s: 25,
  live: true,
  time_to_live_s: 86_400,
  interruptible_by: [] as readonly string[],
  suspended_at_most_s: 3600,
  wrap_up: { mode: 'timed', seconds: 60, extensions: 1 } as Channel['wrap_up'],
};
type Values = typeof kFresh;

export default function TaskChannelsPage() {
  const { t } = useTranslation();
  return (
    <ResourcePage
      kind="/task-channels"
      icon={IconChat}
      words="task_channels"
      nameOf={(c: Channel) => c.friendly_name}
      columns={[
        { id: 'name', header: t('field.name'), wide: true, sort: (c) => c.friendly_name, cell: (c) => c.friendly_name },
        {
          id: 'unique',
          header: t('field.unique_name'),
          spare: true,
          cell: (c) => <code dir="ltr">{c.unique_name}</code>,
        },
        { id: 'cost', header: t('task_channels.cost'), numeric: true, sort: (c) => c.cost, cell: (c) => c.cost },
        { id: 'assign', header: t('task_queues.assign'), cell: (c) => t(`assign.${c.assign}`) },
        {
          id: 'offer',
          header: t('task_queues.offer_timeout'),
          numeric: true,
          sort: (c) => c.offer_timeout_s,
          cell: (c) => clockOf(c.offer_timeout_s),
        },
      ]}
      fresh={kFresh}
      valuesOf={(c) => ({
        unique_name: c.unique_name,
        friendly_name: c.friendly_name,
        cost: c.cost,
        exclusive: c.exclusive,
        default_capacity: c.default_capacity,
        assign: c.assign,
        answered_on: c.answered_on,
        offer_timeout_s: c.offer_timeout_s,
        live: c.live,
        time_to_live_s: c.time_to_live_s,
        interruptible_by: c.interruptible_by,
        suspended_at_most_s: c.suspended_at_most_s,
        wrap_up: c.wrap_up,
      })}
      fields={(form, channel) => <Fields form={form} channel={channel} />}
    />
  );
}

function Fields({ form, channel }: { readonly form: Form<Values>; readonly channel: Channel | null }) {
  const { t } = useTranslation();
  const channels = useLive((live) => live.taskChannels);
  const { values, set, error } = form;
  return (
    <>
      <NameField form={form} />
      <TextInput
        label={t('field.unique_name')}
        description={t('field.unique_name_about')}
        value={values.unique_name}
        onChange={(event) => set('unique_name', event.currentTarget.value)}
        error={error('unique_name')}
        disabled={channel !== null}
        maxLength={64}
        dir="ltr"
        required={channel === null}
        withAsterisk={false}
      />
      <Group grow align="flex-start">
        <NumberField
          label={t('task_channels.cost')}
          about={t('task_channels.cost_about')}
          value={values.cost}
          onChange={(v) => set('cost', v ?? 0)}
          error={error('cost')}
          max={1000}
        />
        <NumberField
          label={t('task_channels.capacity')}
          about={t('task_channels.capacity_about')}
          value={values.default_capacity}
          onChange={(v) => set('default_capacity', v ?? 0)}
          error={error('default_capacity')}
          max={100}
        />
      </Group>
      <Switch
        label={t('task_channels.exclusive')}
        checked={values.exclusive}
        onChange={(event) => set('exclusive', event.currentTarget.checked)}
      />
      <Group grow align="flex-start">
        <Select
          label={t('task_queues.assign')}
          data={(['offer', 'direct', 'auto_accept'] as const).map((a) => ({ value: a, label: t(`assign.${a}`) }))}
          value={values.assign}
          onChange={(v) => v && set('assign', v as Channel['assign'])}
          allowDeselect={false}
        />
        <NumberField
          label={t('task_queues.offer_timeout')}
          value={values.offer_timeout_s}
          onChange={(v) => set('offer_timeout_s', v ?? 1)}
          error={error('offer_timeout_s')}
          min={1}
          max={3600}
          unit="seconds"
        />
      </Group>
      <Select
        label={t('task_channels.answered_on')}
        data={(['accept', 'reply', 'connect'] as const).map((a) => ({ value: a, label: t(`answered_on.${a}`) }))}
        value={values.answered_on}
        onChange={(v) => v && set('answered_on', v as Channel['answered_on'])}
        allowDeselect={false}
      />
      <Switch
        label={t('task_channels.live')}
        description={t('task_channels.live_about')}
        checked={values.live}
        onChange={(event) => set('live', event.currentTarget.checked)}
      />
      {values.live && (
        <NumberField
          label={t('task_channels.time_to_live')}
          value={values.time_to_live_s}
          onChange={(v) => set('time_to_live_s', v ?? 1)}
          error={error('time_to_live_s')}
          min={1}
          max={1_209_600}
          unit="seconds"
        />
      )}
      <MultiSelect
        label={t('task_channels.interruptible_by')}
        description={t('task_channels.interruptible_about')}
        data={Object.values(channels)
          .filter((c) => c.sid !== channel?.sid)
          .map((c) => ({ value: c.sid, label: c.friendly_name }))}
        value={[...values.interruptible_by]}
        onChange={(v) => set('interruptible_by', v)}
        error={error('interruptible_by')}
      />
      {values.interruptible_by.length > 0 && (
        <NumberField
          label={t('task_channels.suspended_at_most')}
          value={values.suspended_at_most_s}
          onChange={(v) => set('suspended_at_most_s', v ?? 60)}
          error={error('suspended_at_most_s')}
          min={60}
          max={86_400}
          unit="seconds"
        />
      )}
      <WrapUpFields
        value={values.wrap_up}
        onChange={(v) => set('wrap_up', v as Values['wrap_up'])}
        modes={['none', 'timed', 'required']}
        error={error}
      />
    </>
  );
}
