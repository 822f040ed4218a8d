import type { Schemas } from '@carillon/contract';
import { IconWidget } from '@carillon/ui';
import { Button, ColorInput, Group, Select, Switch, TagsInput, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonField, NameField, NumberField, ResourcePage, SecretDialog } from '../../desk/admin';
import type { Form } from '../../desk/admin';
import { useBusy, useCenter, useLive, useRead, useTell } from '../../desk/hooks';
import classes from './widgets_page.module.css';

type Widget = Schemas['Widget'];

const kFresh = {
  friendly_name: '',
  allowed_origins: [] as readonly string[],
  workflow_sid: '',
  priority: 0,
  attributes: {} as Widget['attributes'],
  title: '',
  greeting: '',
  ask_name: true,
  ask_email: false,
  theme: { accent_color: '#1f6a58', side: 'right', scheme: 'auto' } as Schemas['WidgetTheme'],
  enabled: true,
  number_sid: null as string | null,
};
type Values = typeof kFresh;

export default function WidgetsPage() {
  const { t } = useTranslation();
  const [secret, setSecret] = useState<string | null>(null);
  const workflows = useLive((live) => live.workflows);
  const first = Object.keys(workflows)[0] ?? '';
  return (
    <>
      <ResourcePage
        kind="/widgets"
        icon={IconWidget}
        words="widgets"
        nameOf={(w: Widget) => w.friendly_name}
        columns={[
          { id: 'name', header: t('field.name'), sort: (w) => w.friendly_name, cell: (w) => w.friendly_name },
          {
            id: 'origins',
            header: t('widgets.origins'),
            wide: true,
            cell: (w) => <span dir="ltr">{w.allowed_origins.join(', ') || '–'}</span>,
          },
          { id: 'state', header: t('field.state'), cell: (w) => t(w.enabled ? 'widgets.on' : 'widgets.off') },
        ]}
        fresh={{ ...kFresh, workflow_sid: first }}
        valuesOf={(w) => ({
          friendly_name: w.friendly_name,
          allowed_origins: w.allowed_origins,
          workflow_sid: w.workflow_sid,
          priority: w.priority,
          attributes: w.attributes,
          title: w.title,
          greeting: w.greeting,
          ask_name: w.ask_name,
          ask_email: w.ask_email,
          theme: w.theme,
          enabled: w.enabled,
          number_sid: w.number_sid,
        })}
        fields={(form) => <Fields form={form} />}
        below={(widget) => <Embedding widget={widget} onSecret={setSecret} />}
        onMade={(answer) => setSecret((answer as Schemas['CreatedWidget']).identity_secret)}
      />
      {secret !== null && <SecretDialog title={t('widgets.secret')} secret={secret} close={() => setSecret(null)} />}
    </>
  );
}

function Fields({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const workflows = useLive((live) => live.workflows);
  const { values, set, error } = form;
  const theme = (part: Partial<Schemas['WidgetTheme']>) => set('theme', { ...values.theme, ...part });
  return (
    <>
      <NameField form={form} />
      <TagsInput
        label={t('widgets.origins')}
        description={t('widgets.origins_about')}
        placeholder="https://shop.example"
        value={[...values.allowed_origins]}
        onChange={(v) => set('allowed_origins', v)}
        error={error('allowed_origins')}
        dir="ltr"
      />
      <Select
        label={t('widgets.workflow')}
        data={Object.values(workflows).map((w) => ({ value: w.sid, label: w.friendly_name }))}
        value={values.workflow_sid || null}
        onChange={(v) => v && set('workflow_sid', v)}
        allowDeselect={false}
        error={error('workflow_sid')}
      />
      <NumberSelect form={form} />
      <TextInput
        label={t('widgets.heading')}
        value={values.title}
        onChange={(event) => set('title', event.currentTarget.value)}
        error={error('title')}
        maxLength={64}
      />
      <Textarea
        label={t('widgets.greeting')}
        value={values.greeting}
        onChange={(event) => set('greeting', event.currentTarget.value)}
        error={error('greeting')}
        maxLength={500}
        autosize
        minRows={2}
      />
      <Switch
        label={t('widgets.ask_name')}
        checked={values.ask_name}
        onChange={(event) => set('ask_name', event.currentTarget.checked)}
      />
      <Switch
        label={t('widgets.ask_email')}
        checked={values.ask_email}
        onChange={(event) => set('ask_email', event.currentTarget.checked)}
      />
      <Group grow align="flex-start">
        <ColorInput
          label={t('widgets.color')}
          value={values.theme.accent_color}
          onChange={(v) => theme({ accent_color: v })}
          format="hex"
          withEyeDropper={false}
          error={error('theme')}
        />
        <Select
          label={t('widgets.side')}
          data={(['left', 'right'] as const).map((s) => ({ value: s, label: t(`side.${s}`) }))}
          value={values.theme.side}
          onChange={(v) => v && theme({ side: v as 'left' })}
          allowDeselect={false}
        />
        <Select
          label={t('looks.title')}
          data={(['auto', 'light', 'dark'] as const).map((s) => ({ value: s, label: t(`scheme.${s}`) }))}
          value={values.theme.scheme}
          onChange={(v) => v && theme({ scheme: v as 'auto' })}
          allowDeselect={false}
        />
      </Group>
      <NumberField
        label={t('widgets.priority')}
        value={values.priority}
        onChange={(v) => set('priority', v ?? 0)}
        error={error('priority')}
        max={2_147_483_647}
      />
      <JsonField
        label={t('widgets.attributes')}
        about={t('widgets.attributes_about')}
        value={values.attributes}
        onChange={(v) => set('attributes', v as Values['attributes'])}
        error={error('attributes')}
        minRows={2}
      />
      <Switch
        label={t('widgets.enabled')}
        checked={values.enabled}
        onChange={(event) => set('enabled', event.currentTarget.checked)}
      />
    </>
  );
}

// Which number is called from the page.
function NumberSelect({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const { value } = useRead('/numbers', { query: { page_size: 200 } });
  const { values, set, error } = form;
  return (
    <Select
      label={t('widgets.calls')}
      description={t('widgets.calls_about')}
      placeholder={t('widgets.no_calls')}
      data={(value?.items ?? []).map((n) => ({ value: n.sid, label: `${n.friendly_name} (${n.address})` }))}
      value={values.number_sid}
      onChange={(v) => set('number_sid', v)}
      error={error('number_sid')}
      clearable
    />
  );
}

function Embedding({ widget, onSecret }: { readonly widget: Widget; readonly onSecret: (secret: string) => void }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const tell = useTell();
  const [busy, run] = useBusy();
  const rotate = () =>
    void run(async () => {
      const answer = await rest.post('/widgets/{sid}/identity-secret', { path: { sid: widget.sid } });
      if (answer.ok) onSecret(answer.value.identity_secret);
      else tell(answer.problem);
    });
  return (
    <section className={classes['embedding']}>
      <h3>{t('widgets.embed')}</h3>
      <p>{t('widgets.embed_about')}</p>
      <code dir="ltr">{`<script src="${location.origin}/widget/carillon-widget.js" data-widget="${widget.sid}" async></script>`}</code>
      <p>{t('widgets.secret_about')}</p>
      <Button variant="default" loading={busy} onClick={rotate}>
        {t('widgets.rotate')}
      </Button>
    </section>
  );
}
