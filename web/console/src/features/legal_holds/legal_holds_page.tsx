// The legal holds: what is held, why, since when and by whom; placed and lifted here.
import type { Schemas } from '@carillon/contract';
import { DataTable, Empty, IconGavel, IconPlus, Panel, ProblemNote, When } from '@carillon/ui';
import { Button, Group, Modal, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { PageHead } from '../../desk/admin';
import { useBusy, useCenter, useForget, usePages, useRead, useTell } from '../../desk/hooks';
import { PlaceHold } from './place_hold';
import classes from './legal_holds_page.module.css';

type Hold = Schemas['LegalHold'];
type Shown = 'standing' | 'lifted';

export default function LegalHoldsPage() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>('standing');
  const [placing, setPlacing] = useState(false);
  const [lifting, setLifting] = useState<Hold | null>(null);
  const pages = usePages('/legal-holds', { query: { lifted: shown === 'lifted' }, pageSize: 50 });
  return (
    <>
      <PageHead words="legal_holds">
        <Button leftSection={<IconPlus size={16} />} onClick={() => setPlacing(true)}>
          {t('legal_holds.new')}
        </Button>
      </PageHead>
      <SegmentedControl
        value={shown}
        onChange={(v) => setShown(v as Shown)}
        data={(['standing', 'lifted'] as const).map((one) => ({ value: one, label: t(`legal_holds.shown.${one}`) }))}
        aria-label={t('legal_holds.title')}
        mb="md"
      />
      <Panel flush>
        {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
        {pages.loading && <Skeleton height={160} />}
        {!pages.loading && !pages.problem && pages.items.length === 0 && (
          <Empty icon={IconGavel} title={t(`legal_holds.none.${shown}`)}>
            {shown === 'standing' ? t('legal_holds.none_about') : null}
          </Empty>
        )}
        {pages.items.length > 0 && <List items={pages.items} lift={setLifting} />}
        {pages.more && (
          <Button variant="subtle" fullWidth radius={0} loading={pages.loadingMore} onClick={pages.more}>
            {t('list.more')}
          </Button>
        )}
      </Panel>
      {placing && <PlaceHold close={() => setPlacing(false)} />}
      {lifting && <LiftDialog hold={lifting} close={() => setLifting(null)} />}
    </>
  );
}

function List({ items, lift }: { readonly items: readonly Hold[]; readonly lift: (hold: Hold) => void }) {
  const { t } = useTranslation();
  const who = (actor: Schemas['Actor'] | null) => actor?.display_name ?? t('do_not_call.program');
  return (
    <DataTable
      rows={items}
      keyOf={(row) => row.sid}
      caption={t('legal_holds.title')}
      columns={[
        { id: 'what', header: t('legal_holds.what'), cell: (row) => <What hold={row} /> },
        {
          id: 'reason',
          header: t('legal_holds.reason'),
          wide: true,
          cell: (row) => <span dir="auto">{row.reason}</span>,
        },
        {
          id: 'placed',
          header: t('legal_holds.placed_by'),
          cell: (row) => (
            <span className={classes['two']}>
              <bdi>{who(row.placed_by)}</bdi>
              <small>
                <When at={row.placed_at} />
              </small>
            </span>
          ),
        },
        {
          id: 'lift',
          header: '',
          label: t('legal_holds.lift'),
          numeric: true,
          cell: (row) =>
            row.lifted_at ? (
              <span className={classes['two']}>
                <span>{t('legal_holds.lifted_by', { name: who(row.lifted_by) })}</span>
                <small>
                  <When at={row.lifted_at} />
                </small>
              </span>
            ) : (
              <Button variant="default" size="compact-sm" onClick={() => lift(row)}>
                {t('legal_holds.lift')}
              </Button>
            ),
        },
      ]}
    />
  );
}

function What({ hold }: { readonly hold: Hold }) {
  const { t } = useTranslation();
  const contact = hold.contact_sid;
  const read = useRead('/contacts/{sid}', { path: { sid: contact ?? '' }, enabled: contact !== null });
  if (contact === null) {
    return (
      <span className={classes['two']}>
        <span>{t('contact.recording')}</span>
        <small>
          <code dir="ltr">{hold.recording_sid}</code>
        </small>
      </span>
    );
  }
  const summary = read.value?.summary;
  return (
    <span className={classes['two']}>
      <Link to={`/history/${contact}`}>
        <bdi>{summary?.customer_display_name || t('work.unknown_customer')}</bdi>
      </Link>
      {summary && (
        <small>
          {t(`channel.${summary.contact.channel}`, summary.contact.channel)} · <When at={summary.contact.created_at} />
        </small>
      )}
    </span>
  );
}

function LiftDialog({ hold, close }: { readonly hold: Hold; readonly close: () => void }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const tell = useTell();
  const [busy, run] = useBusy();
  const lift = () =>
    void run(async () => {
      const answer = await rest.post('/legal-holds/{sid}/lift', { path: { sid: hold.sid } });
      forget('/legal-holds');
      close();
      if (!answer.ok) return tell(answer.problem);
      notifications.show({ message: t('legal_holds.lifted'), color: 'verdigris', autoClose: 4000 });
    });
  return (
    <Modal opened onClose={close} title={t('legal_holds.lift_sure')}>
      <Text size="sm">{t('legal_holds.lift_about')}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          {t('form.keep')}
        </Button>
        <Button color="coral" loading={busy} onClick={lift}>
          {t('legal_holds.lift')}
        </Button>
      </Group>
    </Modal>
  );
}
