import type { Schemas } from '@carillon/contract';
import type { Live } from '@carillon/state';
import { IconPhone } from '@carillon/ui';
import { Group, Select, Switch, TagsInput, TextInput, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NameField, NumberField, ResourcePage } from '../../desk/admin';
import type { Form } from '../../desk/admin';
import { useLive } from '../../desk/hooks';

type PhoneNumber = Schemas['Number'];
type Say = 'greeting' | 'closed_words' | 'nobody_words' | 'full_words';
type Place = 'workflow_sid' | 'task_queue_sid' | 'worker_sid';

const kPlaces: readonly Place[] = ['task_queue_sid', 'workflow_sid', 'worker_sid'];

const kRecording: readonly Schemas['RecordingPolicy'][] = ['never', 'agent_may', 'always'];

const kFresh = {
  friendly_name: '',
  address: '',
  workflow_sid: null as string | null,
  task_queue_sid: null as string | null,
  worker_sid: null as string | null,
  priority: 0,
  greeting: { prompt: null, text: null } as Schemas['Words'],
  closed_words: { prompt: null, text: null } as Schemas['Words'],
  nobody_words: { prompt: null, text: null } as Schemas['Words'],
  full_words: { prompt: null, text: null } as Schemas['Words'],
  announce_position: true,
  announce_wait: true,
  announce_every_s: 60,
  always_open: true,
  refuse_anonymous: false,
  blocked: [] as readonly string[],
  turn_away_unstaffed: true,
  recording: 'never' as Schemas['RecordingPolicy'],
};
type Values = typeof kFresh;

export default function NumbersPage() {
  const { t } = useTranslation();
  const taskQueues = useLive((live) => live.taskQueues);
  const workflows = useLive((live) => live.workflows);
  const workers = useLive((live) => live.workers);
  return (
    <ResourcePage
      kind="/numbers"
      icon={IconPhone}
      words="phone_numbers"
      nameOf={(n: PhoneNumber) => n.friendly_name}
      columns={[
        { id: 'name', header: t('field.name'), sort: (n) => n.friendly_name, cell: (n) => n.friendly_name },
        {
          id: 'address',
          header: t('phone_numbers.address'),
          wide: true,
          sort: (n) => n.address,
          cell: (n) => <bdi dir="ltr">{n.address}</bdi>,
        },
        {
          id: 'place',
          header: t('phone_numbers.place'),
          cell: (n) => nameOfPlace({ taskQueues, workflows, workers }, n),
        },
      ]}
      fresh={{ ...kFresh, task_queue_sid: Object.keys(taskQueues)[0] ?? null }}
      valuesOf={(n): Values => ({
        friendly_name: n.friendly_name,
        address: n.address,
        workflow_sid: n.workflow_sid,
        task_queue_sid: n.task_queue_sid,
        worker_sid: n.worker_sid,
        priority: n.priority,
        greeting: n.greeting,
        closed_words: n.closed_words,
        nobody_words: n.nobody_words,
        full_words: n.full_words,
        announce_position: n.announce_position,
        announce_wait: n.announce_wait,
        announce_every_s: n.announce_every_s,
        always_open: n.always_open,
        refuse_anonymous: n.refuse_anonymous,
        blocked: n.blocked,
        turn_away_unstaffed: n.turn_away_unstaffed,
        recording: n.recording,
      })}
      fields={(form, number) => <Fields form={form} openings={number?.openings.length ?? 0} />}
    />
  );
}

function nameOfPlace(live: Pick<Live, 'taskQueues' | 'workflows' | 'workers'>, number: PhoneNumber): string {
  const { task_queue_sid: queue, workflow_sid: workflow, worker_sid: worker } = number;
  if (queue) return live.taskQueues[queue]?.friendly_name ?? queue;
  if (workflow) return live.workflows[workflow]?.friendly_name ?? workflow;
  return live.workers[worker ?? '']?.friendly_name ?? worker ?? '';
}

function Fields({ form, openings }: { readonly form: Form<Values>; readonly openings: number }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  return (
    <>
      <NameField form={form} />
      <TextInput
        label={t('phone_numbers.address')}
        description={t('phone_numbers.address_about')}
        placeholder="+4930123456"
        value={values.address}
        onChange={(event) => set('address', event.currentTarget.value.trim())}
        error={error('address')}
        maxLength={128}
        dir="ltr"
      />
      <PlaceFields form={form} />
      <WordsField form={form} say="greeting" />
      <Switch
        label={t('phone_numbers.announce_position')}
        checked={values.announce_position}
        onChange={(event) => set('announce_position', event.currentTarget.checked)}
      />
      <Switch
        label={t('phone_numbers.announce_wait')}
        checked={values.announce_wait}
        onChange={(event) => set('announce_wait', event.currentTarget.checked)}
      />
      {(values.announce_position || values.announce_wait) && (
        <NumberField
          label={t('phone_numbers.announce_every')}
          value={values.announce_every_s}
          onChange={(v) => set('announce_every_s', v ?? 60)}
          error={error('announce_every_s')}
          min={15}
          max={3600}
          unit="seconds"
        />
      )}
      <Switch
        label={t('phone_numbers.always_open')}
        description={values.always_open ? undefined : t('phone_numbers.openings', { count: openings })}
        checked={values.always_open}
        onChange={(event) => set('always_open', event.currentTarget.checked)}
        error={error('openings')}
      />
      <WordsField form={form} say="closed_words" />
      <Switch
        label={t('phone_numbers.turn_away')}
        checked={values.turn_away_unstaffed}
        onChange={(event) => set('turn_away_unstaffed', event.currentTarget.checked)}
      />
      {values.turn_away_unstaffed && <WordsField form={form} say="nobody_words" />}
      <WordsField form={form} say="full_words" />
      <Select
        label={t('phone_numbers.recording')}
        description={t(`phone_numbers.recording_about.${values.recording}`)}
        data={kRecording.map((one) => ({ value: one, label: t(`phone_numbers.record.${one}`) }))}
        value={values.recording}
        onChange={(v) => v && set('recording', v as Schemas['RecordingPolicy'])}
        allowDeselect={false}
      />
      <Switch
        label={t('phone_numbers.refuse_anonymous')}
        checked={values.refuse_anonymous}
        onChange={(event) => set('refuse_anonymous', event.currentTarget.checked)}
      />
      <TagsInput
        label={t('phone_numbers.blocked')}
        description={t('phone_numbers.blocked_about')}
        value={[...values.blocked]}
        onChange={(v) => set('blocked', v)}
        error={error('blocked')}
        dir="ltr"
      />
      <NumberField
        label={t('phone_numbers.priority')}
        value={values.priority}
        onChange={(v) => set('priority', v ?? 0)}
        error={error('priority')}
        max={2_147_483_647}
      />
    </>
  );
}

function PlaceFields({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  const queues = useLive((live) => live.taskQueues);
  const workflows = useLive((live) => live.workflows);
  const workers = useLive((live) => live.workers);
  const choices = { task_queue_sid: queues, workflow_sid: workflows, worker_sid: workers };
  const place = kPlaces.find((one) => values[one] !== null) ?? 'task_queue_sid';
  // One place; choosing another lets go of the one before.
  const choose = (next: Place, sid: string | null) => {
    for (const one of kPlaces) set(one, one === next ? sid : null);
  };
  return (
    <Group grow align="flex-start">
      <Select
        label={t('phone_numbers.place')}
        data={kPlaces.map((one) => ({ value: one, label: t(`phone_numbers.to.${one}`) }))}
        value={place}
        onChange={(v) => v && v !== place && choose(v as Place, Object.keys(choices[v as Place])[0] ?? null)}
        allowDeselect={false}
      />
      <Select
        label={t(`phone_numbers.to.${place}`)}
        data={Object.values(choices[place])
          .map((one) => ({ value: one.sid, label: one.friendly_name }))
          .sort((a, b) => a.label.localeCompare(b.label))}
        value={values[place]}
        onChange={(v) => v && choose(place, v)}
        error={error(place)}
        searchable
        allowDeselect={false}
      />
    </Group>
  );
}

// Words as text; recorded ones stay, until other words are written.
function WordsField({ form, say }: { readonly form: Form<Values>; readonly say: Say }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  const { prompt, text } = values[say];
  return (
    <Textarea
      label={t(`phone_numbers.say.${say}`)}
      description={prompt ? t('phone_numbers.recorded', { prompt }) : t(`phone_numbers.say_about.${say}`)}
      value={text ?? ''}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        set(say, { prompt: typed === '' ? prompt : null, text: typed === '' ? null : typed });
      }}
      error={error(say)}
      maxLength={2000}
      autosize
      minRows={2}
      dir="auto"
    />
  );
}
