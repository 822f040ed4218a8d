// The bell, and the name.
import classes from './mark.module.css';

export function Mark({ large = false }: { readonly large?: boolean }) {
  return (
    <span className={classes['mark']} data-large={large || undefined}>
      <svg viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="8.500" fill="var(--mark-ground)" />
        <path
          d="M16 6.500c4.400 0 6.600 3.200 6.900 7.600.2 3.300.8 5 2.600 6.700H6.500c1.800-1.700 2.400-3.400 2.600-6.700C9.400 9.700 11.600 6.500 16 6.500z"
          fill="#f9e7c9"
        />
        <circle cx="16" cy="24" r="2.400" fill="#e8b363" />
      </svg>
      <span className={classes['name']}>Carillon</span>
    </span>
  );
}
