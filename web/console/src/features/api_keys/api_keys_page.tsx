import type { Schemas } from '@carillon/contract';
import { IconKey, When } from '@carillon/ui';
import { Checkbox, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NameField, RemoveButton, ResourcePage, SecretDialog } from '../../desk/admin';
import { useCenter, useForget } from '../../desk/hooks';

type ApiKey = Schemas['ApiKey'];

const kScopes: readonly Schemas['Scope'][] = [
  'read',
  'tasks',
  'workers',
  'conversations',
  'customers',
  'configure',
  'users',
  'events',
];

export default function ApiKeysPage() {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <ResourcePage
        kind="/api-keys"
        icon={IconKey}
        words="api_keys"
        nameOf={(k: ApiKey) => k.friendly_name}
        fixed={() => true}
        columns={[
          {
            id: 'name',
            header: t('field.name'),
            wide: true,
            sort: (k) => k.friendly_name,
            cell: (k) => k.friendly_name,
          },
          {
            id: 'scopes',
            header: t('api_keys.scopes'),
            spare: true,
            cell: (k) => k.scopes.map((s) => t(`scope.${s}`)).join(', '),
          },
          { id: 'hint', header: t('api_keys.secret'), cell: (k) => <code dir="ltr">…{k.hint.replace(/^…/, '')}</code> },
          {
            id: 'used',
            header: t('api_keys.used'),
            cell: (k) => (k.last_used_at ? <When at={k.last_used_at} /> : t('api_keys.never')),
          },
        ]}
        fresh={{ friendly_name: '', scopes: ['read'] as readonly Schemas['Scope'][] }}
        valuesOf={({ friendly_name, scopes }) => ({ friendly_name, scopes })}
        fields={(form, key) =>
          key ? null : (
            <>
              <NameField form={form} />
              <Checkbox.Group
                label={t('api_keys.scopes')}
                description={t('api_keys.scopes_about')}
                value={[...form.values.scopes]}
                onChange={(value) => form.set('scopes', value as Schemas['Scope'][])}
                error={form.error('scopes')}
              >
                <Stack gap={6} mt="xs">
                  {kScopes.map((scope) => (
                    <Checkbox key={scope} value={scope} label={t(`scope.${scope}`)} />
                  ))}
                </Stack>
              </Checkbox.Group>
            </>
          )
        }
        below={(key, close) => (
          <RemoveButton
            name={key.friendly_name}
            label={t('api_keys.revoke')}
            text={t('api_keys.revoke_about')}
            remove={() => rest.delete('/api-keys/{sid}', { path: { sid: key.sid } })}
            onDone={() => {
              forget('/api-keys');
              close();
            }}
          />
        )}
        onMade={(answer) => setSecret((answer as Schemas['CreatedApiKey']).secret)}
      />
      {secret !== null && <SecretDialog title={t('api_keys.made')} secret={secret} close={() => setSecret(null)} />}
    </>
  );
}
