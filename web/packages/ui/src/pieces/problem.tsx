// A problem in plain words: what it means for the person first, what the server said below it.
import type { Schemas } from '@carillon/contract';
import { useTranslation } from 'react-i18next';
import { IconAlert } from '../icons';
import { sentenceOf } from '../names';
import classes from './problem.module.css';

type Problem = Schemas['Problem'];

// The sentence for a code; the server's title for codes that have come since.
export function useProblemWords(): (problem: Problem) => string {
  const { t, i18n } = useTranslation();
  return (problem) => (i18n.exists(`problem.${problem.code}`) ? t(`problem.${problem.code}`) : problem.title);
}

// Their own sentence says all there is to say.
const kSaid = new Set(['network', 'bad_credentials', 'version_mismatch']);

interface ProblemNoteProps {
  readonly problem: Problem;
  readonly retry?: () => void;
  // What the button does, where it is not the same thing again.
  readonly label?: string;
}

export function ProblemNote({ problem, retry, label }: ProblemNoteProps) {
  const { t } = useTranslation();
  const words = useProblemWords();
  return (
    <div className={classes['problem']} role="alert">
      <IconAlert size={18} aria-hidden />
      <div className={classes['text']}>
        <p className={classes['title']}>{words(problem)}</p>
        {problem.detail && !kSaid.has(problem.code) && (
          <p className={classes['detail']}>{sentenceOf({ message: problem.detail, expected: '' })}</p>
        )}
        {problem.expected && (
          <p className={classes['detail']}>{t('problem_note.expected', { expected: problem.expected })}</p>
        )}
        {problem.request_id && (
          <p className={classes['small']}>{t('problem_note.request', { id: problem.request_id })}</p>
        )}
      </div>
      {retry && (
        <button type="button" className={classes['retry']} onClick={retry}>
          {label ?? t('problem_note.retry')}
        </button>
      )}
    </div>
  );
}
