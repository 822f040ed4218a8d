import type { Schemas } from '@carillon/contract';
import { IconRoute } from '@carillon/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NameField, ResourcePage } from '../../desk/admin';
import { Switch } from '@mantine/core';
import { DocumentEditor } from './document_editor';

type Workflow = Schemas['Workflow'];

const kFresh = {
  friendly_name: '',
  document: { task_routing: { filters: [] } } as unknown as Schemas['WorkflowDocument'],
  re_evaluate: false,
};

export default function WorkflowsPage() {
  const { t } = useTranslation();
  const [valid, setValid] = useState(true);
  return (
    <ResourcePage
      kind="/workflows"
      icon={IconRoute}
      words="workflows"
      width="56rem"
      nameOf={(w: Workflow) => w.friendly_name}
      columns={[
        { id: 'name', header: t('field.name'), wide: true, sort: (w) => w.friendly_name, cell: (w) => w.friendly_name },
        {
          id: 'filters',
          header: t('workflows.filters'),
          numeric: true,
          cell: (w) => w.document.task_routing.filters.length,
        },
        { id: 'warnings', header: t('workflows.warnings'), numeric: true, cell: (w) => w.warnings.length || '–' },
      ]}
      fresh={kFresh}
      valuesOf={({ friendly_name, document }) => ({ friendly_name, document, re_evaluate: false })}
      bodyOf={({ re_evaluate, ...values }) => (re_evaluate ? { ...values, re_evaluate } : values)}
      fields={(form, workflow) => (
        <>
          <NameField form={form} />
          <DocumentEditor
            value={form.values.document}
            onChange={(document) => form.set('document', document)}
            fault={form.fault('document') ?? form.fault('task_routing')}
            onValid={setValid}
          />
          {workflow && (
            <Switch
              label={t('workflows.re_evaluate')}
              description={t('workflows.re_evaluate_about')}
              checked={form.values.re_evaluate}
              onChange={(event) => form.set('re_evaluate', event.currentTarget.checked)}
              disabled={!valid}
            />
          )}
        </>
      )}
    />
  );
}
