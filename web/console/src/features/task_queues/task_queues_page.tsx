import type { Schemas } from '@carillon/contract';
import { IconInbox, measureOf } from '@carillon/ui';
import { Group, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ExpressionField, NameField, NumberField, ResourcePage, WrapUpFields } from '../../desk/admin';
import type { Form } from '../../desk/admin';
import { PopField } from './pop_field';
import classes from './task_queues_page.module.css';

type Queue = Schemas['TaskQueue'];

const kFresh = {
  friendly_name: '',
  expression: '',
  task_order: 'fifo' as Queue['task_order'],
  max_reserved_workers: 1,
  service_level: { target_s: 20, short_abandon_s: 5 } as Schemas['ServiceLevel'],
  max_size: null as number | null,
  max_wait_s: null as number | null,
  assign: 'inherit' as Schemas['AssignMode'],
  offer_timeout_s: null as number | null,
  wrap_up: { mode: 'inherit', seconds: 0, extensions: 0 } as Schemas['WrapUpRule'],
  pop_url: null as string | null,
  pop_open: false,
};
type Values = typeof kFresh;

export default function TaskQueuesPage() {
  const { t, i18n } = useTranslation();
  return (
    <ResourcePage
      kind="/task-queues"
      icon={IconInbox}
      words="task_queues"
      nameOf={(q: Queue) => q.friendly_name}
      columns={[
        { id: 'name', header: t('field.name'), wide: true, sort: (q) => q.friendly_name, cell: (q) => q.friendly_name },
        {
          id: 'expression',
          header: t('task_queues.expression'),
          spare: true,
          cell: (q) => (
            <code className={classes['code']} dir="ltr">
              {q.expression || t('task_queues.everybody')}
            </code>
          ),
        },
        {
          id: 'target',
          header: t('task_queues.target'),
          numeric: true,
          sort: (q) => q.service_level.target_s,
          cell: (q) => measureOf(q.service_level.target_s, i18n.language),
        },
        { id: 'order', header: t('task_queues.order'), cell: (q) => t(`task_order.${q.task_order}`) },
      ]}
      fresh={kFresh}
      valuesOf={(q) => ({
        friendly_name: q.friendly_name,
        expression: q.expression,
        task_order: q.task_order,
        max_reserved_workers: q.max_reserved_workers,
        service_level: q.service_level,
        max_size: q.max_size,
        max_wait_s: q.max_wait_s,
        assign: q.assign,
        offer_timeout_s: q.offer_timeout_s,
        wrap_up: q.wrap_up,
        pop_url: q.pop_url,
        pop_open: q.pop_open,
      })}
      fields={(form, queue) => <Fields form={form} warnings={queue?.warnings ?? []} />}
    />
  );
}

function Fields({ form, warnings }: { readonly form: Form<Values>; readonly warnings: readonly string[] }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  const level = (part: Partial<Schemas['ServiceLevel']>) => set('service_level', { ...values.service_level, ...part });
  return (
    <>
      <NameField form={form} />
      <ExpressionField
        label={t('task_queues.expression')}
        about={t('task_queues.expression_about')}
        value={values.expression}
        onChange={(value) => set('expression', value)}
        place="task_queue"
        fault={form.fault('expression')}
      />
      {warnings.map((warning) => (
        <p key={warning} className={classes['warning']}>
          {warning}
        </p>
      ))}
      <Group grow align="flex-start">
        <NumberField
          label={t('task_queues.target')}
          about={t('task_queues.target_about')}
          value={values.service_level.target_s}
          onChange={(v) => level({ target_s: v ?? 1 })}
          error={error('service_level/target_s')}
          min={1}
          max={86_400}
          unit="seconds"
        />
        <NumberField
          label={t('task_queues.short_abandon')}
          about={t('task_queues.short_abandon_about')}
          value={values.service_level.short_abandon_s}
          onChange={(v) => level({ short_abandon_s: v ?? 0 })}
          error={error('service_level/short_abandon_s')}
          max={3600}
          unit="seconds"
        />
      </Group>
      <Group grow align="flex-start">
        <Select
          label={t('task_queues.order')}
          data={(['fifo', 'lifo'] as const).map((o) => ({ value: o, label: t(`task_order.${o}`) }))}
          value={values.task_order}
          onChange={(v) => v && set('task_order', v as Queue['task_order'])}
          allowDeselect={false}
        />
        <NumberField
          label={t('task_queues.at_once')}
          value={values.max_reserved_workers}
          onChange={(v) => set('max_reserved_workers', v ?? 1)}
          error={error('max_reserved_workers')}
          min={1}
          max={50}
        />
      </Group>
      <Group grow align="flex-start">
        <Select
          label={t('task_queues.assign')}
          data={(['inherit', 'offer', 'direct', 'auto_accept'] as const).map((a) => ({
            value: a,
            label: t(`assign.${a}`),
          }))}
          value={values.assign}
          onChange={(v) => v && set('assign', v as Schemas['AssignMode'])}
          allowDeselect={false}
          error={error('assign')}
        />
        <NumberField
          label={t('task_queues.offer_timeout')}
          value={values.offer_timeout_s}
          onChange={(v) => set('offer_timeout_s', v)}
          error={error('offer_timeout_s')}
          min={1}
          max={3600}
          empty={t('task_queues.as_channel')}
          unit="seconds"
        />
      </Group>
      <Group grow align="flex-start">
        <NumberField
          label={t('task_queues.max_size')}
          value={values.max_size}
          onChange={(v) => set('max_size', v)}
          error={error('max_size')}
          min={1}
          max={1_000_000}
          empty={t('task_queues.no_limit')}
        />
        <NumberField
          label={t('task_queues.max_wait')}
          value={values.max_wait_s}
          onChange={(v) => set('max_wait_s', v)}
          error={error('max_wait_s')}
          min={1}
          max={1_209_600}
          empty={t('task_queues.no_limit')}
          unit="seconds"
        />
      </Group>
      <WrapUpFields
        value={values.wrap_up}
        onChange={(v) => set('wrap_up', v as Values['wrap_up'])}
        modes={['inherit', 'none', 'timed', 'required']}
        error={error}
      />
      <PopField
        url={values.pop_url}
        open={values.pop_open}
        onUrl={(v) => set('pop_url', v)}
        onOpen={(v) => set('pop_open', v)}
        error={error('pop_url')}
      />
    </>
  );
}
