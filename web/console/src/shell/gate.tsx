// Gate: who this tab is decides what it shows. "?as=maria" signs in with a demo account, once, for the doors of the home page.
import { ProblemNote } from '@carillon/ui';
import { Center as Middle, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Problem } from '@carillon/client';
import { useCenter } from '../desk/hooks';
import { SignIn } from './sign_in';
import { Shell } from './shell';

function takeDoor(): string | null {
  const query = new URLSearchParams(location.search);
  const as = query.get('as');
  if (as === null) return null;
  query.delete('as');
  history.replaceState(null, '', location.pathname + (query.size > 0 ? `?${query}` : ''));
  return as;
}

export function Gate() {
  const center = useCenter();
  const queries = useQueryClient();
  const standing = useSyncExternalStore(center.subscribe, center.get);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let left = false;
    const enter = async () => {
      setProblem(null);
      const as = takeDoor();
      const demo = as === null ? null : await center.rest.get('/demo');
      const account = demo?.ok ? demo.value.accounts.find((a) => a.username === as) : undefined;
      const answer = account
        ? await center.signIn({ username: account.username, password: account.password })
        : await center.resume();
      // A server that is away is no reason to ask for a password again.
      if (!left && answer && !answer.ok && answer.problem.status !== 401) setProblem(answer.problem);
    };
    void enter();
    return () => {
      left = true;
    };
  }, [center, tries]);
  // Nothing of one person is shown to the next. The doors of a demo are nobody's, and the sign-in is reading them just now.
  useEffect(() => {
    if (standing.phase === 'signed-out')
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== '/demo' });
  }, [standing.phase, queries]);

  if (standing.phase === 'signed-in') return <Shell />;
  if (problem && center.session.stored()) {
    return (
      <Middle h="100%" p="lg">
        <ProblemNote problem={problem} retry={() => setTries((n) => n + 1)} />
      </Middle>
    );
  }
  if (standing.phase === 'resuming') {
    return (
      <Middle h="100%">
        <Loader type="dots" />
      </Middle>
    );
  }
  return <SignIn expired={standing.expired} />;
}
