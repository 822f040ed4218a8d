// ResourcePage: a list of one kind of thing, and a drawer to make, change or remove one. What the kind is about comes as props.
import type { Problem } from '@carillon/client';
import type { Column } from '@carillon/ui';
import { DataTable, Empty, IconPlus, IconSearch, Panel, ProblemNote } from '@carillon/ui';
import { Button, Drawer, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ComponentType, ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useForget, usePages } from '../hooks';
import type { Kind, Thing } from './kind';
import { PageHead } from './page_head';
import { ResourceForm } from './resource_form';
import type { Form } from './form';
import classes from './resource_page.module.css';

export interface ResourcePageProps<T extends Thing, V extends object> {
  readonly kind: Kind;
  readonly icon: ComponentType<{ size?: number | string }>;
  // Beginning of its keys in the catalogue: <words>.title, .about, .new, .none, .none_about.
  readonly words: string;
  readonly columns: readonly Column<T>[];
  // The column it is sorted by at first; as the server gives it when absent.
  readonly sortedBy?: string;
  readonly nameOf: (thing: T) => string;
  // Values of a new one; absent: none can be made here.
  readonly fresh?: V;
  readonly valuesOf: (thing: T) => V;
  readonly fields: (form: Form<V>, thing: T | null) => ReactNode;
  // What the server calls the values; the values themselves when absent.
  readonly bodyOf?: (values: V) => object;
  readonly fixed?: (thing: T) => boolean;
  // Below the form of an existing one.
  readonly below?: (thing: T, close: () => void) => ReactNode;
  readonly onMade?: (answer: unknown) => void;
  readonly search?: boolean;
  readonly width?: string;
}

export function ResourcePage<T extends Thing, V extends object>(props: ResourcePageProps<T, V>) {
  const { t } = useTranslation();
  const { kind, icon, words, columns, nameOf, fresh, search = false } = props;
  const forget = useForget();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const pages = usePages(kind, { query: search && q ? { q } : {}, pageSize: 100 });
  const [open, setOpen] = useState<T | 'new' | null>(null);
  const things = pages.items as unknown as readonly T[];
  // What is open follows what is read, unless it is being changed (the form keeps its own values).
  const thing = open === 'new' || open === null ? null : (things.find((row) => row.sid === open.sid) ?? open);
  const close = () => setOpen(null);
  return (
    <>
      <PageHead words={words}>
        {fresh && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
            {t(`${words}.new`)}
          </Button>
        )}
      </PageHead>
      {search && (
        <TextInput
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          placeholder={t('admin.search')}
          aria-label={t('admin.search')}
          leftSection={<IconSearch size={15} />}
          maw={320}
          mb="md"
        />
      )}
      <Panel flush>
        {pages.problem && <Trouble problem={pages.problem} again={pages.again} />}
        {pages.loading && <Skeleton height={160} />}
        {!pages.loading && !pages.problem && things.length === 0 && (
          <Empty icon={icon} title={t(q ? 'admin.no_match' : `${words}.none`)}>
            {q ? null : t(`${words}.none_about`)}
          </Empty>
        )}
        {things.length > 0 && (
          <DataTable
            rows={things}
            columns={columns}
            keyOf={(row) => row.sid}
            caption={t(`${words}.title`)}
            {...(props.sortedBy ? { sortedBy: { id: props.sortedBy, desc: false } } : {})}
            onRow={setOpen}
          />
        )}
        {pages.more && (
          <Button variant="subtle" fullWidth radius={0} loading={pages.loadingMore} onClick={pages.more}>
            {t('list.more')}
          </Button>
        )}
      </Panel>
      <Drawer
        opened={open !== null}
        onClose={close}
        position="right"
        size={props.width ?? '32rem'}
        title={open === 'new' ? t(`${words}.new`) : thing ? nameOf(thing) : ''}
        styles={{ title: { fontWeight: 640, fontSize: '1.0625rem', overflowWrap: 'anywhere' } }}
      >
        {open !== null && (
          <ResourceForm
            key={thing?.sid ?? 'new'}
            {...props}
            thing={thing}
            onDone={() => {
              forget(kind);
              close();
            }}
            onStale={() => forget(kind)}
            close={close}
          />
        )}
      </Drawer>
    </>
  );
}

function Trouble({ problem, again }: { readonly problem: Problem; readonly again: () => void }) {
  return (
    <div className={classes['pad']}>
      <ProblemNote problem={problem} retry={again} />
    </div>
  );
}
