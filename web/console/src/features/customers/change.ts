// Changes a customer; when somebody else was quicker, reads again and says so instead of writing over their words.
import type { Schemas } from '@carillon/contract';
import { useBusy, useCenter, useForget, useTell } from '../../desk/hooks';

export function useChange(
  customer: Schemas['Customer'],
): [busy: boolean, change: (body: Schemas['UpdateCustomer']) => Promise<boolean>] {
  const { rest } = useCenter();
  const forget = useForget();
  const tell = useTell();
  const [busy, run] = useBusy();
  const change = (body: Schemas['UpdateCustomer']) =>
    run(async () => {
      const answer = await rest.patch('/customers/{sid}', {
        path: { sid: customer.sid },
        body,
        ifMatch: customer.version,
      });
      forget('/customers');
      if (!answer.ok) tell(answer.problem);
      return answer.ok;
    });
  return [busy, change];
}
