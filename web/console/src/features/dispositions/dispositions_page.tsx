import type { Schemas } from '@carillon/contract';
import { IconCheck } from '@carillon/ui';
import { MultiSelect, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NameField, NumberField, ResourcePage } from '../../desk/admin';
import { useLive } from '../../desk/hooks';

type Disposition = Schemas['Disposition'];

export default function DispositionsPage() {
  const { t } = useTranslation();
  const queues = useLive((live) => live.taskQueues);
  const namesOf = (sids: readonly string[]) => sids.map((sid) => queues[sid]?.friendly_name ?? sid).join(', ');
  return (
    <ResourcePage
      kind="/dispositions"
      icon={IconCheck}
      words="dispositions"
      nameOf={(d: Disposition) => d.friendly_name}
      sortedBy="rank"
      columns={[
        { id: 'name', header: t('field.name'), wide: true, sort: (d) => d.friendly_name, cell: (d) => d.friendly_name },
        {
          id: 'queues',
          header: t('dispositions.queues'),
          spare: true,
          cell: (d) => (d.task_queue_sids.length === 0 ? t('dispositions.every_queue') : namesOf(d.task_queue_sids)),
        },
        { id: 'rank', header: t('dispositions.rank'), numeric: true, sort: (d) => d.rank, cell: (d) => d.rank },
        {
          id: 'retired',
          header: t('field.state'),
          cell: (d) => t(d.retired ? 'dispositions.retired' : 'dispositions.in_use'),
        },
      ]}
      fresh={{ friendly_name: '', task_queue_sids: [] as readonly string[], rank: 0, retired: false }}
      valuesOf={({ friendly_name, task_queue_sids, rank, retired }) => ({
        friendly_name,
        task_queue_sids,
        rank,
        retired,
      })}
      fields={(form) => (
        <>
          <NameField form={form} />
          <MultiSelect
            label={t('dispositions.queues')}
            description={t('dispositions.queues_about')}
            placeholder={form.values.task_queue_sids.length === 0 ? t('dispositions.every_queue') : ''}
            data={Object.values(queues).map((q) => ({ value: q.sid, label: q.friendly_name }))}
            value={[...form.values.task_queue_sids]}
            onChange={(value) => form.set('task_queue_sids', value)}
            error={form.error('task_queue_sids')}
          />
          <NumberField
            label={t('dispositions.rank')}
            about={t('dispositions.rank_about')}
            value={form.values.rank}
            onChange={(rank) => form.set('rank', rank ?? 0)}
            error={form.error('rank')}
            max={10_000}
          />
          <Switch
            label={t('dispositions.retire')}
            description={t('dispositions.retire_about')}
            checked={form.values.retired}
            onChange={(event) => form.set('retired', event.currentTarget.checked)}
          />
        </>
      )}
    />
  );
}
