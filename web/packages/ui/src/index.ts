// Pieces every page is made of: the look, the words, the clocks.
export { sentenceOf, titleOf } from './names';
export { Chime } from './chime';
export * from './icons';
export { combinationOf, isMac, isTyping, matches, partsOf } from './keys';
export { Countdown, Elapsed, ServerClock, When, secondsSince, useNow } from './pieces/clocks';
export { DataTable } from './pieces/data_table';
export type { Column } from './pieces/data_table';
export { Empty } from './pieces/empty';
export { Keys } from './pieces/keys';
export { Mark } from './pieces/mark';
export { MenuChoice } from './pieces/menu_choice';
export { Panel } from './pieces/panel';
export { Person } from './pieces/person';
export { ProblemNote, useProblemWords } from './pieces/problem';
export { Stat, Stats } from './pieces/stat';
export { StateMark } from './pieces/state_mark';
export type { Mark as StateMarkName } from './pieces/state_mark';
export { resolver, theme } from './theme';
export * from './time';
export {
  directionOf,
  kLanguages,
  preferredLanguage,
  rememberLanguage,
  rememberedLanguage,
  setUpWords,
  speak,
} from './words';
export type { Language } from './words';
