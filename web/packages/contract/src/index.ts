// Names for the generated types: import type { Schemas } from '@carillon/contract'; then Schemas['Task'].
export type { paths, operations } from './generated';
import type { components } from './generated';

export type Schemas = components['schemas'];
