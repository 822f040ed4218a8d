// Whom nobody here may call: looked up, added many at once, taken off the list.
import type { Schemas } from '@carillon/contract';
import {
  DataTable,
  Empty,
  IconPhoneOff,
  IconPlus,
  IconSearch,
  IconTrash,
  Panel,
  ProblemNote,
  When,
} from '@carillon/ui';
import { ActionIcon, Button, Modal, Skeleton, TextInput, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import type { Problem } from '@carillon/client';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHead, faultsOf } from '../../desk/admin';
import { useBusy, useCenter, useForget, usePages, useRead, useTell } from '../../desk/hooks';
import { addressesIn } from './addresses';
import classes from './dialling.module.css';

type Listed = Schemas['DoNotCall'];

export default function DoNotCallPage() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const pages = usePages('/do-not-call', { query: q ? { address: q } : {}, pageSize: 100 });
  return (
    <>
      <PageHead words="do_not_call">
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {t('do_not_call.new')}
        </Button>
      </PageHead>
      <TextInput
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        placeholder={t('do_not_call.search')}
        aria-label={t('do_not_call.search')}
        leftSection={<IconSearch size={15} />}
        className={classes['search'] ?? ''}
        maxLength={256}
      />
      <Panel flush>
        {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
        {pages.loading && <Skeleton height={160} />}
        {!pages.loading && !pages.problem && pages.items.length === 0 && (
          <Empty icon={IconPhoneOff} title={t(q ? 'do_not_call.not_listed' : 'do_not_call.none')}>
            {q ? null : t('do_not_call.none_about')}
          </Empty>
        )}
        {pages.items.length > 0 && <List items={pages.items} />}
        {pages.more && (
          <Button variant="subtle" fullWidth radius={0} loading={pages.loadingMore} onClick={pages.more}>
            {t('list.more')}
          </Button>
        )}
      </Panel>
      {adding && <AddDialog close={() => setAdding(false)} />}
    </>
  );
}

function List({ items }: { readonly items: readonly Listed[] }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const tell = useTell();
  const [busy, run] = useBusy();
  const users = useRead('/users', { query: { page_size: 200 } }).value?.items ?? [];
  const nameOf = (sid: string | null) =>
    users.find((user) => user.sid === sid)?.display_name ?? t('do_not_call.program');
  const remove = (address: string) =>
    void run(async () => {
      const answer = await rest.post('/do-not-call/remove', { body: { addresses: [address] } });
      if (!answer.ok) return tell(answer.problem);
      notifications.show({ message: t('do_not_call.removed', { address }), color: 'verdigris', autoClose: 4000 });
      forget('/do-not-call');
    });
  return (
    <DataTable
      rows={items}
      keyOf={(row) => row.address}
      caption={t('do_not_call.title')}
      columns={[
        { id: 'address', header: t('do_not_call.address'), cell: (row) => <bdi dir="ltr">{row.address}</bdi> },
        {
          id: 'note',
          header: t('do_not_call.note'),
          wide: true,
          cell: (row) => <span dir="auto">{row.note ?? ''}</span>,
        },
        { id: 'at', header: t('do_not_call.since'), cell: (row) => <When at={row.created_at} /> },
        { id: 'by', header: t('do_not_call.by'), spare: true, cell: (row) => nameOf(row.created_by) },
        {
          id: 'remove',
          header: '',
          label: t('do_not_call.remove_any'),
          numeric: true,
          cell: (row) => (
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={busy}
              aria-label={t('do_not_call.remove', { address: row.address })}
              onClick={() => remove(row.address)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          ),
        },
      ]}
    />
  );
}

function AddDialog({ close }: { readonly close: () => void }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const [typed, setTyped] = useState('');
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const addresses = addressesIn(typed);
  const fault = faultsOf(problem).find((one) => one.field.startsWith('addresses'));
  const add = () =>
    void run(async () => {
      const answer = await rest.post('/do-not-call', { body: { addresses, note: note.trim() || null } });
      setProblem(answer.ok ? null : answer.problem);
      if (!answer.ok) return;
      const { addresses: count } = answer.value;
      notifications.show({ message: t('do_not_call.added', { count }), color: 'verdigris', autoClose: 4000 });
      forget('/do-not-call');
      close();
    });
  return (
    <Modal opened onClose={close} title={t('do_not_call.new')}>
      <form
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Textarea
          label={t('do_not_call.addresses')}
          description={t('do_not_call.addresses_about')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={fault?.message}
          placeholder="+49 30 123456"
          autosize
          minRows={3}
          maxRows={12}
          dir="ltr"
          data-autofocus
        />
        <TextInput
          label={t('do_not_call.note')}
          description={t('do_not_call.note_about')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={256}
          dir="auto"
        />
        {problem && !fault && <ProblemNote problem={problem} />}
        <Button type="submit" loading={busy} disabled={addresses.length === 0} className={classes['save'] ?? ''}>
          {t('do_not_call.add', { count: addresses.length })}
        </Button>
      </form>
    </Modal>
  );
}
