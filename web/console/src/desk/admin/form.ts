// Form: values, and what the server says is wrong with them, at the field it names.
import type { Problem } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import { sentenceOf } from '@carillon/ui';
import { useCallback, useMemo, useState } from 'react';

export interface Form<V> {
  readonly values: V;
  readonly set: <K extends keyof V>(key: K, value: V[K]) => void;
  // What is wrong at a place of the body ("service_level/target_s"), in a sentence; undefined when nothing is.
  readonly error: (place: string) => string | undefined;
  readonly fault: (place: string) => Schemas['Fault'] | undefined;
  // A problem that names no field of this form.
  readonly rest: Problem | null;
  readonly changed: boolean;
}

// All faults of a problem, the one it leads with among them; places without the leading slash.
export function faultsOf(problem: Problem | null): readonly Schemas['Fault'][] {
  if (!problem) return [];
  const own: Schemas['Fault'][] = problem.field
    ? [
        {
          code: problem.code,
          field: problem.field,
          column: problem.column ?? null,
          message: problem.detail,
          expected: problem.expected ?? '',
        },
      ]
    : [];
  return (problem.faults && problem.faults.length > 0 ? problem.faults : own).map((f) => ({
    ...f,
    field: f.field.replace(/^\//, ''),
  }));
}

export function useForm<V extends object>(first: V, problem: Problem | null): Form<V> {
  const [values, setValues] = useState(first);
  const [asked] = useState(() => new Set<string>());
  const faults = useMemo(() => faultsOf(problem), [problem]);
  // A fault of a list's third item is a fault of the list's field.
  const fault = useCallback(
    (place: string) => {
      asked.add(place);
      return faults.find((f) => f.field === place || f.field.startsWith(`${place}/`));
    },
    [faults, asked],
  );
  const shown = faults.some((f) => [...asked].some((place) => f.field === place || f.field.startsWith(`${place}/`)));
  return {
    values,
    set: (key, value) => setValues((now) => ({ ...now, [key]: value })),
    error: (place) => {
      const found = fault(place);
      return found && sentenceOf(found);
    },
    fault,
    rest: problem && !shown ? problem : null,
    changed: JSON.stringify(values) !== JSON.stringify(first),
  };
}

// Only what is different: what a PATCH does not name stays as it is, also when somebody else has just changed it.
export function differences<V extends object>(before: V, after: V): Partial<V> {
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof V])),
  ) as Partial<V>;
}
