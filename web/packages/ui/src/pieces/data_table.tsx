// DataTable: rows and columns with sorting, on TanStack Table; ours are the markup, the look and the keyboard.
import type { ColumnDef, SortingState } from '@tanstack/react-table';
import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { useMemo, useState } from 'react';
import { IconChevron } from '../icons';
import classes from './data_table.module.css';

export interface Column<T> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: T) => ReactNode;
  // What it sorts by; a column without stays as it is.
  readonly sort?: (row: T) => string | number;
  readonly numeric?: boolean;
  // Takes what room is left.
  readonly wide?: boolean;
  // Keys that stand in a row, however little room there is; the table is then moved sideways.
  readonly keys?: boolean;
  // Hidden where there is little room.
  readonly spare?: boolean;
  // For screen readers, where the header is no text.
  readonly label?: string;
}

interface DataTableProps<T> {
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly caption: string;
  readonly sortedBy?: { readonly id: string; readonly desc: boolean };
  // A click anywhere on the row; for the keyboard, the cell of the column called "name" becomes a button.
  readonly onRow?: (row: T) => void;
  readonly toneOf?: (row: T) => 'late' | 'quiet' | undefined;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
type Features = typeof features;

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b);
  return Number(a) - Number(b);
}

export function DataTable<T extends object>({
  rows,
  columns,
  keyOf,
  caption,
  sortedBy,
  onRow,
  toneOf,
}: DataTableProps<T>) {
  const [sorting, setSorting] = useState<SortingState>(sortedBy ? [{ ...sortedBy }] : []);
  const defs = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<Features, T> => ({
          id: column.id,
          accessorFn: (row: T) => column.sort?.(row) ?? '',
          enableSorting: column.sort !== undefined,
          sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id)),
        }),
      ),
    [columns],
  );
  const table = useTable({
    features,
    columns: defs,
    data: rows as T[],
    getRowId: keyOf,
    state: { sorting },
    onSortingChange: setSorting,
    enableMultiSort: false,
  });
  const byId = new Map(columns.map((column) => [column.id, column]));
  return (
    <div className={classes['scroll']}>
      <table className={classes['table']}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const column = byId.get(header.column.id);
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    data-numeric={column?.numeric}
                    data-wide={column?.wide}
                    data-spare={column?.spare}
                    aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                  >
                    {column?.sort ? (
                      <button
                        type="button"
                        className={classes['sort']}
                        onClick={header.column.getToggleSortingHandler()}
                      >
                        {column.header}
                        <IconChevron size={13} aria-hidden data-sorted={sorted || undefined} />
                      </button>
                    ) : (
                      (column?.header ?? null)
                    )}
                    {column?.label && <span className="visually-hidden">{column.label}</span>}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr
              key={row.id}
              data-tone={toneOf?.(row.original)}
              data-open={onRow ? true : undefined}
              onClick={onRow ? () => onRow(row.original) : undefined}
            >
              {row.getAllCells().map((cell) => {
                const column = byId.get(cell.column.id);
                return (
                  <td
                    key={cell.id}
                    data-numeric={column?.numeric}
                    data-wide={column?.wide}
                    data-spare={column?.spare}
                    data-keys={column?.keys}
                  >
                    <div className={classes['cell']}>
                      {onRow && column?.id === 'name' ? (
                        <button
                          type="button"
                          className={classes['opener']}
                          onClick={(event) => {
                            event.stopPropagation();
                            onRow(row.original);
                          }}
                        >
                          {column.cell(row.original)}
                        </button>
                      ) : (
                        column?.cell(row.original)
                      )}
                    </div>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
