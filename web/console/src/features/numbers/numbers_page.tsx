import type { Schemas } from '@carillon/contract';
import type { Live } from '@carillon/state';
import { IconPhone } from '@carillon/ui';
import { Group, Select, Switch, TagsInput, TextInput, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NameField, NumberField, ResourcePage } from '../../desk/admin';
import type { Form } from '../../desk/admin';
import { useLive } from '../../desk/hooks';
import { HoursField } from './hours_field';

type PhoneNumber = Schemas['Number'];
type Say =
  | 'greeting'
  | 'closed_words'
  | 'nobody_words'
  | 'full_words'
  | 'key_words'
  | 'max_wait_words'
  | 'voicemail_words'
  | 'consent_words';
type Otherwise = 'on_closed' | 'on_full' | 'on_unstaffed' | 'on_max_wait';
type Place = 'workflow_sid' | 'task_queue_sid' | 'worker_sid';

const kPlaces: readonly Place[] = ['task_queue_sid', 'workflow_sid', 'worker_sid'];

const kRecording: readonly Schemas['RecordingPolicy'][] = ['never', 'agent_may', 'sample', 'always'];

const kConsent: readonly Schemas['ConsentRule'][] = ['none', 'announce', 'ask'];
const kModes: readonly Schemas['CallbackMode'][] = ['agent_first', 'customer_first'];
const kKeys: readonly string[] = [...'1234567890*#'];

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
  voicemail_key: null as Schemas['PhoneKey'],
  key_words: { prompt: null, text: null } as Schemas['Words'],
  on_closed: 'words' as Schemas['Instead'],
  on_full: 'words' as Schemas['Instead'],
  on_unstaffed: 'words' as Schemas['Instead'],
  max_wait_s: 0,
  on_max_wait: 'words' as Schemas['Instead'],
  max_wait_words: { prompt: null, text: null } as Schemas['Words'],
  voicemail_words: { prompt: 'vm-intro', text: null } as Schemas['Words'],
  voicemail_max_s: 180,
  consent: 'none' as Schemas['ConsentRule'],
  consent_words: { prompt: null, text: null } as Schemas['Words'],
  keep_withdrawn: false,
  sample_percent: 10,
  recordings_kept_days: null as number | null,
  voicemails_kept_days: null as number | null,
  hours: null as Schemas['Hours'] | null,
  zip_tone: false,
  tell_queue: false,
  voicemail_min_s: 5,
  callback: {
    key: null,
    words: { prompt: null, text: null },
    mode: 'agent_first',
    tries: 3,
    retry_after_s: 900,
  } as Schemas['NumberCallback'],
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
        voicemail_key: n.voicemail_key,
        key_words: n.key_words,
        on_closed: n.on_closed,
        on_full: n.on_full,
        on_unstaffed: n.on_unstaffed,
        max_wait_s: n.max_wait_s,
        on_max_wait: n.on_max_wait,
        max_wait_words: n.max_wait_words,
        voicemail_words: n.voicemail_words,
        voicemail_max_s: n.voicemail_max_s,
        consent: n.consent,
        consent_words: n.consent_words,
        keep_withdrawn: n.keep_withdrawn,
        sample_percent: n.sample_percent,
        recordings_kept_days: n.recordings_kept_days,
        voicemails_kept_days: n.voicemails_kept_days,
        hours: n.hours,
        zip_tone: n.zip_tone,
        tell_queue: n.tell_queue,
        voicemail_min_s: n.voicemail_min_s,
        callback: n.callback,
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
        description={
          values.always_open || values.hours || openings === 0
            ? undefined
            : t('phone_numbers.openings', { count: openings })
        }
        checked={values.always_open}
        onChange={(event) => set('always_open', event.currentTarget.checked)}
        error={error('openings')}
      />
      {!values.always_open && <HoursField value={values.hours} onChange={(v) => set('hours', v)} error={error} />}
      <WordsField form={form} say="closed_words" />
      <InsteadField form={form} of="on_closed" />
      <Switch
        label={t('phone_numbers.turn_away')}
        checked={values.turn_away_unstaffed}
        onChange={(event) => set('turn_away_unstaffed', event.currentTarget.checked)}
      />
      {values.turn_away_unstaffed && (
        <>
          <WordsField form={form} say="nobody_words" />
          <InsteadField form={form} of="on_unstaffed" />
        </>
      )}
      <WordsField form={form} say="full_words" />
      <InsteadField form={form} of="on_full" />
      <WaitingFields form={form} />
      <CallbackFields form={form} />
      <Select
        label={t('phone_numbers.recording')}
        description={t(`phone_numbers.recording_about.${values.recording}`)}
        data={kRecording.map((one) => ({ value: one, label: t(`phone_numbers.record.${one}`) }))}
        value={values.recording}
        onChange={(v) => v && set('recording', v as Schemas['RecordingPolicy'])}
        allowDeselect={false}
      />
      <PrivacyFields form={form} />
      <Switch
        label={t('phone_numbers.zip_tone')}
        checked={values.zip_tone}
        onChange={(event) => set('zip_tone', event.currentTarget.checked)}
      />
      <Switch
        label={t('phone_numbers.tell_queue')}
        checked={values.tell_queue}
        onChange={(event) => set('tell_queue', event.currentTarget.checked)}
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

// Which calls, who must agree, and how long it is kept.
function PrivacyFields({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  return (
    <>
      {values.recording === 'sample' && (
        <NumberField
          label={t('phone_numbers.sample_percent')}
          value={values.sample_percent}
          onChange={(v) => set('sample_percent', v ?? 10)}
          error={error('sample_percent')}
          max={100}
        />
      )}
      {values.recording !== 'never' && (
        <>
          <Select
            label={t('phone_numbers.consent')}
            description={t(`phone_numbers.consent_about.${values.consent}`)}
            data={kConsent.map((one) => ({ value: one, label: t(`phone_numbers.consent_is.${one}`) }))}
            value={values.consent}
            onChange={(v) => v && set('consent', v as Schemas['ConsentRule'])}
            allowDeselect={false}
          />
          {values.consent !== 'none' && <WordsField form={form} say="consent_words" />}
          <Switch
            label={t('phone_numbers.keep_withdrawn')}
            checked={values.keep_withdrawn}
            onChange={(event) => set('keep_withdrawn', event.currentTarget.checked)}
          />
        </>
      )}
      {(['recordings_kept_days', 'voicemails_kept_days'] as const).map((field) => (
        <NumberField
          key={field}
          label={t(`phone_numbers.${field}`)}
          about={t('phone_numbers.kept_about')}
          value={values[field]}
          onChange={(v) => set(field, v)}
          error={error(field)}
          max={36_500}
        />
      ))}
    </>
  );
}

// What whoever waits may do, how long they wait, and the message they may leave.
function WaitingFields({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  return (
    <>
      <NumberField
        label={t('phone_numbers.max_wait')}
        value={values.max_wait_s}
        onChange={(v) => set('max_wait_s', v ?? 0)}
        error={error('max_wait_s')}
        min={0}
        max={86_400}
        unit="seconds"
      />
      {values.max_wait_s > 0 && (
        <>
          <WordsField form={form} say="max_wait_words" />
          <InsteadField form={form} of="on_max_wait" />
        </>
      )}
      <Select
        label={t('phone_numbers.voicemail_key')}
        placeholder={t('phone_numbers.no_key')}
        data={kKeys}
        value={values.voicemail_key}
        onChange={(v) => set('voicemail_key', v)}
        error={error('voicemail_key')}
        clearable
      />
      {values.voicemail_key !== null && <WordsField form={form} say="key_words" />}
      <WordsField form={form} say="voicemail_words" />
      <NumberField
        label={t('phone_numbers.voicemail_max')}
        value={values.voicemail_max_s}
        onChange={(v) => set('voicemail_max_s', v ?? 180)}
        error={error('voicemail_max_s')}
        min={5}
        max={900}
        unit="seconds"
      />
      <NumberField
        label={t('phone_numbers.voicemail_min')}
        about={t('phone_numbers.voicemail_min_about')}
        value={values.voicemail_min_s}
        onChange={(v) => set('voicemail_min_s', v ?? 5)}
        error={error('voicemail_min_s')}
        max={60}
        unit="seconds"
      />
    </>
  );
}

// Whether whoever waits may ask to be called back, and how that is done.
function CallbackFields({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  const { callback } = values;
  const put = (more: Partial<Schemas['NumberCallback']>) => set('callback', { ...callback, ...more });
  if (values.worker_sid !== null && callback.key === null) return null;
  return (
    <>
      <Select
        label={t('phone_numbers.callback_key')}
        description={t('phone_numbers.callback_about')}
        placeholder={t('phone_numbers.no_key')}
        data={kKeys}
        value={callback.key}
        onChange={(v) => put({ key: v })}
        error={error('callback/key')}
        clearable
      />
      {callback.key !== null && (
        <>
          <Textarea
            label={t('phone_numbers.callback_words')}
            description={t('phone_numbers.callback_words_about')}
            value={callback.words.text ?? ''}
            onChange={(event) => put({ words: { prompt: null, text: event.currentTarget.value || null } })}
            error={error('callback/words')}
            maxLength={2000}
            autosize
            minRows={2}
            dir="auto"
          />
          <Select
            label={t('phone_numbers.callback_mode')}
            description={t(`phone_numbers.callback_mode_about.${callback.mode}`)}
            data={kModes.map((one) => ({ value: one, label: t(`phone_numbers.callback_mode_is.${one}`) }))}
            value={callback.mode}
            onChange={(v) => v && put({ mode: v as Schemas['CallbackMode'] })}
            allowDeselect={false}
          />
          <Group grow align="flex-start">
            <NumberField
              label={t('phone_numbers.callback_tries')}
              value={callback.tries}
              onChange={(v) => put({ tries: v ?? 3 })}
              error={error('callback/tries')}
              min={1}
              max={10}
            />
            <NumberField
              label={t('phone_numbers.callback_retry')}
              value={callback.retry_after_s}
              onChange={(v) => put({ retry_after_s: v ?? 900 })}
              error={error('callback/retry_after_s')}
              min={1}
              max={86_400}
              unit="seconds"
            />
          </Group>
        </>
      )}
    </>
  );
}

function InsteadField({ form, of }: { readonly form: Form<Values>; readonly of: Otherwise }) {
  const { t } = useTranslation();
  return (
    <Switch
      label={t(`phone_numbers.instead.${of}`)}
      checked={form.values[of] === 'voicemail'}
      onChange={(event) => form.set(of, event.currentTarget.checked ? 'voicemail' : 'words')}
    />
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
