import type { Schemas } from '@carillon/contract';
import { IconClock, clockOf } from '@carillon/ui';
import { Select, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NameField, NumberField, ResourcePage } from '../../desk/admin';

type Activity = Schemas['Activity'];

const kClasses: readonly Schemas['ActivityClass'][] = [
  'available',
  'productive',
  'break',
  'training',
  'meeting',
  'system',
];

export default function ActivitiesPage() {
  const { t } = useTranslation();
  return (
    <ResourcePage
      kind="/activities"
      icon={IconClock}
      words="activities"
      nameOf={(a: Activity) => a.friendly_name}
      fixed={(a) => a.offline}
      columns={[
        { id: 'name', header: t('field.name'), wide: true, sort: (a) => a.friendly_name, cell: (a) => a.friendly_name },
        {
          id: 'class',
          header: t('activities.class'),
          sort: (a) => a.activity_class,
          cell: (a) => t(`activity_class.${a.activity_class}`),
        },
        { id: 'paid', header: t('activities.paid'), spare: true, cell: (a) => t(a.paid ? 'answer.yes' : 'answer.no') },
        {
          id: 'maximum',
          header: t('activities.maximum'),
          numeric: true,
          sort: (a) => a.maximum_s ?? 0,
          cell: (a) => (a.maximum_s === null ? '–' : clockOf(a.maximum_s)),
        },
        { id: 'by', header: t('activities.pickable_by'), cell: (a) => t(`pickable_by.${a.pickable_by}`) },
      ]}
      fresh={{
        friendly_name: '',
        activity_class: 'break' as Schemas['ActivityClass'],
        paid: true,
        maximum_s: null as number | null,
        pickable_by: 'worker' as Activity['pickable_by'],
      }}
      valuesOf={({ friendly_name, activity_class, paid, maximum_s, pickable_by }) => ({
        friendly_name,
        activity_class,
        paid,
        maximum_s,
        pickable_by,
      })}
      fields={(form, activity) => (
        <>
          <NameField form={form} />
          <Select
            label={t('activities.class')}
            description={t('activities.class_about')}
            data={kClasses
              .filter((c) => c !== 'system' || activity?.activity_class === 'system')
              .map((c) => ({ value: c, label: t(`activity_class.${c}`) }))}
            value={form.values.activity_class}
            onChange={(value) => value && form.set('activity_class', value as Schemas['ActivityClass'])}
            allowDeselect={false}
            disabled={activity?.offline ?? false}
            error={form.error('activity_class')}
          />
          <NumberField
            label={t('activities.maximum')}
            about={t('activities.maximum_about')}
            value={form.values.maximum_s}
            onChange={(value) => form.set('maximum_s', value)}
            error={form.error('maximum_s')}
            min={60}
            max={86_400}
            empty={t('activities.no_maximum')}
            unit="seconds"
          />
          <Select
            label={t('activities.pickable_by')}
            data={(['worker', 'supervisor'] as const).map((by) => ({ value: by, label: t(`pickable_by.${by}`) }))}
            value={form.values.pickable_by}
            onChange={(value) => value && form.set('pickable_by', value as Activity['pickable_by'])}
            allowDeselect={false}
            error={form.error('pickable_by')}
          />
          <Switch
            label={t('activities.paid')}
            checked={form.values.paid}
            onChange={(event) => form.set('paid', event.currentTarget.checked)}
          />
        </>
      )}
    />
  );
}
