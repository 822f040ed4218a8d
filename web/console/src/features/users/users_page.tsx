import type { Answer, Problem } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import { IconPeople, ProblemNote } from '@carillon/ui';
import { Button, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonField, RemoveButton, ResourcePage } from '../../desk/admin';
import type { Form } from '../../desk/admin';
import { useBusy, useCenter, useForget, useMe, useRead } from '../../desk/hooks';
import classes from './users_page.module.css';

type User = Schemas['User'];
type Role = Schemas['Role'];

const kRoles: readonly Role[] = ['agent', 'supervisor', 'admin'];
const kFresh = {
  username: '',
  display_name: '',
  email: '' as string | null,
  password: '',
  role: 'agent' as Role,
  routed: true,
  attributes: { skills: [] } as Schemas['WorkerOfUser']['attributes'],
  disabled: false,
};
type Values = typeof kFresh;

// A new person carries everything; of a known one only what may change here is sent.
function bodyOf(values: Values, isNew: boolean): object {
  const { username, display_name, password, role, routed, attributes, disabled } = values;
  const email = values.email === '' ? null : values.email;
  if (!isNew) return { display_name, email, disabled };
  return {
    username,
    display_name,
    email,
    password,
    role,
    ...(routed ? { worker: { friendly_name: display_name.slice(0, 64), attributes } } : {}),
  };
}

export default function UsersPage() {
  const { t } = useTranslation();
  const memberships = useRead('/memberships', { query: { page_size: 200 } }).value?.items ?? [];
  const membershipOf = (user: User) => memberships.find((m) => m.user_sid === user.sid);
  return (
    <ResourcePage
      kind="/users"
      icon={IconPeople}
      words="users"
      search
      nameOf={(u: User) => u.display_name}
      fixed={() => true}
      columns={[
        { id: 'name', header: t('users.name'), wide: true, sort: (u) => u.display_name, cell: (u) => u.display_name },
        { id: 'username', header: t('users.username'), sort: (u) => u.username, cell: (u) => u.username },
        {
          id: 'role',
          header: t('users.role'),
          sort: (u) => membershipOf(u)?.role ?? '',
          cell: (u) => {
            const role = membershipOf(u)?.role;
            return role ? t(`role.${role}`) : '–';
          },
        },
        {
          id: 'worker',
          header: t('users.takes_contacts'),
          spare: true,
          cell: (u) => t(membershipOf(u)?.worker_sid ? 'answer.yes' : 'answer.no'),
        },
        { id: 'state', header: t('field.state'), cell: (u) => t(u.disabled ? 'users.disabled' : 'users.enabled') },
      ]}
      fresh={kFresh}
      valuesOf={(u) => ({
        ...kFresh,
        username: u.username,
        display_name: u.display_name,
        email: u.email,
        disabled: u.disabled,
      })}
      bodyOf={(values) => bodyOf(values, values.password !== '' || values.username === '')}
      fields={(form, user) => <Fields form={form} user={user} />}
      below={(user, close) => <Below user={user} membership={membershipOf(user)} close={close} />}
    />
  );
}

function Fields({ form, user }: { readonly form: Form<Values>; readonly user: User | null }) {
  const { t } = useTranslation();
  const { values, set, error } = form;
  return (
    <>
      <TextInput
        label={t('users.name')}
        value={values.display_name}
        onChange={(event) => set('display_name', event.currentTarget.value)}
        error={error('display_name')}
        maxLength={128}
        required
        withAsterisk={false}
        data-autofocus
      />
      {!user && (
        <TextInput
          label={t('users.username')}
          description={t('users.username_about')}
          value={values.username}
          onChange={(event) => set('username', event.currentTarget.value)}
          error={error('username')}
          maxLength={128}
          autoComplete="off"
          required
          withAsterisk={false}
          dir="ltr"
        />
      )}
      <TextInput
        label={t('users.email')}
        type="email"
        value={values.email ?? ''}
        onChange={(event) => set('email', event.currentTarget.value)}
        error={error('email')}
        maxLength={254}
        autoComplete="off"
        dir="ltr"
      />
      {!user && (
        <>
          <PasswordInput
            label={t('sign_in.password')}
            description={t('users.password_about')}
            value={values.password}
            onChange={(event) => set('password', event.currentTarget.value)}
            error={error('password')}
            autoComplete="new-password"
            minLength={10}
            required
            withAsterisk={false}
          />
          <Select
            label={t('users.role')}
            description={t(`role_about.${values.role}`)}
            data={kRoles.map((r) => ({ value: r, label: t(`role.${r}`) }))}
            value={values.role}
            onChange={(v) => v && set('role', v as Role)}
            allowDeselect={false}
            error={error('role')}
          />
          <Switch
            label={t('users.takes_contacts')}
            description={t('users.takes_contacts_about')}
            checked={values.routed}
            onChange={(event) => set('routed', event.currentTarget.checked)}
          />
          {values.routed && (
            <JsonField
              label={t('workers.attributes')}
              about={t('workers.attributes_about')}
              value={values.attributes ?? {}}
              onChange={(v) => set('attributes', v as Values['attributes'])}
              error={error('worker/attributes')}
              minRows={3}
            />
          )}
        </>
      )}
      {user && (
        <Switch
          label={t('users.disable')}
          description={t('users.disable_about')}
          checked={values.disabled}
          onChange={(event) => set('disabled', event.currentTarget.checked)}
        />
      )}
    </>
  );
}

interface BelowProps {
  readonly user: User;
  readonly membership: Schemas['Membership'] | undefined;
  readonly close: () => void;
}

// Role, password, leaving: each of them at once, for each of them is a thing of its own.
function Below({ user, membership, close }: BelowProps) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const me = useMe();
  const forget = useForget();
  const [busy, run] = useBusy();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [password, setPassword] = useState('');
  const done = (answer: Answer<unknown>) => {
    setProblem(answer.ok ? null : answer.problem);
    forget('/memberships', '/users');
    if (answer.ok) notifications.show({ message: t('form.saved'), color: 'verdigris', autoClose: 2500 });
  };
  const own = me.user?.sid === user.sid;
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {membership && (
        <Select
          label={t('users.role')}
          description={t(own ? 'users.own_role' : `role_about.${membership.role}`)}
          data={kRoles.map((r) => ({ value: r, label: t(`role.${r}`) }))}
          value={membership.role}
          disabled={busy || own}
          allowDeselect={false}
          onChange={(role) =>
            role &&
            void run(async () =>
              done(
                await rest.patch('/memberships/{sid}', {
                  path: { sid: membership.sid },
                  body: { role: role as Role },
                  ifMatch: membership.version,
                }),
              ),
            )
          }
        />
      )}
      <form
        className={classes['password']}
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            done(
              await rest.post('/users/{sid}/password', { path: { sid: user.sid }, body: { new_password: password } }),
            );
            setPassword('');
          });
        }}
      >
        <PasswordInput
          label={t('users.new_password')}
          description={t('users.new_password_about')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          minLength={10}
        />
        <Button type="submit" variant="default" loading={busy} disabled={password.length < 10}>
          {t('users.set_password')}
        </Button>
      </form>
      {membership && !own && (
        <RemoveButton
          name={user.display_name}
          label={t('users.remove')}
          text={t('users.remove_about')}
          remove={() =>
            rest.delete('/memberships/{sid}', { path: { sid: membership.sid }, ifMatch: membership.version })
          }
          onDone={() => {
            forget('/memberships', '/users');
            close();
          }}
        />
      )}
    </>
  );
}
